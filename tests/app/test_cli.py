"""The headless verbs and the program's start: one sentence, an exit code, nothing lost."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import sqlite3
import subprocess
import sys
import threading
import zlib
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.store import backup
from sync.store.store import Store
from sync.types import DocumentId
from tests.services import secret_service
from tests.sync.relay.process import RelayProcess
from tests.sync.store.library import PAGE, fill

PASSWORD = "correct horse"


def run(
    data_dir: Path, *arguments: str, stdin: str | None = None, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app", "--data-dir", str(data_dir), *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        env={**os.environ, **(env or {})},
    )


def refused(result: subprocess.CompletedProcess[str], *words: str) -> None:
    """The command failed with one line on stderr that holds `words`, and no traceback."""
    assert result.returncode == 1, result
    assert result.stderr.count("\n") == 1, result.stderr
    assert "Traceback" not in result.stderr
    for word in words:
        assert word in result.stderr


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[RelayProcess]:
    with RelayProcess(tmp_path / "relay") as relay:
        relay.add_user("ada")
        relay.add_user("ben")
        yield relay


def sync(data_dir: Path, name: str) -> subprocess.CompletedProcess[str]:
    """Sync, signed in for this run only."""
    return run(
        data_dir,
        *("sync", "--timeout", "30", "--user", name, "--password-stdin"),
        stdin=PASSWORD + "\n",
    )


def sign_in(
    data_dir: Path, relay: RelayProcess, name: str, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return run(
        data_dir,
        *("sign-in", relay.url, "--user", name, "--password-stdin"),
        stdin=PASSWORD + "\n",
        env=env,
    )


def test_from_one_device_to_another(tmp_path: Path, relay: RelayProcess) -> None:
    file = tmp_path / "chapter.md"
    file.write_text("# Chapter\n\nSome *words*.\n\n- one\n- two\n", encoding="utf-8")
    a, b = tmp_path / "a", tmp_path / "b"
    assert sign_in(a, relay, "ada").returncode == 0
    document = run(a, "import", str(file), "--title", "One").stdout.strip()
    assert sync(a, "ada").returncode == 0
    relay.admin("document", "share", document, "--user", "ben", "--role", "editor")
    assert sign_in(b, relay, "ben").returncode == 0
    assert sync(b, "ben").returncode == 0
    (entry,) = json.loads(run(b, "list", "--json").stdout)
    assert (entry["id"], entry["title"]) == (document, "One")
    exported = run(b, "export", document, "--format", "markdown").stdout
    assert exported == file.read_text(encoding="utf-8")
    structure = json.loads(run(b, "export", document, "--format", "json").stdout)
    assert structure["content"][0]["type"] == "heading"


def png(width: int = 3, height: int = 2) -> bytes:
    """Return a real PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")
        )

    size = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    rows = zlib.compress((b"\0" + b"\x80" * width) * height)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", size + b"\x08\0\0\0\0")
        + chunk(b"IDAT", rows)
        + chunk(b"IEND", b"")
    )


def test_images_come_along_in_and_out(tmp_path: Path) -> None:
    (tmp_path / "pics").mkdir()
    (tmp_path / "pics" / "a quay.png").write_bytes(png())
    (tmp_path / "secret.png").write_bytes(png(4))
    text = "![A quay](<pics/a quay.png>)\n\n![gone](nowhere.png) ![s](../x/secret.png)\n"
    (tmp_path / "chapter.md").write_text(text, encoding="utf-8")
    data = tmp_path / "data"
    document = run(data, "import", str(tmp_path / "chapter.md")).stdout.strip()

    out = tmp_path / "out 100%"
    out.mkdir()
    assert run(data, "export", document, "--output", str(out / "Ch 1%.md")).returncode == 0
    (image,) = (out / "Ch 1%-images").iterdir()
    assert image.read_bytes() == png()
    assert image.suffix == ".png"
    written = (out / "Ch 1%.md").read_text(encoding="utf-8")
    assert written == f"![A quay](<Ch 1%25-images/{image.name}>)\n\ngone s\n"

    assert run(data, "export", document, "--output", str(out / "b.html")).returncode == 0
    page = (out / "b.html").read_text(encoding="utf-8")
    assert b64encode(png()).decode() in page
    printed = run(data, "export", document, "--format", "html").stdout
    assert printed.replace("<title>chapter", "<title>b") == page

    for name in ("Ch 1%.md", "b.html"):  # and both come in again, on another device
        again = run(tmp_path / name[0], "import", str(out / name)).stdout.strip()
        structure = json.loads(run(tmp_path / name[0], "export", again, "--format", "json").stdout)
        digest = hashlib.sha256(png()).hexdigest()
        assert structure["content"][0]["content"] == [
            {"type": "image", "attrs": {"src": f"sha256:{digest}", "alt": "A quay"}}
        ]


