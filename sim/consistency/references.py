"""Names that one part of a scenario takes from another: sources, issues, options."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

from sim.consistency.known import Known, repeated
from sim.errors import Mistake, Path


def reference_mistakes(known: Known) -> Iterator[Mistake]:
    """Yield the names that are used and not defined, in issues, parties and constraints."""
    scenario = known.scenario
    yield from _sources(known, scenario, ())
    yield from _tiers(known)
    for name, issue in scenario.issues.items():
        at: Path = ("issues", name, "status_quo")
        if issue.status_quo is not None:
            yield from known.option(name, issue.status_quo, at)
    for name, party in scenario.parties.items():
        at = ("parties", name)
        for index, issue_name in enumerate(party.say or ()):
            yield from known.name("issues", issue_name, (*at, "say", index))
        yield from repeated(party.say or [], (*at, "say"))
        for index, line in enumerate(party.red_lines):
            yield from known.condition(line.when, (*at, "red_lines", index, "when"))
        for index, item in enumerate(party.interactions):
            yield from known.condition(item.when, (*at, "interactions", index, "when"))
    for index, constraint in enumerate(scenario.constraints):
        yield from known.condition(constraint.forbid, ("constraints", index, "forbid"))


def _sources(known: Known, part: object, at: Path) -> Iterator[Mistake]:
    """Walk the whole scenario for ``source`` and ``sources``."""
    for step, value in _parts(part):
        place = (*at, step)
        if isinstance(part, BaseModel) and step in ("source", "sources"):
            if isinstance(value, str):
                yield from known.name("sources", value, place)
            elif isinstance(value, list):
                for index, name in enumerate(value):
                    yield from known.name("sources", name, (*place, index))
                yield from repeated(value, place)
                continue
        yield from _sources(known, value, place)


def _parts(part: object) -> Iterator[tuple[str | int, object]]:
    """Yield what is directly inside a model, a mapping or a list, with its name."""
    if isinstance(part, BaseModel):
        for field, info in type(part).model_fields.items():
            yield info.alias or field, getattr(part, field)
    elif isinstance(part, dict):
        yield from part.items()
    elif isinstance(part, list):
        yield from enumerate(part)


def _tiers(known: Known) -> Iterator[Mistake]:
    for number, (low, high) in known.scenario.tiers.items():
        if low > high:
            text = f"from {low:g} to {high:g} is backwards: write [{high:g}, {low:g}]"
            yield Mistake(("tiers", str(number)), text)
