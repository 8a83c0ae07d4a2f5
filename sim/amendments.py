"""What it would take for everyone to accept a plan: the smallest changes, or why none will do.

One call for a plan version of a scenario. Conditional on its numbers; nothing is a forecast.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from sim.ensemble import Ensemble
from sim.errors import InputError, did_you_mean
from sim.feasible.amendment import SmallestAmendments, smallest_amendments, times_changed
from sim.feasible.conflict import smallest_conflict
from sim.feasible.demands import Demand, compatible, demands_of
from sim.feasible.drawn_changes import Wish
from sim.feasible.likely_amendment import Curve, likely_amendments
from sim.feasible.robust import most_robust
from sim.plans import PlanReading, read_plans
from sim.problem import TOLERANCE, Floats, Indices, Problem
from sim.sampling import central, sample
from sim.scenario import RedLines, Scenario
from sim.structure import Structure

FRESH = 10_000
"""Draws at least on which the picks of the curve are looked at again."""

TRIED = 20
"""Of the smallest amendments, so many are tried as a start of the curve."""


@dataclass(frozen=True, eq=False)
class Blocked:
    """Why a plan cannot be amended: demands that no package within the terms respects together.

    Attributes
    ----------
    demands
        A smallest set of thresholds, red lines and constraints; who is not to be harmed demands
        what it gets from the plan.
    unharmed
        Those of the demands that stand for not being harmed.
    frozen
        Places of frozen issues without which these demands could be met: of each at least one
        has to move. None where they clash whatever is frozen.
    """

    demands: tuple[Demand, ...]
    unharmed: tuple[Demand, ...]
    frozen: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Amendments:
    """The smallest changes to a plan version after which everyone accepts.

    Attributes
    ----------
    one
        The central reading, as an ensemble of one draw.
    plan
        What the plan says, leaves open and is silent on.
    start
        The scored outcome, from which changes are counted: the pick, in a range without one the
        first option listed, on what the plan is silent on the status quo (without one the first
        option), shape ``(n_issues,)``.
    red_lines, max_changes, costs, frozen, unharmed, seed
        What was asked: the terms. ``costs`` has one number an issue; ``frozen`` holds places of
        issues, ``unharmed`` columns of parties.
    found
        The amendments, at the central reading.
    times
        In how many of the smallest amendments, those not listed included, each issue changes,
        shape ``(n_issues,)``; ``None`` where that is not known.
    needed
        Where ``max_changes`` is too few: how many changes it takes.
    blocked
        Where no amendment exists: why; ``None`` also where that was not settled in the time.
    curve
        The likeliest package for every number of changes; ``None`` where no draws were asked for.
    """

    one: Ensemble
    plan: PlanReading
    start: Indices
    red_lines: RedLines
    max_changes: int | None
    costs: Floats
    frozen: tuple[int, ...]
    unharmed: tuple[int, ...]
    seed: int
    found: SmallestAmendments
    times: Indices | None
    needed: int | None
    blocked: Blocked | None
    curve: Curve | None

    @property
    def structure(self) -> Structure:
        """Names and places."""
        return self.one.structure

    @property
    def scenario(self) -> Scenario:
        """The scenario that the plan belongs to."""
        return self.structure.scenario

    @property
    def parties(self) -> tuple[str, ...]:
        """Identifiers of all parties, in column order."""
        return self.structure.parties

    @property
    def fresh_seed(self) -> int:
        """Seed of the draws on which the curve's packages are looked at again."""
        return self.seed + 1

    @cached_property
    def before(self) -> Floats:
        """What the scored outcome gives each party, shape ``(n_parties,)``."""
        return self.utility(self.start)

    @property
    def thresholds(self) -> Floats:
        """What each party insists on, shape ``(n_parties,)``."""
        asked: Floats = self.one.thresholds[0]
        return asked

    @property
    def changes(self) -> int | None:
        """Number of changes of the smallest amendments: the fewest, where costs let it differ."""
        return self.found.changes

    @property
    def uniform(self) -> bool:
        """Whether every change costs the same, so that cost is a number of changes."""
        return bool((self.costs == 1).all())

    def utility(self, outcome: Indices) -> Floats:
        """Return what a package gives each party, shape ``(n_parties,)``."""
        worth: Floats = self.one.utility([int(option) for option in outcome])[0]
        return worth

    def changed(self, outcome: Indices) -> list[int]:
        """Return the places of the issues on which a package differs from the scored outcome."""
        return np.flatnonzero(outcome != self.start).tolist()

    def left_open(self, issue: int) -> bool:
        """Tell whether the plan is silent on an issue or leaves several options possible."""
        return bool(self.plan.silent[issue]) or len(self.plan.open[issue]) > 1

    def says(self, issue: int) -> str | list[str] | None:
        """Return what the plan says on an issue: an option, several, or nothing."""
        if self.plan.silent[issue]:
            return None
        names = self.structure.space.options[self.structure.space.issues[issue]]
        said = [names[int(option)] for option in self.plan.open[issue]]
        return said if len(said) > 1 else said[0]

    @cached_property
    def in_all(self) -> list[int] | None:
        """Places of the issues that every smallest amendment changes; ``None`` if not known."""
        if self.times is None:
            return None
        return np.flatnonzero(self.times == max(self.found.count, 1)).tolist()

    @cached_property
    def in_some(self) -> list[tuple[int, int]] | None:
        """Issues that some but not all of them change, and in how many; most first."""
        if self.times is None:
            return None
        some = [(k, n) for k, n in enumerate(self.times.tolist()) if 0 < n < self.found.count]
        return sorted(some, key=lambda pair: -pair[1])


