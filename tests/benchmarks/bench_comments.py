"""Threads beside a long document: finding all places after each key. In processor time."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable

from sync.document.comments import Comments
from sync.document.delta import Delete, Insert, Retain, insert
from sync.document.document import Document
from sync.document.review import Review
from sync.types import Origin
from tests.benchmarks.bench_positions import history

UNITS = 1_000_000
THREADS = 500


def report(what: str, work: Callable[[], object], times: int = 100) -> None:
    seconds = []
    for _ in range(times):
        started = time.process_time()
        work()
        seconds.append(time.process_time() - started)
    seconds.sort()
    median, p99 = statistics.median(seconds), seconds[times * 99 // 100]
    print(f"  {what}: median {median * 1e3:.2f} ms, p99 {p99 * 1e3:.2f} ms")


def test_five_hundred_threads() -> None:
    rng = random.Random(1)
    document = Document.load(history(UNITS), client_id=3)
    document.prepare()
    comments = Comments("ada", client_id=3)
    review = Review(document, comments)
    threads = []
    for number in range(THREADS):
        start = rng.randrange(document.length - 100)
        if number % 5:
            threads.append(review.comment(start, start + rng.randint(3, 80), "a comment"))
        else:
            threads.append(review.suggest(start, start + 5, [Insert("words")]))
    print(f"\n{document.length:,} units, {THREADS} threads")

    def key() -> None:
        document.apply(insert(rng.randrange(document.length), "x"), Origin.VIEW)

    def anew() -> None:
        fresh = Review(document, comments)
        fresh.threads()
        fresh.close()

    report("all places from nothing", anew, 20)
    report("a key", key)
    report("a key, then all threads in order", lambda: (key(), review.threads()))
    report("all threads in order, nothing changed", review.threads)
    for thread in threads[::5][:100]:
        place = review.thread(thread).place
        document.apply([Retain(place.start), Delete(place.end - place.start)], Origin.COMMAND)
    report("a key with 100 orphans", lambda: (key(), review.threads()))
    report("looking for the orphans' words", review.find_moved, 5)
    report(
        "one reply, then all threads", lambda: (comments.reply(threads[1], "x"), review.threads())
    )
