"""What somebody organised before they signed in comes into their account, once, and only there."""

from __future__ import annotations

import random

import pytest

from sync.document.library import ROOT, Library, adopt, claim, claimed_by, clear
from sync.types import DocumentId, Origin
from tests.sync.document.library.devices import DOCUMENTS, act, check, connected, settle, walked

NOTES, PAPER, LETTER = DOCUMENTS[:3]


class Disk:
    """The states of a device's library documents; each append is on the disk at once."""

    def __init__(self) -> None:
        self.states = {name: Library().encode_state() for name in ("local", "ada", "ben")}

    def append(self, name: str, update: bytes) -> None:
        library = Library.load(self.states[name], [update])
        assert not library.missing
        self.states[name] = library.encode_state()

    def read(self, name: str) -> Library:
        library = Library.load(self.states[name])
        library.set_known(DOCUMENTS)
        return library

    def write(self, name: str) -> Library:
        library = self.read(name)
        library.on_update(lambda update, _: self.append(name, update))
        return library


class Crash(Exception):
    """The power fails."""


def sign_in(disk: Disk, user: str, crash_after: int | None = None) -> None:
    """Do as the module says, and crash after so many appends."""
    appended = 0

    def append(name: str, update: bytes | None) -> None:
        nonlocal appended
        if update is not None:
            if appended == crash_after:
                raise Crash
            appended += 1
            disk.append(name, update)

    for _ in range(2):
        append("local", claim(disk.states["local"], user))
        owner = claimed_by(disk.states["local"])
        if owner is None:
            break
        append(owner, adopt(disk.states["local"], disk.states[owner]))
        append("local", clear(disk.states["local"]))


def organise(disk: Disk) -> None:
    local = disk.write("local")
    folder = local.add_folder("Novel")
    inner = local.add_folder("Drafts", folder)
    local.move([PAPER, NOTES], inner)
    local.move([LETTER], ROOT)
    local.tag([PAPER], local.add_tag("Draft", "#112233"))
    local.favour([NOTES, PAPER])
    local.trash([DOCUMENTS[5]])
    local.opened(NOTES)


def test_everything_comes_along() -> None:
    disk = Disk()
    organise(disk)
    before = disk.read("local").view()
    sign_in(disk, "ada")
    after = disk.read("ada").view()
    assert after == before
    empty = disk.read("local").view()
    assert walked(empty) == ([ROOT], list(DOCUMENTS))
    assert not any((empty.tags, empty.favourites, empty.trash, empty.recent))


def test_what_the_account_says_stays() -> None:
    disk = Disk()
    organise(disk)
    account = disk.write("ada")
    mine = account.add_folder("Mine")
    account.move([PAPER], mine)
    account.move([DOCUMENTS[7]], ROOT)
    account.tag([NOTES], account.add_tag("draft"))
    account.favour([DOCUMENTS[7], PAPER])
    sign_in(disk, "ada")
    library = disk.read("ada")
    view = library.view()
    names = [view.folders[id_].name for id_ in view.folders[ROOT].folders]
    assert names == ["Mine", "Novel"]
    assert library.folder_of(PAPER) == mine
    assert view.folders[library.folder_of(NOTES)].name == "Drafts"
    assert view.folders[ROOT].documents[:2] == (DOCUMENTS[7], LETTER)
    [tag] = view.tags
    assert tag.count == 2, "one tag of the two"
    assert view.favourites == (DOCUMENTS[7], PAPER, NOTES)


def test_the_account_wins_even_if_it_was_not_in_step() -> None:
    disk = Disk()
    organise(disk)
    elsewhere = Library()
    mine = elsewhere.add_folder("Mine")
    elsewhere.move([PAPER], mine)
    sign_in(disk, "ada")
    disk.append("ada", elsewhere.encode_state())
    assert disk.read("ada").folder_of(PAPER) == mine