def amend(  # noqa: PLR0913
    scenario: Scenario,
    plan: str,
    *,
    red_lines: RedLines = "stated",
    max_changes: int | None = None,
    costs: Mapping[str, float] | None = None,
    freeze: Sequence[str] = (),
    unharmed: Sequence[str] = (),
    draws: int = 0,
    seed: int = 0,
    most: int = 1000,
    time_limit: float | None = 5.0,
    progress: Callable[[int, float], None] | None = None,
) -> Amendments:
    """Find all smallest sets of changes that turn a plan into a package that everyone accepts.

    Parameters
    ----------
    scenario
        A valid scenario; for the amendments, uncertain numbers stand at their central values.
    plan
        Name of the plan version.
    red_lines
        Which red lines of the signatories rule packages out.
    max_changes
        How many issues may be changed; as many as it takes by default.
    costs
        Issue -> what changing it costs, 1 for those not named; 0 is free.
    freeze
        Issues that stay as the plan is scored on them.
    unharmed
        Parties that must get no less than the scored outcome gives them.
    draws, seed
        How many draws of what is uncertain to find the likeliest packages on, and their seed.
    most
        How many amendments to list; all are counted.
    time_limit
        Seconds for the amendments, for the explanation and for the curve, each.
    progress
        Called with the number of changes and the share reached, after every step of the curve.

    Raises
    ------
    InputError
        If a plan, an issue or a party is unknown, a cost is negative, or nobody's consent is
        required.
    """
    (reading,) = read_plans(scenario, [plan])
    one = central(scenario, red_lines=red_lines)
    structure = one.structure
    _check(structure, costs or {}, freeze, unharmed)
    issues = structure.space.issues
    start = np.array([options[0] for options in reading.central], dtype=np.intp)
    price = np.array([float((costs or {}).get(issue, 1.0)) for issue in issues])
    frozen = tuple(k for k, issue in enumerate(issues) if issue in freeze)
    spared = tuple(k for k, party in enumerate(structure.parties) if party in unharmed)
    terms = _Terms(one, start, tuple(structure.columns()), frozen, spared, red_lines, time_limit)
    found = smallest_amendments(
        terms.problem, start, costs=price, max_changes=max_changes, most=most,
        time_limit=time_limit,
    )  # fmt: skip
    times = times_changed(
        terms.problem, start, found, costs=price, max_changes=max_changes, time_limit=time_limit
    )
    needed, blocked = None, None
    if found.cost is None and found.minimal:
        if max_changes is not None:
            needed = terms.needed()
        if needed is None:
            blocked = terms.blocked()
    curve = None
    if draws:
        curve = likely_amendments(
            list(sample(scenario, draws, seed=seed, red_lines=red_lines)),
            sample(scenario, max(draws, FRESH), seed=seed + 1, red_lines=red_lines),
            terms.wish,
            known=list(found.choices[:TRIED]),
            further=terms.robust,
            max_changes=max_changes,
            time_limit=time_limit,
            progress=progress,
        )
    return Amendments(
        one, reading, start, red_lines, max_changes, price, frozen, spared, seed, found,
        times, needed, blocked, curve,
    )  # fmt: skip