def test_an_image_outside_of_the_files_folder_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(png())
    book = tmp_path / "book"
    book.mkdir()
    (book / "link.png").symlink_to(tmp_path / "secret.png")
    sources = ("../secret.png", str(tmp_path / "secret.png"), "file:///etc/x.png", "link.png")
    pictures = "".join(f"![no](<{source}>)\n" for source in sources)
    (book / "a.md").write_text(pictures, encoding="utf-8")
    document = run(tmp_path / "data", "import", str(book / "a.md")).stdout.strip()
    assert run(tmp_path / "data", "export", document).stdout == "no no no no\n"
    assert not (tmp_path / "data" / "attachments").exists()


def test_html_in_an_older_encoding(tmp_path: Path) -> None:
    page = '<meta charset="windows-1252"><p>caf\u00e9 \u2026</p>'
    (tmp_path / "a.htm").write_bytes(page.encode("cp1252"))
    document = run(tmp_path / "data", "import", str(tmp_path / "a.htm")).stdout.strip()
    assert run(tmp_path / "data", "export", document).stdout == "caf\u00e9 \u2026\n"


def test_a_sign_in_outlives_the_program_in_the_keyring_and_nowhere_else(
    tmp_path: Path, relay: RelayProcess
) -> None:
    a = tmp_path / "a"
    with secret_service() as keyring:
        signed_in = sign_in(a, relay, "ada", keyring)
        assert (signed_in.returncode, signed_in.stderr) == (0, "")
        run(a, "new", "--title", "Kept")
        result = run(a, "sync", "--timeout", "30", env=keyring)
        assert result.returncode == 0, result.stderr
        # The token was rotated by that; the new one was kept.
        assert run(a, "sync", "--timeout", "30", env=keyring).returncode == 0
        assert run(a, "sign-out", env=keyring).returncode == 0
        refused(run(a, "sync", "--timeout", "5", env=keyring), "Not signed in")


def test_no_keyring_is_said(tmp_path: Path, relay: RelayProcess) -> None:
    result = sign_in(tmp_path / "a", relay, "ada")
    assert result.returncode == 0
    assert "you are not kept signed in, because" in result.stderr


def test_a_wrong_password(tmp_path: Path, relay: RelayProcess) -> None:
    arguments = ("sign-in", relay.url, "--user", "ada", "--password-stdin")
    refused(run(tmp_path / "a", *arguments, stdin="wrong\n"), "Wrong name or password.")


def test_an_expired_sign_in_is_said_and_keeps_what_waits(
    tmp_path: Path, relay: RelayProcess
) -> None:
    a = tmp_path / "a"
    with secret_service() as keyring:
        assert sign_in(a, relay, "ada", keyring).returncode == 0
        run(a, "new", "--title", "Waits")
        relay.admin("user", "deactivate", "ada")
        refused(run(a, "sync", "--timeout", "20", env=keyring), "Sign in again")
    assert "Waits" in run(a, "list").stdout


def test_an_unreachable_relay(tmp_path: Path, relay: RelayProcess) -> None:
    a = tmp_path / "a"
    assert sign_in(a, relay, "ada").returncode == 0
    run(a, "new", "--title", "Waits")
    relay.kill()
    refused(sync(a, "ada"), "Cannot reach the relay at")
    refused(sign_in(tmp_path / "b", relay, "ada"), "Cannot reach the relay at")


