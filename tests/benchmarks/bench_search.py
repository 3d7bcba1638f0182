"""Searching 10,000 documents while typing: time for each letter, size, memory, making it anew.

Words are as frequent as in the recorded paper and, behind those, as Zipf says, from a dictionary.
Times are of the processor as well as of the clock: a machine with other work shows the difference.
"""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

from sync.document import transfer
from sync.document.delta import insert
from sync.document.document import Document
from sync.store.search.background import Indexer
from sync.store.store import Store
from sync.types import DocumentId, Origin
from tests.benchmarks.report import percentile
from tests.end_to_end.paper import keystrokes

DOCUMENTS = int(os.environ.get("INKSTAND_BENCH_DOCUMENTS", "10000"))
QUERIES = 100
DICTIONARY = Path(__file__).parents[2] / "resources" / "dictionaries" / "en_US.dic"
KANA_AND_HAN = "のにはをたがでてとしれさあるいもすかなよう日本人年大会東京都学生国語中時間"


class Words:
    """Text of any length, the same at each run."""

    def __init__(self) -> None:
        self.random = random.Random(16)
        counted = Counter(re.findall("[a-z]+", keystrokes()[1].lower()))
        common = [word for word, _ in counted.most_common()]
        lines = DICTIONARY.read_text(encoding="utf-8", errors="replace").splitlines()[1:]
        rare = [word for line in lines if (word := line.split("/")[0].lower()).isalpha()]
        self.random.shuffle(rare)
        self.words = list(dict.fromkeys([*common, *rare]))
        self._weights = list(accumulate(1 / (rank + 2.7) for rank in range(len(self.words))))

    def text(self, count: int) -> str:
        words = self.random.choices(self.words, cum_weights=self._weights, k=count)
        for at in range(9, count, 12):
            words[at] += self.random.choice([",", ".", "—and", "’s", "\n"])
        return " ".join(words)

    def japanese(self, count: int) -> str:
        return "".join(self.random.choices(KANA_AND_HAN, k=count))

    def lengths(self) -> Iterator[int]:
        """Words in each document: about 500, few have 30,000."""
        while True:
            yield int(min(180_000, max(20, self.random.lognormvariate(6.2, 1.2))))


def fill(store: Store, words: Words) -> int:
    """Make the documents; return how many characters they have."""
    size = 0
    waiting = []
    for number, length in zip(range(DOCUMENTS), words.lengths(), strict=False):
        text = words.japanese(2 * length) if number % 20 == 0 else words.text(length)
        size += len(text)
        document = Document()
        updates: transfer.Updates = []
        document.on_update(lambda update, origin, to=updates: to.append((update, origin)))
        document.apply(insert(0, text + "\n"), Origin.COMMAND)
        made = store.create_document(DocumentId(f"d{number}"), words.text(4), updates)
        waiting.append(made)
    for made in waiting:
        made.result()
    return size


def typed(words: Words) -> Iterator[str]:
    """Return what stands in the field after each key, for one, two and three words."""
    for number in range(QUERIES):
        query = words.text(3).replace("\n", " ").split()[: 1 + number % 3]
        text = words.japanese(4) if number % 10 == 9 else " ".join(query)
        for end in range(1, len(text) + 1):
            yield text[:end]


def megabytes(path: Path) -> float:
    return sum(file.stat().st_size for file in path.parent.glob(path.name + "*")) / 1e6


def measure(store: Store, queries: list[str]) -> str:
    clock, processor = [], []
    for query in queries:
        started = time.perf_counter(), time.thread_time()
        store.search.search(query)
        clock.append((time.perf_counter() - started[0]) * 1e3)
        processor.append((time.thread_time() - started[1]) * 1e3)
    cells = [
        f"{percentile(times, 50):.1f} / {percentile(times, 99):.1f} / {max(times):.1f}"
        for times in (clock, processor)
    ]
    return f"{cells[0]} ms, processor {cells[1]} ms"


MEMORY = """
import json, sys
from pathlib import Path
from sync.store.store import Store
def rss():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if "VmRSS" in line) / 1e3
before = rss()
with Store.open(Path(sys.argv[1])) as store:
    store.documents()
    opened = rss()
    for query in json.loads(sys.stdin.read()):
        store.search.search(query)
    print(f"{before:.0f} MB, with the library {opened:.0f} MB, after searches {rss():.0f} MB")
"""


def test_search_while_typing(tmp_path: Path) -> None:
    words = Words()
    with Store.open(tmp_path / "profile") as store:
        size = fill(store, words)
        started = time.perf_counter(), time.process_time()
        store.search.catch_up()
        wall, processor = time.perf_counter() - started[0], time.process_time() - started[1]
        print(f"\n{DOCUMENTS:,} documents, {size / 1e6:.0f} million characters")
        print(f"made in {wall:.0f} s, processor {processor:.0f} s")
        queries = list(typed(words))
        measure(store, queries[:200])
        print(f"{len(queries):,} keys; median / p99 / longest: {measure(store, queries)}")
        phrases = [f'"{word} the"' for word in words.words[:30]] + [
            '"of the"',
            '"in the',
            "の",
            "東京都",
        ]
        print(f"phrases of frequent words: {measure(store, phrases)}")
        started = time.perf_counter(), time.process_time()
        assert store.search.check()
        print(f"full check: {time.perf_counter() - started[0]:.1f} s")
        measure_writes(store, words)
    index, profile = tmp_path / "profile" / "search.db", tmp_path / "profile" / "inkstand.db"
    print(f"index {megabytes(index):.0f} MB beside {megabytes(profile):.0f} MB of documents")
    output = subprocess.run(
        [sys.executable, "-c", MEMORY, str(tmp_path / "profile")],
        input=json.dumps(queries[:500]),
        capture_output=True,
        text=True,
        check=True,
    )
    print("memory:", output.stdout.strip())


def measure_writes(store: Store, words: Words) -> None:
    """Print how long an update takes to the disk, with no indexing and while all is made anew."""
    document = Document()
    updates: list[bytes] = []
    document.on_update(lambda update, _: updates.append(update))
    document.apply(insert(0, "\n"), Origin.COMMAND)
    store.create_document(DocumentId("typed"), "", []).result()

    def type_keys(count: int) -> str:
        times = []
        for _ in range(count):
            document.apply(insert(0, "x"), Origin.VIEW)
            started = time.perf_counter()
            store.append_local(DocumentId("typed"), updates[-1], Origin.VIEW, None).result()
            times.append((time.perf_counter() - started) * 1e3)
            time.sleep(0.01)
        return f"{percentile(times, 50):.1f} / {percentile(times, 99):.1f} / {max(times):.1f} ms"

    print(f"a key to the disk, median / p99 / longest: {type_keys(500)}")
    store.search.rebuild()
    indexer = Indexer(store.search, store.database)
    indexer.hurry()
    print(f"while all is indexed in the background: {type_keys(500)}")
    left = len(store.search.stale())
    indexer.close()
    assert left > 1, "it was done before the keys were"
    store.search.catch_up()