def _check(
    structure: Structure, costs: Mapping[str, float], freeze: Sequence[str], unharmed: Sequence[str]
) -> None:
    """Tell every mistake in the terms at once."""
    issues, parties = structure.space.issues, structure.parties
    wrong = [
        f"no issue is called '{name}'{did_you_mean(name, issues)}"
        for name in dict.fromkeys([*costs, *freeze])
        if name not in issues
    ]
    wrong += [
        f"no party is called '{name}'{did_you_mean(name, parties)}"
        for name in dict.fromkeys(unharmed)
        if name not in parties
    ]
    wrong += [
        f"changing {name} cannot cost {cost:g}: 0 or more"
        for name, cost in costs.items()
        if not 0 <= cost < np.inf
    ]
    if wrong:
        raise InputError("\n".join(wrong))


@dataclass(frozen=True, eq=False)
class _Terms:
    """What an amendment has to respect."""

    one: Ensemble
    start: Indices
    signatories: tuple[int, ...]
    frozen: tuple[int, ...]
    unharmed: tuple[int, ...]
    red_lines: RedLines
    time_limit: float | None

    @cached_property
    def options(self) -> list[Indices]:
        """For each issue the options that are open to change."""
        return self._options(self.frozen)

    def _options(self, frozen: Sequence[int]) -> list[Indices]:
        sizes = self.one.structure.space.sizes
        return [self.start[k : k + 1] if k in frozen else np.arange(n) for k, n in enumerate(sizes)]

    @cached_property
    def kept(self) -> Floats:
        """What the scored outcome gives those who are not to be harmed."""
        return self.one.utility([int(option) for option in self.start])[0, list(self.unharmed)]

    @cached_property
    def problem(self) -> Problem:
        """The problem whose thresholds are the terms; its columns are all who have any."""
        columns = list(dict.fromkeys([*self.signatories, *self.unharmed]))
        names = [self.one.structure.parties[c] for c in columns]
        free = Problem.from_draw(
            self.one, red_lines=self.red_lines, parties=names, options=self.options
        )
        asked = np.full(self.one.n_parties, -np.inf)
        asked[list(self.signatories)] = self.one.thresholds[0, list(self.signatories)]
        asked[list(self.unharmed)] = np.maximum(asked[list(self.unharmed)], self.kept)
        levels = asked[columns]
        return replace(free, disagreement=np.minimum(free.disagreement, levels), thresholds=levels)

    @property
    def wish(self) -> Wish:
        """The terms for every draw."""
        return Wish(
            self.start, self.signatories, self.unharmed, frozenset(self.frozen), self.red_lines
        )

    def robust(self) -> list[Indices]:
        """Find the package that leaves whoever is worst off the largest surplus."""
        best = most_robust(self.problem, rational=False, time_limit=self.time_limit).outcome
        return [] if best is None else [np.asarray(best, dtype=np.intp)]

    def needed(self) -> int | None:
        """How many changes it takes; ``None`` where no number will do, or it is not known."""
        found = smallest_amendments(self.problem, self.start, most=1, time_limit=self.time_limit)
        return None if found.cost is None else round(found.cost)

    def blocked(self) -> Blocked | None:
        """Find a smallest set of demands that clash, and the frozen issues that matter to it."""
        demands = demands_of(self.one, red_lines=self.red_lines, columns=self.signatories)
        spared = []
        for column, level in zip(self.unharmed, self.kept, strict=True):
            own = self.one.thresholds[0, column] if column in self.signatories else -np.inf
            if level > own + TOLERANCE:
                party = self.one.structure.parties[column]
                spared.append(Demand("threshold", party, column, float(level)))
        conflict = smallest_conflict(
            self.one, [*demands, *spared], options=self.options, time_limit=self.time_limit
        )
        if conflict is None:
            return None
        matters = list(self.frozen)
        for issue in self.frozen:
            fewer = [k for k in matters if k != issue]
            fits = compatible(
                self.one, conflict, options=self._options(fewer), time_limit=self.time_limit
            )
            if fits is False:
                matters = fewer
        ids = {id(demand) for demand in spared}
        return Blocked(conflict, tuple(d for d in conflict if id(d) in ids), tuple(matters))
