"""What an index has to be to be believed, and what is newer than what."""

from __future__ import annotations

import json
import subprocess
import sys
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.signing import SigningKey

from app.updates.index import MAX_NOTES, PREFIX, is_newer, read_index
from app.updates.problems import (
    IndexExpired,
    IndexForged,
    IndexOlder,
    IndexUnreadable,
    UpdateProblem,
)
from app.updates.source import Source, read_source
from tests.app.updates.server import Publisher, said
from tests.test_project import ROOT

NOW = datetime.now(UTC)
PUBLISHER = Publisher()
KEYS = [PUBLISHER.public]


def signed(text: str, prefix: bytes = PREFIX, key: SigningKey = PUBLISHER.key) -> bytes:
    """As who has the key but not the tool."""
    signature = key.sign(prefix + text.encode()).signature
    return json.dumps({"signed": text, "signatures": [b64encode(signature).decode()]}).encode()


class TestBelieving:
    def test_what_is_signed_is_believed(self) -> None:
        index = read_index(PUBLISHER.index(), KEYS, NOW, 5)
        assert (index.version, index.serial) == ("99.0.0", 5)
        assert index.notes_in("de") == "Alles ist besser."
        assert index.notes_in("fr") == "Everything is <b>better</b>."

    def test_one_changed_letter_and_it_is_not(self) -> None:
        data = PUBLISHER.index()
        for old, new in ((b"99.0.0", b"98.0.0"), (b"example.org", b"example.com")):
            with pytest.raises(IndexForged):
                read_index(data.replace(old, new), KEYS, NOW, 0)

    def test_nobody_elses_signature_and_none_for_something_else(self) -> None:
        text = json.dumps(said())
        for data in (
            signed(text, key=SigningKey.generate()),
            signed(text, prefix=b""),
            json.dumps({"signed": text, "signatures": []}).encode(),
            json.dumps({"signed": text, "signatures": ["", "QUJD"]}).encode(),
        ):
            with pytest.raises(IndexForged):
                read_index(data, KEYS, NOW, 0)

    def test_a_new_key_beside_the_old_one(self) -> None:
        """How keys are changed: packages trust both for a while."""
        newcomer = Publisher()
        both = [*KEYS, newcomer.public]
        for publisher in (PUBLISHER, newcomer):
            assert read_index(publisher.index(), both, NOW, 0).version == "99.0.0"

    def test_it_says_nothing_from_its_end_on(self) -> None:
        data = PUBLISHER.index(expires=(NOW + timedelta(days=1)).isoformat())
        assert read_index(data, KEYS, NOW + timedelta(hours=23), 0)
        with pytest.raises(IndexExpired) as caught:
            read_index(data, KEYS, NOW + timedelta(days=1), 0)
        assert caught.value.until == NOW + timedelta(days=1)

    def test_an_older_one_than_was_seen_is_refused(self) -> None:
        data = PUBLISHER.index(serial=5)
        with pytest.raises(IndexOlder):
            read_index(data, KEYS, NOW, 6)

    @pytest.mark.parametrize(
        "changes",
        [
            {"format": 2},
            {"serial": 0},
            {"serial": "7"},
            {"serial": True},
            {"serial": 2**60},
            {"expires": "soon"},
            {"expires": "2999-01-01T00:00:00"},
            {"version": "1.0-evil"},
            {"version": 3},
            {"page": "http://example.org/"},
            {"page": "file:///etc/passwd"},
            {"page": "https://user@example.org/"},
            {"page": "https://example.org/\n"},
            {"page": None},
            {"notes": {"de": "nur Deutsch"}},
            {"notes": {"en": 7}},
            {"notes": "text"},
        ],
        ids=str,
    )
    def test_nonsense_is_not_believed_though_it_is_signed(self, changes: dict[str, Any]) -> None:
        with pytest.raises(IndexUnreadable):
            read_index(signed(json.dumps(said(**changes))), KEYS, NOW, 0)

    @given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
    def test_anything_else_is_a_problem_and_no_crash(self, data: bytes) -> None:
        with pytest.raises(UpdateProblem):
            read_index(data, KEYS, NOW, 0)

    @pytest.mark.parametrize(
        "data", [b"[" * 50_000, b'{"signed": 1, "signatures": []}', b'{"signed": "\\ud800"}']
    )
    def test_so_are_these(self, data: bytes) -> None:
        with pytest.raises(IndexUnreadable):
            read_index(data, KEYS, NOW, 0)

    def test_notes_are_plain_text(self) -> None:
        notes = {"en": " one\r\ntwo\x00\x1b[31m \u202egnihtemos\u202c " + "x" * 2 * MAX_NOTES}
        index = read_index(PUBLISHER.index(notes=notes), KEYS, NOW, 0)
        assert index.notes["en"].startswith("one\ntwo[31m gnihtemos x")
        assert len(index.notes["en"]) < MAX_NOTES


