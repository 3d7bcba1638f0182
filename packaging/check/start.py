"""How long a program takes from its start to its painted window: start.py [--cold] PROGRAM...

Each run has an empty profile and a screen of its own (Xvfb), whose memory is looked at until there
is text in the middle. With --cold the system forgets every file before each run; that takes root.
"""

from __future__ import annotations

import argparse
import mmap
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

RUNS = 9
WIDTH, HEIGHT = 1280, 900
BYTES = 4
"""Of a pixel."""

COLOURS = 8
"""Text has more shades at its edges than that; an empty window has a few."""


def main() -> None:
    """Measure, and print the median and what it lies between."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program", nargs="+")
    parser.add_argument("--cold", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        runs = [
            started(arguments.program, Path(folder) / str(run), arguments.cold)
            for run in range(RUNS)
        ]
    seconds, work = (sorted(values) for values in zip(*runs, strict=True))
    between = f"{seconds[0]:.2f} to {seconds[-1]:.2f}, {RUNS} runs"
    print(f"{statistics.median(seconds):.2f} s ({between})")
    print(f"{statistics.median(work):.2f} s of it on a processor, however busy the machine is")


def started(program: list[str], folder: Path, cold: bool) -> tuple[float, float]:
    """Start the program once; return the seconds until it is painted, and of processor time."""
    folder.mkdir()
    size = f"{WIDTH}x{HEIGHT}x24"
    with subprocess.Popen(
        ["Xvfb", "-displayfd", "1", "-screen", "0", size, "-nolisten", "tcp", "-fbdir", folder],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as screen:
        assert screen.stdout is not None
        display = screen.stdout.readline().strip()
        environment = {
            **os.environ,
            "DISPLAY": f":{display}",
            "QT_QPA_PLATFORM": "xcb",
            "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent",
        }
        try:
            with (folder / "Xvfb_screen0").open("rb") as file:
                memory = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
                if cold:
                    os.sync()
                    Path("/proc/sys/vm/drop_caches").write_text("3")
                command = [*program, "--data-dir", str(folder / "profile")]
                begun = time.perf_counter()
                with subprocess.Popen(command, env=environment) as process:
                    while not painted(memory):
                        time.sleep(0.005)
                    taken = time.perf_counter() - begun
                    numbers = (
                        Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
                    )
                    process.terminate()
                ticks = int(numbers[11]) + int(numbers[12])  # proc(5): utime and stime
                return taken, ticks / os.sysconf("SC_CLK_TCK")
        finally:
            screen.terminate()


def painted(memory: mmap.mmap) -> bool:
    """Whether there is text in the middle third of the screen."""
    row = WIDTH * BYTES
    middle = memory[-row * HEIGHT * 2 // 3 : -row * HEIGHT // 3]
    step = 331 * BYTES  # some pixels are enough, and looking takes the program's time
    return len({middle[at : at + BYTES] for at in range(0, len(middle), step)}) > COLOURS


if __name__ == "__main__":
    main()
