from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import threading
import zipfile
from pathlib import Path

import pytest

from sync.errors import BackupFailed, ProfileInUse, RestoreFailed
from sync.store import backup, restore
from sync.store.attachments import ATTACHMENTS
from sync.store.migrations import DATABASE
from sync.store.restore import Restored
from sync.store.store import Store
from sync.types import Origin
from tests.sync.disks import fill
from tests.sync.store.conftest import PAPER
from tests.sync.store.library import PNG
from tests.sync.store.library import fill as fill_library


def titles(profile: Path) -> list[str]:
    with Store.open(profile) as store:
        return [record.title for record in store.documents()]


def on_day(monkeypatch: pytest.MonkeyPatch, day: str) -> None:
    monkeypatch.setattr(backup, "_today", lambda: day)


def test_a_backup_is_a_whole_profile_and_private(store: Store, tmp_path: Path) -> None:
    image = store.add_attachment(PNG)
    store.append_local(PAPER, b"\0\0", Origin.VIEW, "me").result()
    made = backup.back_up(store.data_dir, tmp_path / "backups")
    with Store.open(made) as copy:
        assert copy.profile_id == store.profile_id
        assert copy.waiting(PAPER) == [(1, b"\0\0")]
        assert copy.attachment(image) == PNG
        (made / "inkstand.lock").unlink()
    for path in made.rglob("*"):
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o700 if path.is_dir() else 0o600), path
    copied = made / ATTACHMENTS / image[:2] / image
    assert copied.samefile(store.attachments.path(image))


