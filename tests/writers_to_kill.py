"""Start writers of a results folder, kill each at a random moment, and look at what is left.

Run as a program of its own: FOLDER SEED COUNT. It ends with an error at the first folder that
is neither the previous results nor the new ones.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from itertools import count
from pathlib import Path

from sim.formats.folders import replacing

N_FILES = 5


def fill(folder: Path, version: int) -> None:
    for k in range(N_FILES):
        (folder / f"{k}.txt").write_text(f"{version}\n" * 100)


def write_for_ever(goal: Path, first: int) -> None:
    """Replace the results by newer ones, again and again."""
    for version in count(first):
        with replacing(goal) as draft:
            fill(draft, version)


def version_of(goal: Path) -> int:
    """Read the version that stands there, whole."""
    texts = {path.name: path.read_text() for path in goal.iterdir()}
    assert len(texts) == N_FILES, f"{len(texts)} files of {N_FILES}: {sorted(texts)}"
    versions = {line for text in texts.values() for line in text.splitlines()}
    assert len(versions) == 1, f"files of several versions: {versions}"
    assert all(len(text.splitlines()) == 100 for text in texts.values()), "a file cut short"
    return int(versions.pop())


def kill_at_random(goal: Path, rng: random.Random, took: float) -> int:
    """Let a writer write and kill it; return the version that it leaves."""
    before = version_of(goal)
    writer = os.fork()
    if writer == 0:
        try:
            write_for_ever(goal, before + 1)
        finally:
            os._exit(1)
    time.sleep(rng.uniform(0, 4 * took))
    os.kill(writer, signal.SIGKILL)
    _, status = os.waitpid(writer, 0)
    assert os.WIFSIGNALED(status), "the writer gave up by itself"
    left = version_of(goal)
    assert left >= before, f"{left} after {before}"
    return left


if __name__ == "__main__":
    folder, rng = Path(sys.argv[1]), random.Random(int(sys.argv[2]))
    start = time.perf_counter()
    with replacing(folder) as first:
        fill(first, 0)
    took = time.perf_counter() - start
    versions = [kill_at_random(folder, rng, took) for _ in range(int(sys.argv[3]))]
    sys.stdout.write(f"{versions}\n")
