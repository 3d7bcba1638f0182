"""Reports are few, short, private, and hold nothing of what was written."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.problems.reports import FAULT, LONGEST, MOST, Reports
from app.problems.tracing import describe, shortened
from sync.errors import ExportFailed

SECRET = "the text that somebody wrote"


def raised(error: Exception, text: str = SECRET) -> Exception:
    kept = text  # a value of a variable in the frame
    try:
        try:
            raise KeyError(kept)
        except KeyError:
            raise error  # noqa: B904  # so that one comes of the other
    except Exception as found:  # noqa: BLE001
        return found


@pytest.mark.parametrize(
    "error",
    [
        ValueError(SECRET),
        ExportFailed(Path("/home/ada/Secret title.md"), SECRET),
        OSError(28, SECRET, f"/home/ada/{SECRET}"),
        UnicodeDecodeError("utf-8", SECRET.encode(), 0, 1, SECRET),
        type("Own", (AttributeError,), {})(SECRET),
    ],
)
def test_a_description_says_where_and_not_what(error: Exception) -> None:
    text = describe(raised(error))
    assert "tests/" not in text
    assert "test_reports.py:" in text
    assert "in raised" in text
    assert "builtins.KeyError" in text
    for private in (SECRET, "ada", "Secret title"):
        assert private not in text


def test_a_message_that_names_parts_of_the_program_stays() -> None:
    with pytest.raises(AttributeError) as found:
        _ = Path().no_such_name  # type: ignore[attr-defined]
    assert "no_such_name" in describe(found.value)


def test_errors_that_came_of_each_other_in_a_circle() -> None:
    one, other = ValueError(), TypeError()
    one.__cause__, other.__cause__ = other, one
    assert describe(one).count("came of") == 1


@given(st.text(st.characters(exclude_characters="/\\"), max_size=50))
def test_a_path_loses_what_stands_above_the_program(folder: str) -> None:
    assert shortened(f"/home/{folder}/inkstand/app/gui.py") == "app/gui.py"
    assert shortened(f"/home/ada/x/{folder}.py") == f"{folder}.py"


def test_few_are_kept_and_the_newest_come_first(tmp_path: Path) -> None:
    reports = Reports(tmp_path)
    for number in range(MOST + 5):
        assert reports.keep(f"number {number}", "text") is not None
    paths = reports.paths()
    assert len(paths) == MOST
    assert reports.read(paths[0]).startswith(f"number {MOST + 4}\n")
    reports.forget()
    assert reports.paths() == []


def test_a_report_is_short_and_for_nobody_else(tmp_path: Path) -> None:
    reports = Reports(tmp_path)
    path = reports.keep("long", "x" * 10 * LONGEST)
    assert path is not None
    assert path.stat().st_size == LONGEST
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() == 0, reason="root may write all")
def test_a_disk_that_takes_nothing_is_no_second_trouble(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert Reports(tmp_path).keep("lost", "text") is None
    tmp_path.chmod(0o700)


def test_a_folder_that_is_a_file_is_no_second_trouble(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("")
    reports = Reports(tmp_path)
    assert reports.keep("lost", "text") is None
    assert reports.paths() == []
    assert reports.open_fault_file() is None
    assert not reports.take_fault()


def test_what_a_signal_left_behind_becomes_a_report_once(tmp_path: Path) -> None:
    reports = Reports(tmp_path)
    assert not reports.take_fault()
    folder = tmp_path / "reports"
    folder.mkdir()
    (folder / FAULT).write_text(
        "Fatal Python error: Segmentation fault\n\n"
        '  File "/home/ada/inkstand/app/editor/editor.py", line 3 in keyPressEvent\n'
    )
    assert reports.take_fault()
    [path] = reports.paths()
    text = reports.read(path)
    assert 'File "app/editor/editor.py", line 3 in keyPressEvent' in text
    assert "ada" not in text
    assert not reports.take_fault()
