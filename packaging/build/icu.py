"""Makes Qt's copy of ICU smaller: most of its 32 MB of data are names that the program never says.

Qt asks ICU to compare strings, to change their case and to decode old encodings, which needs the
tables kept here. Left out are the names of currencies, units, time zones, languages and countries,
the rules for words and for spelling out numbers, transliteration, and how dates and numbers are
written in each language, which Qt has tables of its own for.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

LEFT_OUT = re.compile(
    r"(brkitr|curr|lang|rbnf|region|translit|unit|zone)/.*|(?!(de|en)[._]|res_index)[a-z]{2,3}(_\w+)?\.res"
)
"""Of ICU's data (https://unicode-org.github.io/icu/userguide/icu_data/): folders of it, and what is
not in a folder and named by a language."""

_SOURCE = """\
.globl {symbol}
.section .rodata, "a"
.balign 16
.type {symbol}, @object
{symbol}:
.incbin "{data}"
.size {symbol}, . - {symbol}
.section .note.GNU-stack, "", %progbits
"""


def shrink(folder: Path, work: Path) -> None:
    """Replace the libicudata of a folder by a smaller one.

    The library is one symbol, in the one section for data. Raises `CalledProcessError`.
    """
    [library] = folder.glob("libicudata.so.*")
    version = library.suffix.removeprefix(".")
    # icupkg takes the file's name for that of the whole.
    before, after = (work / part / f"icudt{version}l.dat" for part in ("icu-all", "icu"))
    for path in (before, after):
        path.parent.mkdir(parents=True)
    _run("objcopy", "--output-target", "binary", "--only-section", ".rodata", library, before)
    listed = _run("icupkg", "--list", before)
    names = [name for name in listed.split() if LEFT_OUT.fullmatch(name)]
    (work / "left-out.txt").write_text("\n".join(names))
    _run("icupkg", "--remove", work / "left-out.txt", before, after)
    source, made = work / "icudata.s", work / "icudata.o"
    source.write_text(_SOURCE.format(symbol=f"icudt{version}_dat", data=after))
    _run("as", source, "-o", made)
    _run("ld", "-shared", "--strip-all", "--soname", library.name, made, "-o", library)


def _run(*command: str | Path) -> str:
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
