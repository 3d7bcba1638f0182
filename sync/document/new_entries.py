"""Which entries of root maps an update brings for the first time, read from its structs."""

from __future__ import annotations

from collections.abc import Collection

from sync.document.structs import Reader, UpdateHeader, read_origins, skip_content


def read_new_keys(update: bytes, roots: Collection[str]) -> set[tuple[str, str]]:
    """Return root and key of each entry of `roots` whose first value `update` brings.

    The first item of a key says where it is; later ones stand behind it and name only that.
    `update` must come from pycrdt.
    """
    reader = Reader(update)
    found = set()
    for _ in range(reader.varuint()):
        count = reader.varuint()
        reader.varuint()
        reader.varuint()
        for _ in range(count):
            info = reader.data[reader.at]
            reader.at += 1
            if info & 0x1F == 0 or info == 10:
                reader.varuint()
                continue
            if info & 0xC0:
                read_origins(reader, UpdateHeader(), info)
            elif (place := read_place(reader, info)) is not None and place[0] in roots:
                found.add(place)
            skip_content(reader, info & 0x1F)
    return found


def read_place(reader: Reader, info: int) -> tuple[str, str] | None:
    """Step over the parent and key of an item without origins; return both if it is an entry.

    None if it is in a nested type, or in a root that is no map.
    """
    if reader.varuint() == 1:
        root = reader.string().decode(errors="replace")
    else:
        reader.varuint()
        reader.varuint()
        root = ""
    key = reader.string().decode(errors="replace") if info & 0x20 else ""
    return (root, key) if root and info & 0x20 else None
