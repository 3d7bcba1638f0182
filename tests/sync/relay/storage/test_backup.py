"""Backups while people write, and the way back to one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.client.events import Online
from sync.document.delta import insert
from sync.errors import AdministrationError
from sync.relay.storage import files
from sync.relay.storage.sqlite import restore as restoring
from sync.relay.storage.sqlite import schema
from sync.relay.storage.sqlite.backup import back_up, find
from sync.relay.storage.sqlite.check import check
from sync.relay.storage.sqlite.restore import refuse_half_restored, restore
from sync.types import DocumentId, Origin
from tests.sync.client.listening import Device, new_document
from tests.sync.disks import fill as fill_disk
from tests.sync.relay.peer import Peer
from tests.sync.relay.process import RelayProcess
from tests.sync.relay.storage.conftest import Fill, rows, sql, typed
from tests.sync.relay.storage.test_check import DIGEST, add_picture, run

PAPER = DocumentId("paper")
LATER = DocumentId("later")


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[RelayProcess]:
    with RelayProcess(tmp_path / "relay") as relay:
        relay.add_user("ada")
        yield relay


class TestBackup:
    def test_of_one_moment_and_attachments_only_once(
        self, data_dir: Path, tmp_path: Path, fill: Fill
    ) -> None:
        folder = tmp_path / "backups"
        add_picture(data_dir)
        fill(typed("one "))
        first, amiss = back_up(data_dir, folder)
        assert amiss == []
        picture = files.attachment_path(folder, DIGEST)
        inode = picture.stat().st_ino
        fill(typed("two"))
        second, _ = back_up(data_dir, folder)
        assert (rows(first / schema.FILE_NAME), rows(second / schema.FILE_NAME)) == (1, 2)
        assert picture.stat().st_ino == inode
        assert find(folder) == second
        assert all(path.stat().st_mode & 0o077 == 0 for path in (folder, first, second))
        assert list(check(data_dir)) == []

    def test_what_is_amiss_is_said(self, data_dir: Path, tmp_path: Path) -> None:
        add_picture(data_dir)
        files.attachment_path(data_dir, DIGEST).write_bytes(b"damaged")
        made = run(data_dir, "backup", str(tmp_path / "backups"))
        assert made.returncode == 1
        assert "1 attachments are missing or damaged" in made.stderr

    def test_a_full_disk_leaves_no_half(self, data_dir: Path, small_disk: Path, fill: Fill) -> None:
        fill(typed("x" * 100_000))
        folder = small_disk / "backups"
        folder.mkdir()
        filler = fill_disk(small_disk)
        with pytest.raises(AdministrationError, match="backup"):
            back_up(data_dir, folder)
        assert [path.name for path in folder.iterdir() if path.name != ".lock"] == []
        filler.unlink()
        assert back_up(data_dir, folder)[0].exists()

    def test_one_that_was_killed_is_in_nobodys_way(self, data_dir: Path, tmp_path: Path) -> None:
        folder = tmp_path / "backups"
        (folder / ".incomplete").mkdir(parents=True)
        (folder / ".incomplete" / "rest").write_bytes(b"half")
        made, _ = back_up(data_dir, folder)
        assert sorted(path.name for path in made.iterdir()) == [schema.FILE_NAME]


class TestRestore:
    def test_only_into_nothing_or_with_replace(
        self, data_dir: Path, tmp_path: Path, fill: Fill
    ) -> None:
        add_picture(data_dir)
        fill(typed("one "))
        made, _ = back_up(data_dir, tmp_path / "backups")
        fill(typed("two"))
        with pytest.raises(AdministrationError, match="--replace"):
            restore(made, data_dir, replace=False)
        done = restore(tmp_path / "backups", data_dir, replace=True)
        assert done.backup == made
        assert done.aside is not None
        assert rows(data_dir / schema.FILE_NAME) == 1
        assert rows(done.aside / schema.FILE_NAME) == 2
        assert list(check(data_dir)) == []
        elsewhere = tmp_path / "elsewhere"
        assert restore(made, elsewhere, replace=False).aside is None
        assert list(check(elsewhere)) == []

    def test_a_damaged_backup_changes_nothing(
        self, data_dir: Path, tmp_path: Path, fill: Fill
    ) -> None:
        add_picture(data_dir)
        fill(typed("one "))
        made, _ = back_up(data_dir, tmp_path / "backups")
        files.attachment_path(tmp_path / "backups", DIGEST).write_bytes(b"damaged")
        with pytest.raises(AdministrationError, match="missing or damaged"):
            restore(made, data_dir, replace=True)
        (made / schema.FILE_NAME).write_bytes(b"no database" * 1_000)
        with pytest.raises(AdministrationError, match="damaged"):
            restore(made, data_dir, replace=True)
        assert rows(data_dir / schema.FILE_NAME) == 1
        assert list(check(data_dir)) == []

    @pytest.mark.parametrize("at", range(4))
    def test_one_that_is_interrupted_can_be_done_again(
        self,
        data_dir: Path,
        tmp_path: Path,
        fill: Fill,
        monkeypatch: pytest.MonkeyPatch,
        at: int,
    ) -> None:
        add_picture(data_dir)
        fill(typed("one "))
        back_up(data_dir, tmp_path / "backups")
        fill(typed("two"))
        moves = 0
        rename = Path.rename

        def dying(path: Path, target: Path) -> Path:
            nonlocal moves
            if restoring._MOVING in str(path) or path.parent == data_dir:
                moves += 1
                if moves == at + 2:  # the first makes the folder that says what is going on
                    raise KeyboardInterrupt
            return rename(path, target)

        monkeypatch.setattr(Path, "rename", dying)
        with pytest.raises(KeyboardInterrupt):
            restore(tmp_path / "backups", data_dir, replace=True)
        monkeypatch.undo()
        with pytest.raises(AdministrationError, match="was interrupted"):
            refuse_half_restored(data_dir)
        assert "interrupted" in run(data_dir, "token", "ada").stderr
        assert "interrupted" in run(data_dir, "serve", "--listen", "127.0.0.1:0").stderr
        restore(tmp_path / "backups", data_dir, replace=False)
        refuse_half_restored(data_dir)
        assert rows(data_dir / schema.FILE_NAME) == 1
        assert list(check(data_dir)) == []
        kept = [
            rows(path / schema.FILE_NAME)
            for path in data_dir.glob("replaced-*")
            if (path / schema.FILE_NAME).exists()
        ]
        assert 2 in kept

    def test_not_under_a_relay_that_serves(self, relay: RelayProcess, tmp_path: Path) -> None:
        relay.admin("backup", str(tmp_path / "backups"))
        result = relay.run("restore", str(tmp_path / "backups"), "--replace")
        assert (result.returncode, "serves" in result.stderr) == (1, True)


def test_after_an_older_backup_devices_bring_back_what_is_missing(
    relay: RelayProcess, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    with Device(tmp_path / "ada") as ada:
        new_document(ada, PAPER, "Start.\n")
        ada.engine.sign_in(relay.url, "ada", "correct horse").result()
        ada.engine.start()
        ada.wait_for(lambda: ada.in_step(PAPER))
        token = relay.admin("token", "ada", "--seconds", "3600")
        peer = Peer(relay.url, PAPER, token).joined()
        page = ada.open(PAPER)
        page.apply(insert(0, "Before. "), Origin.VIEW)
        peer.until_text("Before. Start.\n")
        # A backup in the middle of writing, each word of its own update.
        for number in range(1, 101):
            peer.write(f"<{number}>", up_to=number)
            if number == 50:
                relay.admin("backup", str(folder))
        while peer.acknowledged < 100:
            peer.step()
        page.apply(insert(0, "After. "), Origin.VIEW)
        new_document(ada, LATER, "Not in the backup.\n")
        ada.engine.notify_saved(LATER)
        ada.wait_for(lambda: ada.in_step(LATER))
        ada.wait_for(ada.has_nothing_unsaved)
        ada.wait_for(lambda: ada.in_step(PAPER))
        expected = "After. Before. Start.\n" + "".join(f"<{n}>" for n in range(1, 101))
        ada.wait_for(lambda: ada.text_on_disk(PAPER) == expected)
        peer.until_text(expected)

        relay.stop()
        before = sql(relay.data_dir / schema.FILE_NAME, "SELECT count(*) FROM updates")
        relay.admin("restore", str(folder), "--replace")
        assert sql(relay.data_dir / schema.FILE_NAME, "SELECT count(*) FROM updates") < before
        relay.start()
        ada.engine.retry_now()
        ada.wait_for(lambda: ada.engine.state == Online())
        with Peer(relay.url, PAPER, token, document=peer.document).joined() as again:
            again.write("!", up_to=1)
            while again.acknowledged < 1:
                again.step()
            again.until_text(expected + "!")
        ada.wait_for(lambda: ada.text_on_disk(PAPER) == expected + "!")
        with Peer(relay.url, PAPER, token).joined() as fresh:
            fresh.until_text(expected + "!")
        ada.wait_for(lambda: ada.in_step(LATER))
        with Peer(relay.url, LATER, token).joined() as later:
            later.until_text("Not in the backup.\n")
        peer.close()
    assert list(check(relay.data_dir)) == []
    with sqlite3.connect(relay.data_dir / schema.FILE_NAME) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    database.close()
