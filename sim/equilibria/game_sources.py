"""Sources in game files: whatever is cited must be defined in the file."""

from __future__ import annotations

from collections.abc import Iterator

from sim.errors import Mistake, did_you_mean
from sim.scenario.sources import Source, Sources


def unknown_sources(
    sources: dict[str, Source], cited: Sources | None, path: tuple[str | int, ...]
) -> Iterator[Mistake]:
    """Say which of the sources that a part of a game file cites are not defined in it."""
    for name in [cited] if isinstance(cited, str) else cited or ():
        if name not in sources:
            guess = did_you_mean(name, sources, "sources")
            yield Mistake(path, f"no source is called '{name}'{guess}")
