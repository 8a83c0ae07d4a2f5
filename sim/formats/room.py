"""How much room results take on the disk, and how much there is."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from sim.experiment.job import Block, Computed, Job
from sim.formats.chunks import Chunks


def bytes_on_disk(job: Job, computed: Computed) -> int:
    """Write the rows of some cases as a run would, measure the files, and remove them."""
    with TemporaryDirectory(prefix="zopa-") as name:
        chunks = Chunks(Path(name), job, "measured")
        chunks.keep(Block(0, 0, 1), computed)
        return sum(path.stat().st_size for path in Path(name).glob("*.parquet"))


def free_bytes(folder: Path) -> int:
    """Return how much is free where a folder is or will be."""
    there = next(some for some in (folder, *folder.absolute().parents) if some.exists())
    return shutil.disk_usage(there).free


def bytes_in(folder: Path) -> int:
    """Return how much the files of a folder take; nothing where there is none."""
    return sum(path.stat().st_size for path in folder.glob("*") if path.is_file())
