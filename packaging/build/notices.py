"""Writes what has to come with a package of Inkstand about the work of others in it.

    notices.py --output FOLDER [--bundle FOLDER] [--extra relay]... [--lock FILE]

THIRD-PARTY-NOTICES.txt has the licences of all parts and their texts, QT-SOURCE.txt and the texts
of the LGPL and GPL are what Qt's licence asks for, and inkstand.cdx.json is a list of all parts for
programs (CycloneDX 1.6). They are about the environment that runs this, and the shared libraries in
the bundle. Exit code 1 if a licence is not allowed, or a library is nobody's.

With SOURCE_DATE_EPOCH set the same parts give the same bytes.
"""

from __future__ import annotations

import argparse
import os
import sys
import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import licences
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import DisjunctiveLicense, LicenseExpression
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from pieces import QT, QT_PACKAGES, Piece, gather, owners

from sync import __version__

_LINE = "=" * 100


def notices(pieces: Iterable[Piece]) -> str:
    """Return the text for people."""
    pieces = list(pieces)
    said = [
        f"Inkstand {__version__} is under the Apache License 2.0 (LICENSE), with work of others:",
        "",
        *(f"    {_titled(piece)}" for piece in pieces),
        "",
        "Their licences, in that order. What is compiled into a part is named under it.",
    ]
    for piece in pieces:
        said += ["", _LINE, _titled(piece), _LINE]
        for title, text in piece.texts:
            said += ["", f"--- {title} ---", "", text.strip()]
        if piece.inside:
            said += ["", "Compiled into it:", ""]
            said += [f"    {_titled(one)}" for one in piece.inside]
    return "\n".join(said) + "\n"


def _titled(piece: Piece) -> str:
    name = f"{piece.name} {piece.version}".rstrip()
    holder = f", copyright {piece.holder}" if piece.holder else ""
    return f"{name}: {piece.licence or 'see its text'}{holder}"


def bill(pieces: Iterable[Piece]) -> str:
    """Return the list for programs. Raises `ValueError` if it is not what the standard says."""
    root = Component(
        name="inkstand",
        version=__version__,
        type=ComponentType.APPLICATION,
        licenses=[LicenseExpression("Apache-2.0")],
        bom_ref="inkstand",
    )
    components = {piece.name: _component(piece, piece.name) for piece in pieces}
    content = repr([(one.name, one.version) for one in components.values()])
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    when = datetime.now(UTC) if epoch is None else datetime.fromtimestamp(int(epoch), UTC)
    made = Bom(
        components=components.values(),
        serial_number=uuid.uuid5(uuid.NAMESPACE_URL, f"inkstand {__version__} {content}"),
        metadata=BomMetaData(component=root, timestamp=when),
    )
    needed = {name for piece in pieces for name in piece.needs}
    for piece in pieces:
        wanted = [components[name] for name in piece.needs if name in components]
        made.register_dependency(components[piece.name], wanted)
    tops = [one for name, one in components.items() if name not in needed]
    made.register_dependency(root, tops)
    text = JsonV1Dot6(made).output_as_string(indent=2)
    wrong = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if wrong is not None:
        raise ValueError(str(wrong))
    return text + "\n"


def _component(piece: Piece, reference: str) -> Component:
    licence = (
        LicenseExpression(piece.licence)
        if piece.licence
        else DisjunctiveLicense(name="see THIRD-PARTY-NOTICES.txt")
    )
    return Component(
        name=piece.name,
        version=piece.version or None,
        purl=_purl(piece.purl),
        licenses=[licence],
        copyright=piece.holder or None,
        bom_ref=reference,
        components=[
            _component(one, f"{reference}/{one.name}@{one.version}") for one in piece.inside
        ],
    )


def _purl(text: str) -> PackageURL | None:
    return PackageURL.from_string(text) if text else None


def complaints(pieces: Iterable[Piece]) -> Iterator[str]:
    """Find what is under a licence that is not allowed, also inside of others."""
    for piece in pieces:
        for one in (piece, *piece.inside):
            if one.licence and not licences.is_allowed(one.licence):
                yield f"{_titled(one)} is not allowed."
        if not piece.texts and piece.name not in QT_PACKAGES:
            yield f"{_titled(piece)} comes without the text of its licence."


def write(folder: Path, pieces: list[Piece]) -> None:
    """Write all files into a folder, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = licences.ROOT / "packaging" / "licences"
    contents = {
        "THIRD-PARTY-NOTICES.txt": notices(pieces),
        "inkstand.cdx.json": bill(pieces),
        "LICENSE": (licences.ROOT / "LICENSE").read_text(encoding="utf-8"),
    }
    for version in (piece.version for piece in pieces if piece.name == QT):
        offer = (texts / "qt-source.txt").read_text(encoding="utf-8")
        offer = offer.replace("{version}", version).replace("{series}", version.rpartition(".")[0])
        contents["QT-SOURCE.txt"] = offer
    for name in ("LGPL-3.0.txt", "GPL-3.0.txt"):
        contents[name] = (texts / name).read_text(encoding="utf-8")
    for name, text in contents.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def main() -> int:
    """Write the files for what this environment, and a bundle, is made of."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--output", type=Path, required=True, help="folder for the files")
    parser.add_argument("--bundle", type=Path, help="folder of the program, to look through")
    parser.add_argument("--extra", action="append", default=[], choices=licences.ALL_EXTRAS)
    parser.add_argument("--lock", type=Path, help="only the packages that this file names")
    arguments = parser.parse_args()
    pieces = gather(arguments.extra, arguments.lock)
    wrong = []
    if arguments.bundle is not None:
        others, unknown = owners(arguments.bundle, pieces)
        pieces += others
        wrong += [f"Nobody knows whose the library {name} is." for name in unknown]
    wrong += complaints(pieces)
    write(arguments.output, pieces)
    for sentence in wrong:
        print(f"notices: {sentence}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
