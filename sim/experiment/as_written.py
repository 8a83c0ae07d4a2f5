"""What a scenario itself has at the places that an experiment varies: where its own case lies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from sim.experiment.factors import Listed, Ranged, Setting, Tabled
from sim.experiment.study import Study
from sim.experiment.substitution import steps_of
from sim.preferences.uncertain import Basis, Tier, central
from sim.sampling import central as central_reading
from sim.scenario import Scenario

READINGS: Mapping[str, Setting] = {"red_lines": "stated", "within": "disagreement", "levers": []}
"""What holds where an experiment says nothing."""


def as_written(study: Study, path: str) -> Setting | None:
    """Return the setting that the scenario has by itself; ``None`` where it has none, or several.

    Parameters
    ----------
    study
        With one scenario: several have settings of their own each.
    path
        Something that varies.

    Returns
    -------
    Setting or None
        A number's central value; anything else as it stands in the file.
    """
    if len(study.prepared.scenarios) > 1:
        return None
    owner = study.design.owners[path]
    if not isinstance(owner, Listed | Ranged | Tabled):
        return _weight(study.scenario, owner.columns, path, owner.ends)
    return READINGS[path] if path in READINGS else setting_in(study.scenario, path)


def setting_in(scenario: Scenario, path: str) -> Setting | None:
    """Return what stands at a path, a number by its central value; ``None`` if nothing does.

    Examples
    --------
    >>> from sim.formats import parse_scenario, starter_scenario
    >>> fence = parse_scenario(starter_scenario())
    >>> setting_in(fence, "parties.ann.consent"), setting_in(fence, "parties.ann.patience")
    ('required', 0.95)
    """
    steps = steps_of(path)
    if len(steps) == 3 and steps[0] == "parties" and steps[2] in ("threshold", "disagreement"):
        return _level(scenario, steps[1], steps[2])
    node: Any = scenario
    for step in steps:
        node = _inside(node, step)
    if isinstance(node, Tier):
        return float(node.ranges(dict(scenario.tiers)).mean())
    if isinstance(node, Basis):
        return central(node) if hasattr(node, "central") else None  # type: ignore[arg-type]
    return node if isinstance(node, str | int | float | list | tuple) else None


def _inside(node: Any, step: str) -> Any:
    if isinstance(node, BaseModel):
        names = {info.alias or name: name for name, info in type(node).model_fields.items()}
        return getattr(node, names[step], None) if step in names else None
    if isinstance(node, Mapping):
        return next((inner for key, inner in node.items() if str(key) == step), None)
    if isinstance(node, list | tuple) and step.isdecimal() and int(step) < len(node):
        return node[int(step)]
    return None


def _level(scenario: Scenario, party: str, level: str) -> float | None:
    """Return a threshold or the value of no deal, which may be written relative to another."""
    if party not in scenario.parties:
        return None
    reading = central_reading(scenario)
    values = reading.thresholds if level == "threshold" else reading.disagreement
    return float(values[0, reading.structure.parties.index(party)])


def _weight(
    scenario: Scenario, columns: tuple[str, ...], path: str, ends: tuple[float, float] | None
) -> float | None:
    """Return one of the weights that vary together, on the scale of all of them."""
    weights = {column: setting_in(scenario, column) for column in columns}
    known = {c: float(w) for c, w in weights.items() if isinstance(w, int | float)}
    if not known:  # nobody weighed the issues: all count alike
        known = dict.fromkeys(columns, 1.0)
    total = sum(known.values())
    if path not in known or ends is None or total <= 0:
        return None
    return ends[1] * known[path] / total
