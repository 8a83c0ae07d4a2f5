"""Which levers open the zone at the central reading, at least cost, and which ones close it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.clock import late
from sim.feasible.lever_choice import (
    MOST,
    Combinations,
    cheapest_first,
    smallest_among,
)
from sim.levers.asking import Answers, Question, Situation, look, signs
from sim.preferences.uncertain import central, support
from sim.problem import TOLERANCE, Floats
from sim.sampling import UnderLevers
from sim.scenario import Lever
from sim.search.many import UNKNOWN, YES

ENOUGH = 4096
"""Combinations that are all looked at, even after the cheapest one that opens was found."""

SHOWN = 20
"""Cheapest combinations of equal cost that are looked at closely."""

CLOSELY = 256
"""Combinations of levers of uncertain sign among which the nearest to a zone is looked for."""


@dataclass(frozen=True, eq=False)
class Choice:
    """What it takes to open the zone, counting costs at their expected values.

    Attributes
    ----------
    without
        The central reading with no lever in place.
    opening
        Every combination that opens the zone at least cost and holds no other such; where a
        zone exists without, the one of no lever. Empty where none opens it.
    least
        Their cost; ``None`` where none opens the zone.
    nearest
        Where none is known to open it: a combination under which the party worst off comes
        nearest to its threshold, without needless levers.
    exact
        Proven: none is cheaper, and there are no others of that cost; or none opens the zone.
        Else what is shown opens the zone, but something cheaper may.
    nearest_exact
        Proven: none comes nearer.
    looked_at, combinations
        How many combinations were settled, and how many there are.
    """

    without: Situation
    opening: tuple[Situation, ...]
    least: float | None
    nearest: Situation | None
    exact: bool
    nearest_exact: bool
    looked_at: int
    combinations: int


@dataclass(frozen=True)
class Move:
    """What a lever does to one number of one party.

    Attributes
    ----------
    party
        Identifier.
    what
        ``disagreement``, ``threshold``, or ``issue: option`` for the value of an option.
    by
        The shift at the central reading; of a value, before it is multiplied by the weight.
    low, high
        The least and the most that it may be.
    """

    party: str
    what: str
    by: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Effect:
    """One lever by itself, and added to what opens the zone.

    Attributes
    ----------
    name
        Of the lever.
    moves
        Whom it moves.
    alone
        The central reading with this lever only.
    added
        With this lever added to each combination of `Choice.opening` that does without it.
    closes
        It closes a zone that exists without levers.
    opens
        It opens one where there is none.
    shrinks
        It lowers the surplus of the most robust package; ``None`` where that was not proven.
    closed_when_added
        Those of `Choice.opening` that open the zone no more when this lever is added.
    """

    name: str
    moves: tuple[Move, ...]
    alone: Situation
    added: tuple[Situation, ...]
    closes: bool
    opens: bool
    shrinks: bool | None
    closed_when_added: tuple[tuple[str, ...], ...]


def choose(question: Question, under: UnderLevers, costs: Floats, *, most: int = MOST) -> Choice:
    """Find the cheapest combinations of levers that open the zone at the central reading.

    Parameters
    ----------
    under
        The central reading.
    costs
        Of each lever.
    most
        Combinations to look at; with more levers than that allows, the dearer ones are left out.
    """
    listed = cheapest_first(costs, most=most)
    answers = _answers(question, under, listed)
    open_ = np.flatnonzero(answers == YES)
    without = look(question, under, np.zeros(len(costs), dtype=bool), 0.0)
    looked_at, n = int((answers != UNKNOWN).sum()), 2 ** len(costs)
    if not len(open_):
        exact = listed.complete and looked_at == len(listed)
        nearest, proven = _nearest(question, under, costs)
        if nearest is not None and nearest.empty is False:  # among those too many to list
            return Choice(without, (nearest,), nearest.cost, None, False, True, looked_at, n)
        exact |= proven and (nearest is None or nearest.empty is True)
        return Choice(without, (), None, nearest, exact, proven, looked_at, n)
    least = float(listed.costs[open_[0]])
    tied = open_[listed.costs[open_] <= least + TOLERANCE]
    tied = tied[smallest_among(listed.members[tied])]
    cheaper = listed.costs <= least + TOLERANCE
    exact = bool((answers[cheaper] != UNKNOWN).all())
    exact &= listed.complete or listed.costs[-1] > least + TOLERANCE
    opening = [look(question, under, listed.members[k], least) for k in tied[:SHOWN]]
    exact &= len(tied) <= SHOWN
    return Choice(without, tuple(opening), least, None, exact, True, looked_at, n)


def _answers(question: Question, under: UnderLevers, listed: Combinations) -> Answers:
    """Ask about combinations by rising cost, until the cheapest that open the zone are known."""
    answers = np.full(len(listed), UNKNOWN, dtype=np.int8)
    first = 0
    while first < len(listed):
        here = slice(first, first + under.room)
        answers[here] = question.zones(under.ensemble(listed.members[here]))
        first = here.stop
        opened = np.flatnonzero(answers == YES)
        done = len(opened) > 0 and first >= ENOUGH
        if done and first < len(listed) and listed.costs[first] > listed.costs[opened[0]]:
            break
        if late(question.deadline):
            break
    return answers


def _nearest(
    question: Question, under: UnderLevers, costs: Floats
) -> tuple[Situation | None, bool]:
    """Find the combination that comes nearest to a zone, and leave out what does not matter.

    All levers that can only help are in, all that can only hurt are out; combinations of the
    rest are looked at one by one.
    """
    helps, hurts = signs(question)
    helps &= ~hurts  # what moves nobody stays out
    unsure = np.flatnonzero(~helps & ~hurts)
    some = cheapest_first(costs[unsure], most=CLOSELY)
    best: Situation | None = None
    proven, members = some.complete, helps
    for own in some.members:
        tried = helps.copy()
        tried[unsure] = own
        found = look(question, under, tried, float(costs[tried].sum()))
        if found.outcome is None:
            return None, found.proven  # no lever acts on red lines
        proven &= found.proven
        if best is None or found.surplus > best.surplus + TOLERANCE:
            best, members = found, tried
        if late(question.deadline):
            return best, False
    for k in sorted(np.flatnonzero(members), key=lambda lever: -costs[lever]):
        fewer = members.copy()
        fewer[k] = False
        found = look(question, under, fewer, float(costs[fewer].sum()))
        if best is not None and _does_as_well(found, best):
            best, members = found, fewer
    return best, proven


def _does_as_well(found: Situation, best: Situation) -> bool:
    """Tell whether a combination opens the zone too, or where none does comes as near."""
    if best.empty is False:
        return found.empty is False
    return found.surplus >= best.surplus - TOLERANCE


def effects(
    question: Question, under: UnderLevers, costs: Floats, choice: Choice
) -> tuple[Effect, ...]:
    """Look at every lever by itself, and added to each combination that opens the zone."""
    levers = list(question.scenario.levers)
    found = []
    for k, name in enumerate(levers):
        added = []
        for opening in choice.opening if choice.without.empty else ():
            members = np.isin(levers, [*opening.levers, name])
            if name not in opening.levers:
                added.append(look(question, under, members, float(costs[members].sum())))
        alone = look(question, under, np.arange(len(levers)) == k, float(costs[k]))
        found.append(_effect(question, name, choice, alone, added))
    return tuple(found)


def _effect(
    question: Question, name: str, choice: Choice, alone: Situation, added: Sequence[Situation]
) -> Effect:
    before = choice.without
    known = before.proven and alone.proven
    closed = [set(s.levers) - {name} for s in added if s.empty]
    return Effect(
        name=name,
        moves=moves_of(question.scenario.levers[name]),
        alone=alone,
        added=tuple(added),
        closes=before.empty is False and alone.empty is True,
        opens=before.empty is True and alone.empty is False,
        shrinks=alone.surplus < before.surplus - TOLERANCE if known else None,
        closed_when_added=tuple(o.levers for o in choice.opening if set(o.levers) in closed),
    )


def moves_of(lever: Lever) -> tuple[Move, ...]:
    """List what a lever does to whom, in file order."""
    found = []
    for party, shift in lever.effects.items():
        numbers = {"disagreement": shift.disagreement, "threshold": shift.threshold}
        for issue, options in shift.values.items():
            numbers |= {f"{issue}: {option}": number for option, number in options.items()}
        for what, number in numbers.items():
            if number is not None:
                found.append(Move(party, what, central(number), *support(number)))
    return tuple(found)