@pytest.mark.parametrize("crash_after", range(4))
@pytest.mark.parametrize("second", ["ada", "ben"])
def test_a_crash_anywhere_changes_nothing(crash_after: int, second: str) -> None:
    disk = Disk()
    organise(disk)
    before = disk.read("local").view()
    try:
        sign_in(disk, "ada", crash_after)
    except Crash:
        assert crash_after < 3
    else:
        assert crash_after == 3
    claimed = crash_after > 0
    sign_in(disk, second)
    sign_in(disk, second)
    owner, other = ("ada", "ben") if claimed or second == "ada" else ("ben", "ada")
    assert disk.read(owner).view() == before
    assert disk.states[other] == Library().encode_state()
    assert claimed_by(disk.states["local"]) is None


def test_it_is_not_done_twice() -> None:
    """What the person takes back in the account stays so when the clearing was interrupted."""
    disk = Disk()
    organise(disk)
    with pytest.raises(Crash):
        sign_in(disk, "ada", 2)
    disk.write("ada").unfavour([NOTES])
    sign_in(disk, "ada")
    assert NOTES not in disk.read("ada").view().favourites


def test_a_second_time_brings_what_is_new() -> None:
    disk = Disk()
    organise(disk)
    sign_in(disk, "ada")
    disk.write("local").favour([LETTER])
    sign_in(disk, "ada")
    assert disk.read("ada").view().favourites == (NOTES, PAPER, LETTER)
    disk.write("local").add_folder("Ben's")
    sign_in(disk, "ben")
    ben = disk.read("ben").view()
    assert [folder.name for folder in ben.folders.values()] == ["", "Ben's"]
    assert not ben.favourites


def test_what_comes_between_is_not_cleared() -> None:
    disk = Disk()
    organise(disk)
    local = disk.write("local")
    update = clear(disk.states["local"])
    assert update is not None
    local.favour([LETTER])
    disk.append("local", update)
    assert disk.read("local").view().favourites == (LETTER,)


@pytest.mark.parametrize("seed", range(20))
def test_at_random_nothing_is_lost(seed: int) -> None:
    rng = random.Random(seed)
    disk = Disk()
    local, account = disk.write("local"), disk.write("ada")
    for _ in range(40):
        act(rng, rng.choice([local, account]))
    kept, had = account.view(), local.view()
    sign_in(disk, "ada")
    library = disk.read("ada")
    view = check(library)
    assert view.folders.keys() == kept.folders.keys() | had.folders.keys()
    assert {tag.name.casefold() for tag in view.tags} == {
        tag.name.casefold() for tag in (*kept.tags, *had.tags)
    }
    hidden = {trashed.document for trashed in view.trash} | set(view.emptied)
    assert set(view.favourites) == {*kept.favourites, *had.favourites} - hidden
    for document in DOCUMENTS:
        assert set(view.tags_of.get(document, ())) >= set(kept.tags_of.get(document, ())) - {
            tag.id for tag in kept.tags
        }
        placed = document in account.values["places"]
        if placed and document not in hidden:
            assert library.folder_of(document) == account.folder_of(document)
    assert account.encode_state() != disk.states["ada"]


def test_devices_that_adopt_at_the_same_time_come_together() -> None:
    rng = random.Random(3)
    devices = connected(2)
    for number, device in enumerate(devices):
        local = Library()
        local.move([PAPER], local.add_folder(f"On device {number}"))
        update = claim(local.encode_state(), "ada")
        assert update is not None
        local.apply_update(update)
        update = adopt(local.encode_state(), device.library.encode_state())
        assert update is not None
        device.library.apply_update(update, Origin.LOAD)
        for other in device.others:
            other.coming[device].append(update)
    settle(rng, devices)
    views = [check(device.library) for device in devices]
    assert views[0] == views[1]
    names = {folder.name for folder in views[0].folders.values()}
    assert names >= {"On device 0", "On device 1"}


def test_nothing_to_adopt() -> None:
    empty = Library().encode_state()
    assert claim(empty, "ada") is None
    assert claimed_by(empty) is None
    assert adopt(empty, empty) is None
    assert clear(empty) is None
    assert DocumentId("library.ada") not in Library().values["places"]
