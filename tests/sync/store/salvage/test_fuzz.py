"""Damaged copies of a real library: INKSTAND_FUZZ_SEEDS=200 for more, ..._SEED=7 for one again."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from pathlib import Path

import pytest

from sync.errors import DatabaseDamaged, NewerSchema, NothingReadable
from sync.store import integrity
from sync.store.compaction import build_document
from sync.store.migrations import DATABASE
from sync.store.salvage.pages import Pages, frames
from sync.store.salvage.reading import Found, Reading
from sync.store.store import Store
from tests.sync.store.library import DAMAGE, damage, make

SEEDS = (
    [int(os.environ["INKSTAND_FUZZ_SEED"])]
    if "INKSTAND_FUZZ_SEED" in os.environ
    else range(int(os.environ.get("INKSTAND_FUZZ_SEEDS", "2")))
)
DOCUMENTS = 120


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return make(tmp_path_factory.mktemp("library"), DOCUMENTS)


def rows(profile: Path) -> list[Found]:
    with Pages(profile / DATABASE) as pages:
        return list(Reading(pages).rows())


def key(found: Found) -> tuple[str, str]:
    return found.table.name, repr(found.values)


def in_whole_pages(before: Path, after: Path) -> set[tuple[str, str]]:
    """Rows all of whose pages have come through; where a leaf is now does not matter."""
    with Pages(before / DATABASE) as old, Pages(after / DATABASE) as new:
        contents = Counter(new.page(number) for number in range(1, new.count + 1))
        return {
            key(found)
            for found in Reading(old).rows()
            if old.page(found.pages[0]) in contents
            and all(old.page(page) == new.page(page) for page in found.pages[1:])
        }


def texts(store: Store) -> dict[str, str]:
    """Read everything, as the window and the engine do."""
    found = {}
    for record in store.documents():
        stored = store.load(record.id)
        document, _ = build_document(stored)
        document.state_vector()
        found[record.id] = document.text()
        store.waiting(record.id)
    store.account()
    return found


def test_a_root_that_is_broken_in_the_log_hides_nothing(
    library: tuple[Path, Path], tmp_path: Path
) -> None:
    """An older root looks sound, and does not know of the pages that its tree has got since."""
    original = library[True]
    name = f"{DATABASE}-wal"
    log = (original / name).read_bytes()
    with Pages(original / DATABASE) as pages:
        roots = Reading(pages)._roots()
    newest = {frame.page: frame.start for frame in frames(log, summed=False)}
    broken = {table: newest[root] for table, root in roots.items() if root in newest}
    assert {"versions", "updates", "documents"} <= broken.keys()
    for table, start in broken.items():
        profile = tmp_path / table
        shutil.copytree(original, profile)
        (profile / name).write_bytes(log[:start] + bytes(100) + log[start + 100 :])
        lost = in_whole_pages(original, profile) - {key(found) for found in rows(profile)}
        assert not lost, table


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", DAMAGE)
@pytest.mark.parametrize("crashed", [False, True], ids=["closed", "crashed"])
def test_damaged(
    library: tuple[Path, Path], tmp_path: Path, crashed: bool, kind: str, seed: int
) -> None:
    original, profile = library[crashed], tmp_path / "profile"
    shutil.copytree(original, profile)
    damage(profile, kind, seed)
    kept = {path.name: path.read_bytes() for path in profile.glob(f"{DATABASE}*")}
    expected = in_whole_pages(original, profile)
    whole = documents_without_loss(original, expected)
    recovered = {key(found) for found in rows(profile)}
    assert expected - recovered == set()

    try:
        store = Store.open(profile, salvaging=lambda *_: None)
    except (NothingReadable, NewerSchema) as refusal:
        error = refusal
    else:
        error = None
    if error is not None:
        assert isinstance(error, NewerSchema) or not expected & documents_of(original)
        assert {path.name: path.read_bytes() for path in profile.glob(f"{DATABASE}*")} == kept or (
            crashed
        )
        return
    with store:
        found_at_start = store.salvage_report() is not None
        try:
            after = texts(store)
        except DatabaseDamaged:
            store.salvage()
            after = texts(store)
        report = store.salvage_report()
    before = original_texts(original, tmp_path)
    assert {name: after.get(name) for name in whole} == {name: before[name] for name in whole}
    asides = list(profile.glob("damaged-*"))
    assert len(asides) == (0 if report is None else 1)
    if found_at_start and not crashed:
        assert (asides[0] / DATABASE).read_bytes() == kept[DATABASE]
    if report is not None:
        # What builds on something lost waits for the relay to bring that.
        assert [one for one in integrity.check(profile) if "have not come" not in one] == []
        assert {loss.document_id for loss in report.losses}.isdisjoint(whole)
    with Store.open(profile) as again:  # is quiet
        assert texts(again) == after
        assert again.salvage_report() == report


def documents_of(original: Path) -> set[tuple[str, str]]:
    return {key(found) for found in rows(original) if found.table.name in ("documents", "updates")}


def documents_without_loss(original: Path, expected: set[tuple[str, str]]) -> set[str]:
    """Return the ids of those of which nothing was damaged."""
    hurt, ids = set(), {}
    for found in rows(original):
        number = found.values[0]
        if found.table.name == "documents":
            ids[number] = str(found.values[1])
        if found.table.name != "profile" and key(found) not in expected:
            hurt.add(number)
    return {name for number, name in ids.items() if number not in hurt}


_before: dict[Path, dict[str, str]] = {}


def original_texts(original: Path, tmp_path: Path) -> dict[str, str]:
    if original not in _before:
        shutil.copytree(original, tmp_path / "original")
        with Store.open(tmp_path / "original") as store:
            _before[original] = texts(store)
    return _before[original]


def test_a_page_in_the_place_of_another_tables(library: tuple[Path, Path], tmp_path: Path) -> None:
    """Its rows were taken for those of a table that is not carried over."""
    test_damaged(library, tmp_path, crashed=False, kind="swap", seed=11)