@pytest.mark.parametrize(
    ("version", "than", "newer"),
    [
        ("0.2.0", "0.1.0", True),
        ("0.10", "0.9.9", True),
        ("1", "1.0.0", False),
        ("0.1.0", "0.1.0", False),
        ("0.1.0", "0.2.0", False),
        ("0.2.0", "0.2.0rc1", True),
        ("0.2.0", "0.2.0.dev3+abc", True),
        ("0.1.9", "0.2.0rc1", False),
    ],
)
def test_what_is_newer(version: str, than: str, newer: bool) -> None:
    assert is_newer(version, than) is newer


class TestTool:
    """packaging/build/sign_index.py, as somebody uses it who makes a release."""

    def run(self, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        tool = ROOT / "packaging" / "build" / "sign_index.py"
        return subprocess.run(
            [sys.executable, tool, *arguments],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def test_from_a_key_to_an_index(self, tmp_path: Path) -> None:
        address = "https://example.org/versions.json"
        made = self.run(tmp_path, "key", "--private", "key", "--index", address)
        (tmp_path / "build.json").write_text(made.stdout)
        assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
        source = read_source(tmp_path / "build.json")
        assert source is not None
        assert source.address == address
        (tmp_path / "new.txt").write_text("Much is new.")
        self.run(
            tmp_path,
            *("sign", "--private", "key", "--version", "1.2.3", "--notes", "new.txt"),
            *("--page", "https://example.org/", "--output", "versions.json"),
        )
        data = (tmp_path / "versions.json").read_bytes()
        index = read_index(data, source.keys, datetime.now(UTC), 1_700_000_000)
        assert (index.version, index.notes["en"]) == ("1.2.3", "Much is new.")
        assert timedelta(days=89) < index.expires - datetime.now(UTC) < timedelta(days=91)
        assert (
            "1.2.3" in self.run(tmp_path, "check", "--build", "build.json", "versions.json").stdout
        )
        again = self.run(tmp_path, "key", "--private", "key")
        assert again.returncode == 1
        assert "is lost for ever" in again.stderr

    def test_no_key_comes_into_the_repository(self) -> None:
        refused = self.run(ROOT, "key", "--private", "docs/key")
        assert refused.returncode == 1
        assert not (ROOT / "docs" / "key").exists()


class TestSource:
    def test_the_repository_names_none(self) -> None:
        assert json.loads((ROOT / "resources" / "build.json").read_text()) == {}
        assert read_source(ROOT / "resources" / "build.json") is None

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "[]",
            '{"update_index": "", "update_keys": []}',
            '{"update_index": "http://example.org/", "update_keys": ["%s"]}',
            '{"update_index": "https://example.org/", "update_keys": []}',
            '{"update_index": "https://example.org/", "update_keys": ["QUJD"]}',
            '{"update_index": 7, "update_keys": ["%s"]}',
        ],
    )
    def test_half_a_source_is_none(self, tmp_path: Path, text: str) -> None:
        path = tmp_path / "build.json"
        path.write_text(text.replace("%s", b64encode(PUBLISHER.public).decode()))
        assert read_source(path) is None
        assert read_source(tmp_path / "missing.json") is None

    def test_a_whole_one(self, tmp_path: Path) -> None:
        path = tmp_path / "build.json"
        key = b64encode(PUBLISHER.public).decode()
        settings = {"update_index": "https://example.org/i", "update_keys": [key]}
        path.write_text(json.dumps(settings))
        assert read_source(path) == Source("https://example.org/i", (PUBLISHER.public,))
