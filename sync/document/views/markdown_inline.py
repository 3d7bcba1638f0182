"""The text of one paragraph as Markdown, proved by reading it again.

CommonMark decides by the letters around `**` whether it opens, closes or stands
for itself, so some places need another spelling: `_`, or a neighbouring letter as
an entity (what mdast-util-to-markdown does too). The plainest spelling that means
what was meant is taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeAlias

from sync.document import schema
from sync.document.delta import Attributes, Embed
from sync.document.views.lines import LINE_BREAK, Piece
from sync.document.views.markdown_in import inline_pieces

EmbedWriter = Callable[[Embed, Attributes], str]

_SPECIAL = re.compile(r"([\\`*_\[\]<>~]|&(?=#|\w+;)|\^(?=\[|$)|^\^|!$)")
_LINE_START = re.compile(r"^(?:([#>+-]|#{2,6})(?=\s|$)|(\d{1,9})([.)])(?=\s|$))")
_RULE = re.compile(r"[-=:| \t]+")
_FENCES = {schema.STRIKE: "~~", schema.BOLD: "**", schema.ITALIC: "*"}
_NESTED = (schema.LINK, schema.STRIKE, schema.BOLD, schema.ITALIC)

_Mark: TypeAlias = tuple[str, object]
_Token: TypeAlias = tuple[str, str]
"""`open` or `close` and a fence, `text` still to be escaped, or `done`."""


def escape_text(text: str) -> str:
    """Return text whose letters mean nothing in Markdown but themselves."""
    return _SPECIAL.sub(r"\\\1", text)


def escape_address(address: str) -> str:
    """Return an address as it may stand between < and >."""
    escaped = re.sub(r"([\\<>]|&(?=#|\w+;))", r"\\\1", address)
    return re.sub(r"[\x00-\x1f]", lambda match: f"%{ord(match[0]):02X}", escaped)


def escape_line(text: str, *, heading: bool = False) -> str:
    """Return a row that begins no list, heading or rule; spaces around it are lost."""
    text = text.strip(" \t")
    for end in (re.compile(r"^\s+"), re.compile(r"\s+$")):
        text = end.sub(lambda match: "".join(f"&#{ord(c)};" for c in match[0]), text)
    if heading:
        return re.sub(r"(#+)$", lambda match: "\\" + match[1], text)
    if _RULE.fullmatch(text):
        return "\\" + text
    return _LINE_START.sub(lambda m: f"\\{m[1]}" if m[1] else f"{m[2]}\\{m[3]}", text)


def inline(pieces: Sequence[Piece], embed: EmbedWriter) -> str:
    """Return the pieces of a paragraph; its rows end with a backslash and a newline."""
    atoms = _atoms(pieces)
    written = {id(atom): embed(atom[0], atom[1]) for atom in atoms if isinstance(atom[0], Embed)}
    spellings = [(False, "*"), (False, "_"), (True, "*"), (True, "_")]
    if not any(name in marks for _, marks in atoms for name in _FENCES):
        del spellings[1:]
    text = ""
    for encoded, fence in spellings:
        text = _spelt(_tokens(atoms, written, fence), encoded=encoded)
        if len(spellings) == 1 or _means(text, atoms):
            break
    return text


def _atoms(pieces: Sequence[Piece]) -> list[Piece]:
    """Return pieces cut at line breaks, spaces apart; marks that Markdown knows only."""
    cut: list[Piece] = []
    for content, marks in pieces:
        known = {n: v for n, v in marks.items() if n in _NESTED or n == schema.CODE}
        if isinstance(content, Embed):
            sizes = {n: v for n, v in marks.items() if n == schema.ALT}
            cut.append((content, {**known, **sizes}))
        elif schema.CODE in known and content.strip():
            rows = re.split(f"({LINE_BREAK})", content)
            cut += [(row, known) for row in rows if row]
        else:
            plain_marks = {n: v for n, v in known.items() if n != schema.CODE}
            cut += [
                (part, plain_marks) for part in re.split(r"(^\s+|\s+$|\u2028)", content) if part
            ]
    result: list[Piece] = []
    for number, (content, marks) in enumerate(cut):
        if isinstance(content, str) and not content.strip():
            # A space has the marks that go on behind it: a fence must not touch one.
            before = cut[number - 1][1] if number else {}
            after = next((m for c, m in cut[number:] if isinstance(c, Embed) or c.strip()), {})
            marks = {
                name: value
                for name, value in marks.items()
                if name != schema.CODE and before.get(name) == after.get(name) == value
            }
        last = result[-1] if result else None
        joins = last and last[1] == marks and isinstance(content, str)
        if joins and last and isinstance(last[0], str) and schema.CODE not in marks:
            result[-1] = (last[0] + str(content), marks)
            continue
        result.append((content, marks))
    return result


def _tokens(atoms: Sequence[Piece], written: dict[int, str], star: str) -> list[_Token]:
    tokens: list[_Token] = []
    open_marks: list[_Mark] = []

    def fence(mark: _Mark) -> str:
        return star if mark[0] == schema.ITALIC else _FENCES[mark[0]]

    def close_down_to(depth: int) -> None:
        while len(open_marks) > depth:
            mark = open_marks.pop()
            if mark[0] == schema.LINK:
                tokens.append(("done", f"](<{escape_address(str(mark[1]))}>)"))
            else:
                tokens.append(("close", fence(mark)))

    for number, atom in enumerate(atoms):
        content, marks = atom
        wanted = [(name, marks[name]) for name in _NESTED if name in marks]
        kept = 0
        while kept < len(open_marks) and open_marks[kept] in wanted:
            kept += 1
        close_down_to(kept)
        fresh = [mark for mark in wanted if mark not in open_marks]
        fresh.sort(key=lambda mark: -_reach(atoms[number:], mark))
        for mark in fresh:
            open_marks.append(mark)
            tokens.append(("done", "[") if mark[0] == schema.LINK else ("open", fence(mark)))
        if isinstance(content, Embed):
            tokens.append(("done", written[id(atom)]))
        elif schema.CODE in marks and content != LINE_BREAK:
            tokens.append(("done", _code(content)))
        else:
            for index, row in enumerate(content.split(LINE_BREAK)):
                if index:
                    tokens.append(("done", "\\\n"))
                if row:
                    tokens.append(("text", row))
    close_down_to(0)
    return tokens


def _reach(atoms: Sequence[Piece], mark: _Mark) -> int:
    """Return how many atoms from the first bear a mark: what lasts longer is opened first."""
    count = 0
    for _, marks in atoms:
        if marks.get(mark[0]) != mark[1]:
            break
        count += 1
    return count


def _code(text: str) -> str:
    fence = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    spaced = text.startswith(" ") and text.endswith(" ") and text.strip(" ")
    pad = " " if text.startswith("`") or text.endswith("`") or spaced else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _spelt(tokens: Sequence[_Token], *, encoded: bool) -> str:
    result: list[str] = []
    for number, (kind, text) in enumerate(tokens):
        if kind != "text":
            result.append(text)
            continue
        head = tail = ""
        if encoded and number and tokens[number - 1][0] == "close" and not text[0].isspace():
            head, text = f"&#{ord(text[0])};", text[1:]
        after = tokens[number + 1][0] if number + 1 < len(tokens) else ""
        if encoded and text and after == "open" and not text[-1].isspace():
            text, tail = text[:-1], f"&#{ord(text[-1])};"
        text = escape_text(text)
        if number and tokens[number - 1][1].startswith("[^") and text[:1] in (":", "("):
            text = "\\" + text  # no definition of that footnote, nor a link
        result.append(head + text + tail)
    return "".join(result)


def _means(text: str, atoms: Sequence[Piece]) -> bool:
    """Whether the text, read again, is what was meant (embeds are not looked into)."""
    return _letters(inline_pieces(text)) == _letters(atoms)


def _letters(pieces: Sequence[Piece]) -> list[tuple[str, Attributes]]:
    result: list[tuple[str, Attributes]] = []
    for content, marks in pieces:
        if isinstance(content, Embed):
            continue
        if result and result[-1][1] == marks:
            result[-1] = (result[-1][0] + content, marks)
        elif content:
            result.append((content, marks))
    return [(text.strip(" \t"), marks) for text, marks in result if text.strip(" \t")]
