"""What the headless verbs write to the terminal."""

from __future__ import annotations

import sys
from io import TextIOWrapper


def say(sentence: str) -> None:
    """Tell the person one thing, on standard error."""
    print(f"inkstand: {sentence}", file=sys.stderr)  # noqa: T201


def print_text(text: str) -> None:
    """Write what was asked for to standard output."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="")  # what was written, in any locale
    sys.stdout.write(text if text.endswith("\n") else text + "\n")
    sys.stdout.flush()


def show_progress(what: str, done: int, total: int) -> None:
    """Show how far something is, on a line of standard error that `clear_progress` empties."""
    if sys.stderr.isatty():
        print(f"\r\033[K{what}: {done:,} of {total:,}", end="", file=sys.stderr)  # noqa: T201


def clear_progress() -> None:
    """Take the line of `show_progress` away."""
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr)  # noqa: T201
