"""Shipped scenarios, read and answered once for all tests, and the pages that speak of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from sim.comparison import Comparison, compare
from sim.formats import read_scenario
from sim.scenario import Scenario
from sim.settlement import Settlement, solve

ROOT = Path(__file__).parent.parent
LESSONS, CSIS_PAGE = ROOT / "docs" / "teaching.md", ROOT / "scenarios" / "csis-2025.md"


@cache
def shipped(name: str, *overrides: str) -> Scenario:
    return read_scenario(name, overrides)


@cache
def compared(name: str, *overrides: str, red_lines: str = "stated") -> Comparison:
    return compare(shipped(name, *overrides), red_lines=red_lines)


@cache
def solved(name: str, *overrides: str, **options: Any) -> Settlement:
    return solve(shipped(name, *overrides), **options)


def tables(page: Path) -> list[list[list[str]]]:
    """Return the tables of a page: rows of cells, the heading and its rule left out."""
    blocks = re.findall(r"(?:^\|.*\n)+", page.read_text(encoding="utf-8"), re.MULTILINE)
    return [
        [[cell.strip() for cell in row.strip("|").split("|")] for row in block.splitlines()[2:]]
        for block in blocks
    ]


def commands(page: Path) -> list[str]:
    return re.findall(r"^ {4}(zopa .*)$", page.read_text(encoding="utf-8"), re.MULTILINE)


def unfounded(value: object, path: str = "", founded: bool = False) -> Iterator[str]:
    """Find the numbers that neither a source nor an assumption covers."""
    if isinstance(value, BaseModel):
        basis = (getattr(value, "source", None), getattr(value, "assumption", None))
        for field in type(value).model_fields:
            yield from unfounded(getattr(value, field), f"{path}.{field}", founded or any(basis))
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from unfounded(inner, f"{path}.{name}", founded)
    elif isinstance(value, list | tuple):
        for place, inner in enumerate(value):
            yield from unfounded(inner, f"{path}[{place}]", founded)
    elif isinstance(value, int | float) and not isinstance(value, bool) and not founded:
        yield path


def numbers_without_basis(scenario: Scenario) -> list[str]:
    whole = bool(scenario.assumption or scenario.source)
    parts = {"parties": scenario.parties, "levers": scenario.levers, "plans": scenario.plans,
             "war": scenario.war}  # fmt: skip
    return list(unfounded(parts, founded=whole))
