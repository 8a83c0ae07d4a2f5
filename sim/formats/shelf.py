"""What comes with zopa, and what each file calls itself."""

from __future__ import annotations

from pathlib import Path

from sim.formats.text import decode, read_bytes
from sim.formats.yaml_tree import read_tree


def title_of(path: Path) -> str:
    """Return the title that a scenario or experiment file gives itself, unchecked."""
    text, _ = decode(read_bytes(path, str(path)), str(path))
    root = read_tree(text or "", str(path)).root
    title = root.child("title") if root is not None else None
    return "" if title is None else str(title.value)
