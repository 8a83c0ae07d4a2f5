"""The only door to the disk: scenarios in, results out.

What is imported here is loaded when it is first used, so that names alone cost nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.formats.scenarios import (
        check_scenario,
        find_scenario,
        parse_scenario,
        read_scenario,
        shipped_scenarios,
    )
    from sim.formats.schema import scenario_schema
    from sim.formats.starter import starter_scenario

__all__ = [
    "check_scenario",
    "find_scenario",
    "parse_scenario",
    "read_scenario",
    "scenario_schema",
    "shipped_scenarios",
    "starter_scenario",
]

_ELSEWHERE = {"scenario_schema": "sim.formats.schema", "starter_scenario": "sim.formats.starter"}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first asked for."""
    if name not in __all__:
        raise AttributeError(f"module 'sim.formats' has no attribute '{name}'")
    return getattr(import_module(_ELSEWHERE.get(name, "sim.formats.scenarios")), name)
