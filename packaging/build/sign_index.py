"""Makes the keys and the signed index by which Inkstand knows that there is a newer version.

    sign_index.py key --private FILE
        a new private key, and what goes into resources/build.json
    sign_index.py sign --private FILE --version 0.2.0 --page ADDRESS --notes FILE --output FILE
        an index of that version; --notes-in de=FILE adds the notes in another language
    sign_index.py check --build FILE INDEX
        what a package with that build.json would believe of an index

The private key is never in this repository: keep it where the releases are made, and a copy of it
where fire and thieves do not come. An index is good for --days (90); sign it anew before they are
over, also when there is no newer version. docs/packaging.md has the whole procedure.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path

from nacl.signing import SigningKey

from app.updates.index import MAX_BYTES, PREFIX, read_index
from app.updates.problems import UpdateProblem
from app.updates.source import read_source

ROOT = Path(__file__).resolve().parents[2]


def make_key(private: Path, index: str) -> str:
    """Write a new private key, readable by its owner alone; return a build.json that trusts it."""
    if private.resolve().is_relative_to(ROOT):
        raise SystemExit("sign_index: a private key does not go into the repository.")
    key = SigningKey.generate()
    if private.exists():
        raise SystemExit(
            f"sign_index: {private} is there, and a key that is lost is lost for ever."
        )
    handle = os.open(private, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(b64encode(bytes(key)).decode() + "\n")
    settings = {"update_index": index, "update_keys": [b64encode(bytes(key.verify_key)).decode()]}
    return json.dumps(settings, indent=2)


def sign(said: dict[str, object], keys: list[SigningKey]) -> bytes:
    """Return an index that says this. Raises `UpdateProblem` if no program would believe it."""
    signed = json.dumps(said, ensure_ascii=False)
    signatures = [key.sign(PREFIX + signed.encode()).signature for key in keys]
    text = {"signed": signed, "signatures": [b64encode(each).decode() for each in signatures]}
    data = json.dumps(text, indent=1).encode() + b"\n"
    read_index(data, [bytes(keys[0].verify_key)], datetime.now(UTC), 0)
    if len(data) > MAX_BYTES:
        raise SystemExit(
            f"sign_index: {len(data)} bytes are more than the {MAX_BYTES} that are read."
        )
    return data


def _read_key(file: str) -> SigningKey:
    text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="ascii")
    return SigningKey(b64decode(text.strip(), validate=True))


def main() -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    verbs = parser.add_subparsers(dest="verb", required=True)
    verb = verbs.add_parser("key", help="make a private key")
    verb.add_argument("--private", type=Path, required=True, help="file for it, which is made")
    verb.add_argument("--index", default="https://example.org/inkstand.json", help="its address")
    verb = verbs.add_parser("sign", help="sign an index")
    verb.add_argument("--private", action="append", required=True, help="key; - is standard input")
    verb.add_argument("--version", required=True, help="the newest version")
    verb.add_argument("--page", required=True, help="https address where it can be had")
    verb.add_argument("--notes", type=Path, required=True, help="what is new, plain text, English")
    verb.add_argument("--notes-in", action="append", default=[], help="LANGUAGE=FILE")
    verb.add_argument("--days", type=float, default=90, help="how long it is to be believed")
    verb.add_argument(
        "--serial", type=int, help="higher than the last; default: seconds since 1970"
    )
    verb.add_argument("--output", type=Path, required=True, help="file for the index")
    verb = verbs.add_parser("check", help="say what an index says")
    verb.add_argument("--build", type=Path, required=True, help="the build.json of a package")
    verb.add_argument("index", type=Path)
    arguments = parser.parse_args()
    if arguments.verb == "key":
        print(make_key(arguments.private, arguments.index))
        return 0
    now = datetime.now(UTC)
    try:
        if arguments.verb == "check":
            source = read_source(arguments.build)
            if source is None:
                parser.error(f"{arguments.build} names no index, or not rightly")
            print(read_index(arguments.index.read_bytes(), source.keys, now, 0))
            return 0
        named = dict(pair.split("=", 1) for pair in arguments.notes_in)
        notes = {"en": arguments.notes, **{tag: Path(file) for tag, file in named.items()}}
        said = {
            "format": 1,
            "serial": int(now.timestamp()) if arguments.serial is None else arguments.serial,
            "expires": (now + timedelta(days=arguments.days)).isoformat(timespec="seconds"),
            "version": arguments.version,
            "page": arguments.page,
            "notes": {tag: file.read_text(encoding="utf-8") for tag, file in notes.items()},
        }
        arguments.output.write_bytes(sign(said, [_read_key(file) for file in arguments.private]))
    except UpdateProblem as problem:
        print(f"sign_index: no program would believe this ({problem!r}).", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
