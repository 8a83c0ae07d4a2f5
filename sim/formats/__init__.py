"""The only door to the disk: scenarios in, results out."""

from __future__ import annotations

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