def test_something_that_is_no_relay_closes_mid_handshake(tmp_path: Path) -> None:
    ready = threading.Event()
    port = 0
    done = asyncio.Event()
    loop = asyncio.new_event_loop()

    async def listen() -> None:
        nonlocal port
        async with await asyncio.start_server(lambda _, w: w.close(), "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            ready.set()
            await done.wait()

    listener = threading.Thread(target=loop.run_until_complete, args=(listen(),))
    listener.start()
    try:
        assert ready.wait(20)
        result = run(
            tmp_path / "a",
            *("sign-in", f"ws://127.0.0.1:{port}", "--user", "ada", "--password-stdin"),
            stdin="x\n",
        )
        refused(result, "Cannot reach the relay at")
    finally:
        loop.call_soon_threadsafe(done.set)
        listener.join()
        loop.close()


def test_a_profile_that_is_open(tmp_path: Path) -> None:
    with Store.open(tmp_path):
        refused(run(tmp_path, "list"), "already open")


def test_a_database_of_a_newer_version(tmp_path: Path) -> None:
    run(tmp_path, "new", "--title", "Old")
    path = tmp_path / "inkstand.db"
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 999")
    database.commit()
    database.close()
    before = path.read_bytes()
    refused(run(tmp_path, "list"), "newer version")
    assert path.read_bytes() == before


def test_a_truncated_database(tmp_path: Path) -> None:
    run(tmp_path, "new", "--title", "Old")
    path = tmp_path / "inkstand.db"
    path.write_bytes(path.read_bytes()[:5000])
    before = path.read_bytes()
    refused(run(tmp_path, "list"), "is damaged")
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("export", "nothing"), "no document 'nothing'"),
        (("import", "/nonexistent.md"), "Cannot import"),
        (("import", __file__), "one of these kinds: .txt, .md"),
        (("sync", "--timeout", "1"), "Not signed in"),
    ],
)
def test_mistakes_are_one_sentence(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    refused(run(tmp_path, *arguments), words)


def test_without_a_display_the_window_says_so(tmp_path: Path) -> None:
    nowhere = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": ""}
    refused(run(tmp_path, env=nowhere), "no display", "xvfb-run")
    refused(run(tmp_path, env={**nowhere, "DISPLAY": ":987"}), "no display", "xvfb-run")


def test_version_and_help(tmp_path: Path) -> None:
    assert run(tmp_path, "--version").stdout.startswith("inkstand ")
    assert "examples:" in run(tmp_path, "--help").stdout


def library(data: Path) -> None:
    with Store.open(data) as store:
        fill(store, 8)


def test_a_damaged_database_is_salvaged_and_what_was_lost_is_said(tmp_path: Path) -> None:
    library(tmp_path)
    path = tmp_path / "inkstand.db"
    damaged = path.read_bytes()[: -3 * PAGE]
    path.write_bytes(damaged)
    result = run(tmp_path, "list")
    assert result.returncode == 0
    assert result.stdout.count("Title") == 8
    assert "The database on this device was damaged. 8 documents" in result.stderr
    (aside,) = tmp_path.glob("damaged-*")
    assert (aside / "inkstand.db").read_bytes() == damaged
    again = run(tmp_path, "list")
    assert (again.returncode, again.stderr) == (0, "")


def test_damage_that_a_verb_comes_upon(tmp_path: Path) -> None:
    library(tmp_path)
    database = sqlite3.connect(tmp_path / "inkstand.db")
    database.execute("UPDATE updates SET bytes = x'0000' WHERE document = 2 AND sequence = 1")
    database.commit()
    database.close()
    first = run(tmp_path, "export", "document-0001")
    assert first.returncode == 1
    assert "“Title 1”: 1 change, from" in first.stderr
    assert "Run the command again" in first.stderr
    assert run(tmp_path, "export", "document-0001").returncode == 0


def test_nothing_readable_names_the_backup(tmp_path: Path) -> None:
    library(tmp_path)
    backup.back_up_daily(tmp_path)
    (tmp_path / "inkstand.db").write_bytes(os.urandom(20_000))
    refused(run(tmp_path, "list"), "nothing in it can be read", "inkstand restore", "backups")
    (name,) = [path.name for path in backup.made(tmp_path / "backups")]
    assert run(tmp_path, "restore", str(tmp_path / "backups" / name)).returncode == 0
    assert run(tmp_path, "list").stdout.count("Title") == 8


def test_check_says_what_is_amiss_and_what_to_do(tmp_path: Path) -> None:
    library(tmp_path)
    sound = run(tmp_path, "check")
    assert (sound.returncode, sound.stdout, sound.stderr) == (0, "Everything can be read.\n", "")
    database = sqlite3.connect(tmp_path / "inkstand.db")
    database.execute("UPDATE documents SET waiting = waiting + 1 WHERE number = 2")
    database.commit()
    database.close()
    with Store.open(tmp_path):  # also while the window is open
        amiss = run(tmp_path, "check")
    assert "inkstand salvage" in amiss.stdout
    refused(amiss, "1 problem was found.")
    assert run(tmp_path, "salvage").returncode == 0
    assert run(tmp_path, "check").returncode == 0
    refused(run(tmp_path / "nothing", "check"), "Cannot look at", "no such file")


def test_backup_and_restore(tmp_path: Path) -> None:
    data = tmp_path / "data"
    library(data)
    with Store.open(data):
        made = Path(run(data, "backup", str(tmp_path / "stick")).stdout.strip())
        refused(run(data, "restore", str(made)), "already open")
    assert made.parent == tmp_path / "stick"
    run(data, "new", "--title", "Later")
    restored = run(data, "restore", str(tmp_path / "stick"))
    assert "with all that was not sent yet" in restored.stdout
    assert "Later" not in run(data, "list").stdout
    (aside,) = data.glob("replaced-*")
    assert "Later" in run(aside, "list").stdout
    zipped = tmp_path / "all.zip"
    assert run(data, "backup", str(zipped)).stdout == f"{zipped}\n"
    refused(run(data, "backup", str(zipped)), "it exists already")
    assert run(tmp_path / "new", "restore", str(zipped)).returncode == 0
    assert run(tmp_path / "new", "list").stdout == run(data, "list").stdout
    refused(run(data, "restore", __file__), "it is damaged", "Nothing was changed")
    refused(run(tmp_path / "none", "backup", str(tmp_path / "stick")), "there is no profile")


def test_export_of_everything(tmp_path: Path) -> None:
    library(tmp_path / "data")
    out = tmp_path / "out"
    result = run(tmp_path / "data", "export", "--all", str(out))
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert len(list(out.glob("*.md"))) == len(list(out.glob("Title*.json"))) == 8
    only = run(tmp_path / "data", "export", "--all", str(tmp_path / "md"), "--format", "md")
    assert only.returncode == 0
    assert not list((tmp_path / "md").glob("Title*.json"))
    refused(run(tmp_path / "data", "export", "--all", __file__), "Cannot export to")
    with Store.open(tmp_path / "data") as store:
        store.append_remote(DocumentId("document-0003"), b"garbage").result()
    spoiled = run(tmp_path / "data", "export", "--all", str(out))
    assert spoiled.returncode == 1
    assert "1 of its changes could not be read" in spoiled.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("export",),
        ("export", "x", "--all", "y"),
        ("export", "--all", "y", "--format", "html"),
        ("export", "x", "--format", "both"),
        ("export", "--all", "y", "--output", "z"),
        ("backup",),
        ("restore",),
    ],
)
def test_wrong_usage(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    result = run(tmp_path, *arguments)
    assert result.returncode == 2
    assert "usage:" in result.stderr
    assert not list(tmp_path.iterdir())


def test_search(tmp_path: Path) -> None:
    data = tmp_path / "data"
    ids = {}
    for name, text in (("Café", "The white whale sleeps."), ("Duck", "A white duck, no whales.")):
        file = tmp_path / f"{name}.txt"
        file.write_text(text, encoding="utf-8")
        ids[name] = run(data, "import", str(file)).stdout.strip()
    found = run(data, "search", '"white whale"')
    assert found.stdout == f"{ids['Café']}  Café  The white whale sleeps.\n"
    assert run(data, "search", "white", "wha", "--limit", "1").stdout.count("\n") == 1
    assert run(data, "search", "white -whale").stdout.split()[0] == ids["Duck"]
    results = json.loads(run(data, "search", "--json", "CAFE").stdout)
    assert (results["total"], results["unindexed"]) == (1, 0)
    assert results["found"][0]["document_id"] == ids["Café"]
    assert results["found"][0]["title_hits"] == [{"start": 0, "length": 4}]
    nothing = run(data, "search", "🦆")
    assert (nothing.returncode, nothing.stdout) == (0, "")
    assert "inkstand search" in run(data, "--help").stdout


def test_a_list_says_what_belongs_to_another_relay(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        store.set_account("wss://relay.example", "u1", "Ada").result()
        store.create_document(DocumentId("paper"), "Paper").result()
        store.set_account("wss://other.example", "u2", "Ada").result()
    assert run(tmp_path, "list").stdout == "paper  Paper  (belongs to wss://relay.example)\n"
    [listed] = json.loads(run(tmp_path, "list", "--json").stdout)
    assert listed["elsewhere"] == "wss://relay.example"
