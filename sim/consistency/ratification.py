"""Ratification: bodies and ratifiers that speak of what the scenario has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sim.consistency.known import Known, repeated
from sim.consistency.levels import level_mistakes
from sim.consistency.valued import value_mistakes, weight_range
from sim.errors import Mistake, Path
from sim.scenario import Fighting, Party
from sim.scenario.ratification import Body, Ratifier

NOWHERE = "\N{ZERO WIDTH SPACE}"
"""A party's name that no file can have."""


def ratification_mistakes(known: Known) -> Iterator[Mistake]:
    """Yield unknown names, gaps in what ratifiers value, and rules that no vote can meet."""
    block = known.scenario.ratification
    if block is None:
        return
    for name, body in block.bodies.items():
        at: Path = ("ratification", "bodies", name)
        yield from known.name("parties", body.side, (*at, "side"))
        asked = body.asked_when
        if isinstance(asked, list):
            for index, when in enumerate(asked):
                yield from known.condition(when, (*at, "asked_when", index))
        elif asked is not None:
            yield from known.condition(asked, (*at, "asked_when"))
        if known.whole((*at, "ratifiers")):
            yield from _nobody_weighs(known, body, at)
        for who, ratifier in body.ratifiers.items():
            yield from _ratifier(known, ratifier, (*at, "ratifiers", who))


def _nobody_weighs(known: Known, body: Body, at: Path) -> Iterator[Mistake]:
    plain = Party.model_construct(
        name="", weights={who: ratifier.weight for who, ratifier in body.ratifiers.items()}
    )
    most = max(weight_range(known.scenario, plain, who)[1] for who in body.ratifiers)
    if known.whole(("tiers",)) and most <= 0:
        text = "no ratifier has any weight, so that no share of it can say yes: weigh some"
        yield Mistake((*at, "ratifiers"), text)


def _ratifier(known: Known, ratifier: Ratifier, at: Path) -> Iterator[Mistake]:
    if ratifier.like is not None:
        yield from known.name("parties", ratifier.like, (*at, "like"))
    for index, issue in enumerate(ratifier.issues or ()):
        yield from known.name("issues", issue, (*at, "issues", index))
    yield from repeated(ratifier.issues or [], (*at, "issues"))
    for index, line in enumerate(ratifier.red_lines):
        yield from known.condition(line.when, (*at, "red_lines", index, "when"))
    for index, item in enumerate(ratifier.interactions or ()):
        yield from known.condition(item.when, (*at, "interactions", index, "when"))
    yield from _shift(known, ratifier, at)
    yield from _worth(known, ratifier, at)


def _shift(known: Known, ratifier: Ratifier, at: Path) -> Iterator[Mistake]:
    if ratifier.shift is None:
        return
    if ratifier.like is None:
        text = "there is no party whose numbers it could be added to: say which with `like`"
        yield Mistake((*at, "shift"), text, at_name=True)
    for issue, options in ratifier.shift.values.items():
        place = (*at, "shift", "values", issue)
        yield from known.name("issues", issue, place, at_name=True)
        for option in options:
            yield from known.option(issue, option, (*place, option), at_name=True)


def _worth(known: Known, ratifier: Ratifier, at: Path) -> Iterator[Mistake]:
    """Ask of a ratifier's values, weights and levels what is asked of a party's."""
    base = None if ratifier.like is None else known.scenario.parties.get(ratifier.like)
    at_war = isinstance(ratifier.disagreement, Fighting)
    if at_war and (ratifier.like is None or known.scenario.war is None):
        text = "follows from the `war` block, which knows parties only: write a number, or `like`"
        yield Mistake((*at, "disagreement"), text)
        return
    if (ratifier.like is not None and base is None) or not known.whole(at):
        return
    party = ratifier.as_party(base)
    alone = known.scenario.model_copy(update={"parties": {NOWHERE: party}})
    inside = replace(known, scenario=alone)
    own = {field for field in ("values", "weights", "disagreement", "threshold", "interactions")
           if getattr(ratifier, field)}  # fmt: skip
    for mistake in (*value_mistakes(inside), *level_mistakes(inside)):
        if mistake.path[:2] != ("parties", NOWHERE):
            continue
        field = mistake.path[2] if len(mistake.path) > 2 else None
        if base is None or field in own:  # what the party itself has wrong is said there
            place = (*at, *mistake.path[2:]) if field in own else at
            yield replace(mistake, path=place)