def test_images_are_copied_where_they_cannot_be_linked(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    image = store.add_attachment(PNG)
    monkeypatch.setattr(os, "link", refuse)
    made = backup.back_up(store.data_dir, tmp_path / "backups")
    copied = made / ATTACHMENTS / image[:2] / image
    assert copied.read_bytes() == PNG
    assert not copied.samefile(store.attachments.path(image))


def test_a_week_is_kept(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for day in range(1, 11):
        on_day(monkeypatch, f"2026-03-{day:02}")
        assert backup.is_due(store.data_dir)
        store.back_up_daily()
        assert not backup.is_due(store.data_dir)
    names = [path.name for path in backup.made(store.data_dir / backup.BACKUPS)]
    assert names == [f"2026-03-{day:02}-{day:06}" for day in range(10, 3, -1)]


def test_a_clock_that_jumps_costs_no_old_day(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for day in range(1, 8):
        on_day(monkeypatch, f"2026-03-{day:02}")
        store.back_up_daily()
    for jump in ("2099-01-01", "2026-03-08", "2099-01-01", "1970-01-01", "2026-03-08") * 3:
        on_day(monkeypatch, jump)
        assert backup.is_due(store.data_dir)
        store.back_up_daily()
    found = backup.made(store.data_dir / backup.BACKUPS)
    days = [path.name[:10] for path in found]
    assert len(days) == len(set(days)) == 7
    assert {"2026-03-04", "2026-03-05", "2026-03-06", "2026-03-07"} <= set(days)
    assert days[0] == "2026-03-08"


def test_a_damaged_database_has_no_good_backup_go(store: Store) -> None:
    for _ in range(8):
        store.back_up_daily()
    fill_library(store, 30)
    before = backup.made(store.data_dir / backup.BACKUPS)
    told = threading.Event()
    store.on_damage = told.set
    store.close()
    path = store.data_dir / DATABASE
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : -4096] = bytes(len(data) - 4096 - len(data) // 2)
    path.write_bytes(data)
    with pytest.raises(BackupFailed, match="damaged"):
        store.back_up_daily()
    assert told.is_set()
    assert backup.made(store.data_dir / backup.BACKUPS) == before


def test_a_full_disk_leaves_nothing_half_made(small_disk: Path, tmp_path: Path) -> None:
    with Store.open(tmp_path / "profile") as store:
        store.create_document(PAPER, "Paper").result()
        store.append_local(PAPER, os.urandom(200_000), Origin.VIEW, None).result()
        made = backup.back_up(store.data_dir, small_disk / "backups")
        filler = fill(small_disk)
        with pytest.raises(BackupFailed, match="the disk is full"):
            backup.back_up(store.data_dir, small_disk / "backups")
        with pytest.raises(BackupFailed, match="the disk is full"):
            backup.back_up_to_file(store.data_dir, small_disk / "a.zip")
        filler.unlink()
        assert [path.name for path in (small_disk / "backups").iterdir()] != []
        assert backup.made(small_disk / "backups") == [made]
        assert not (small_disk / "a.zip").exists()
        backup.back_up(store.data_dir, small_disk / "backups")


def test_a_disk_that_fills_up_meanwhile(
    small_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "room_for", lambda *_: True)
    with Store.open(tmp_path / "profile") as store:
        store.create_document(PAPER, "Paper").result()
        store.append_local(PAPER, os.urandom(3_000_000), Origin.VIEW, None).result()
        with pytest.raises(BackupFailed, match="the disk is full"):
            backup.back_up(store.data_dir, small_disk / "backups")
    assert {path.name for path in (small_disk / "backups").iterdir()} <= {".lock"}


def test_one_that_is_no_longer_wanted_stops(store: Store) -> None:
    store.append_local_all(PAPER, [(b"x" * 500, Origin.VIEW)] * 20_000, None).result()
    with pytest.raises(BackupFailed):
        store.back_up_daily(cancelled=lambda: True)
    assert backup.made(store.data_dir / backup.BACKUPS) == []
    store.back_up_daily()


def test_what_is_no_profile(tmp_path: Path) -> None:
    with pytest.raises(BackupFailed, match="there is no profile"):
        backup.back_up(tmp_path / "nothing", tmp_path / "backups")


# Going back


def test_going_back_keeps_what_was_there(tmp_path: Path) -> None:
    profile = tmp_path / "profile"
    with Store.open(profile) as store:
        store.create_document(PAPER, "Then").result()
        first = store.add_attachment(PNG)
        made = backup.back_up(profile, tmp_path / "backups")
        store.rename_document(PAPER, "Now").result()
    restored = restore.restore(tmp_path / "backups", profile)
    assert restored.backup == made
    assert titles(profile) == ["Then"]
    assert restored.aside is not None
    assert titles(restored.aside) == ["Now"]
    with Store.open(profile) as store:
        assert store.attachment(first) == PNG


def test_on_another_machine_with_the_images(tmp_path: Path) -> None:
    with Store.open(tmp_path / "profile") as store:
        fill_library(store, 3)
        backup.back_up_to_file(store.data_dir, tmp_path / "all.zip")
    image = next(iter((tmp_path / "profile" / ATTACHMENTS).glob("??/*"))).name
    shutil.rmtree(tmp_path / "profile")
    restored = restore.restore(tmp_path / "all.zip", tmp_path / "new")
    assert restored == Restored(tmp_path / "all.zip", None)
    with Store.open(tmp_path / "new") as store:
        assert len(store.documents()) == 3
        assert store.attachment(image) == PNG
    with pytest.raises(BackupFailed, match="exists already"):
        backup.back_up_to_file(tmp_path / "new", tmp_path / "all.zip")


def test_a_profile_that_is_open_is_left_alone(store: Store, tmp_path: Path) -> None:
    made = backup.back_up(store.data_dir, tmp_path / "backups")
    with pytest.raises(ProfileInUse):
        restore.restore(made, store.data_dir)


@pytest.mark.parametrize("what", ["nothing", "empty", "text", "zip", "other", "newer", "broken"])
def test_what_is_no_backup_changes_nothing(tmp_path: Path, what: str) -> None:
    profile, source = tmp_path / "profile", tmp_path / what
    with Store.open(profile) as store:
        store.create_document(PAPER, "Here").result()
        made = backup.back_up(profile, tmp_path / "backups")
    match what:
        case "empty":
            source.mkdir()
        case "text":
            source.write_text("no backup")
        case "zip":
            with zipfile.ZipFile(source, "w") as archive:
                archive.writestr("../inkstand.db", b"x")
        case "other":
            sqlite3.connect(source).execute("CREATE TABLE a (b)").connection.close()
        case "newer":
            source = made
            connection = sqlite3.connect(made / DATABASE)
            connection.execute("PRAGMA user_version = 999")
            connection.close()
        case "broken":
            source = made
            data = bytearray((made / DATABASE).read_bytes())
            data[8192:] = os.urandom(len(data) - 8192)
            (made / DATABASE).write_bytes(data)
    before = sorted(path.name for path in profile.iterdir())
    with pytest.raises(RestoreFailed, match="Nothing was changed"):
        restore.restore(source, profile)
    assert sorted(path.name for path in profile.iterdir()) == before
    assert titles(profile) == ["Here"]


def test_a_damaged_image_is_named(store: Store, tmp_path: Path) -> None:
    image = store.add_attachment(PNG)
    made = backup.back_up(store.data_dir, tmp_path / "backups")
    copied = made / ATTACHMENTS / image[:2] / image
    copied.unlink()
    copied.write_bytes(b"spoiled")
    with pytest.raises(RestoreFailed, match=f"image {image[:16]}"):
        restore.restore(made, tmp_path / "other")
