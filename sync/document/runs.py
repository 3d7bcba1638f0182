"""Joins runs of neighbouring items in an update, before pycrdt has to."""

from __future__ import annotations

from dataclasses import dataclass

from sync.document.structs import Reader, UpdateHeader, read_origins, skip_content
from sync.lib0 import encode_varuint

JOINABLE = (4, 8)
"""Kinds of content: string, any; the others are not sent one by one, or cost nothing."""


@dataclass(slots=True)
class _Run:
    """An item whose content may go on in the next one."""

    head: bytes
    """Info, origins and parent, as they came."""
    kind: int
    right_origin: bytes
    clocks: int
    counts: int
    """Bytes of a string, elements of an array."""
    parts: list[bytes]


def join_runs(update: bytes) -> bytes:
    """Return an update that says the same in fewer items, where Yjs would join them too.

    `read_header` must have accepted it. pycrdt 0.14.13 joins neighbouring items at the
    end of a transaction, in memory that grows with the square of their number: 700 KB
    of single characters took 5 GB. Honest clients send such updates too, because Yjs'
    `mergeUpdates` copies items one by one. What may be joined: yjs `Item.js`, `mergeWith`.
    """
    reader = Reader(update)
    clients = reader.varuint()
    out = [encode_varuint(clients)]
    for _ in range(clients):
        out += _joined_structs(reader)
    out.append(update[reader.at :])
    return b"".join(out)


def _joined_structs(reader: Reader) -> list[bytes]:
    count, client, clock = reader.varuint(), reader.varuint(), reader.varuint()
    head = encode_varuint(client) + encode_varuint(clock)
    structs: list[bytes | _Run] = []
    for _ in range(count):
        start = reader.at
        info = reader.data[start]
        struct: bytes | _Run
        if info & 0x1F in JOINABLE:
            struct, origin = _read_run(reader, info)
            last = structs[-1] if structs else None
            follows = origin == (client, clock - 1) and not info & 0x20
            clock += struct.clocks
            if (
                follows
                and isinstance(last, _Run)
                and (last.kind, last.right_origin) == (struct.kind, struct.right_origin)
            ):
                last.counts += struct.counts
                last.parts += struct.parts
                continue
        else:
            reader.at += 1
            if info == 10 or info & 0x1F == 0:
                clock += reader.varuint()
            else:
                read_origins(reader, UpdateHeader(), info)
                clock += skip_content(reader, info & 0x1F)
            struct = reader.data[start : reader.at]
        structs.append(struct)
    out = [encode_varuint(len(structs)), head]
    for struct in structs:
        if isinstance(struct, _Run):
            out += (struct.head, encode_varuint(struct.counts), *struct.parts)
        else:
            out.append(struct)
    return out


def _read_run(reader: Reader, info: int) -> tuple[_Run, tuple[int, int] | None]:
    start = reader.at
    reader.at += 1
    origin = (reader.varuint(), reader.varuint()) if info & 0x80 else None
    right = reader.at
    if info & 0x40:
        reader.varuint()
        reader.varuint()
    right_origin = reader.data[right : reader.at]
    if not info & 0xC0:
        reader.at = start + 1
        read_origins(reader, UpdateHeader(), info)
    head = reader.data[start : reader.at]
    kind = info & 0x1F
    content = reader.at
    counts = reader.varuint()
    body = reader.at
    reader.at = content
    clocks = skip_content(reader, kind)
    return _Run(head, kind, right_origin, clocks, counts, [reader.data[body : reader.at]]), origin
