"""Zones too large to list: a body's win-set is a union of coalitions, opened where needed.

A coalition that suffices is a few more parties for the exact solvers. Best first: whatever
ratifiers it takes, no package with them is better than the best without, so that coalitions are
opened only where the best package so far is refused.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from sim.agreement import Agreement, Certificate
from sim.assembly import summed
from sim.clock import deadline_in, late, seconds_left
from sim.equilibria.ratification.packages import SAME, Change, Listed
from sim.equilibria.ratification.ratifiers import House
from sim.equilibria.ratification.win_set import NEAR
from sim.feasible.extremes import highest
from sim.feasible.listing import list_acceptable
from sim.feasible.zone import find_acceptable
from sim.problem import TOLERANCE, Floats, Indices, Problem
from sim.solutions import nash

MOST_LISTED = 300_000
"""Packages of a zone that are listed at most."""

MOST_COALITIONS = 400
"""Coalitions opened in one search; beyond them the answer carries a bound."""

NEARLY = 1e-4
"""How closely a search finds where the last package is refused, and the least that a side gets."""

STEP = 1e-6
"""From one share of the votes to the next: less than any ratifier's."""


@dataclass(frozen=True)
class Node:
    """Which ratifiers must gain, which are given up on, and which bodies must not be asked."""

    needed: frozenset[tuple[int, int]] = frozenset()
    spared: frozenset[tuple[int, int]] = frozenset()
    unasked: frozenset[int] = frozenset()


Solve = Callable[[Problem], Agreement]
Value = Callable[[Agreement], tuple[float, ...]]


@dataclass(frozen=True, eq=False)
class Searched:
    """A zone too large to list.

    Attributes
    ----------
    house
        The bodies.
    players
        Columns of the negotiators.
    level
        What each of them signs for, shape ``(n_players,)``.
    seconds
        For each search.
    """

    house: House
    players: tuple[int, ...]
    level: Floats
    seconds: float
    problems: dict[tuple[frozenset[tuple[int, int]], frozenset[int]], Problem] = field(
        default_factory=dict
    )

    def problem(self, node: Node, d: Floats | None = None) -> Problem:
        """Build the problem in which some ratifiers must gain and some bodies are not asked."""
        key = (node.needed, node.unasked)
        needed = sorted(node.needed)
        columns = [*self.players, *(self.house.columns[b][r] for b, r in needed)]
        if key not in self.problems:
            structure = self.house.joint.structure
            lines = structure.binding(self.house.red_lines)
            binding = [k for k in lines if self.house.joint.binds[0, k]]
            excluded = [*structure.constraints, *(structure.lines[k].condition for k in binding)]
            excluded += [w for b in sorted(node.unasked) for w in self.house.chambers[b].asked]
            excluded += [w for b, r in needed for w in self.house.held[b][r]]
            blocks, loose = summed(self.house.joint, columns, excluded)
            least = self.house.joint.thresholds[0, columns]
            least[: len(self.players)] = self.level
            self.problems[key] = Problem(blocks, least, least, loose=loose)
        base = self.problems[key]
        if d is None:
            return base
        point = base.thresholds.copy()
        point[: len(d)] = d
        return replace(base, disagreement=point, floor=np.maximum(base.thresholds, point))

    def bargain(self, d: Floats, change: Change = SAME, *, free: bool = False) -> Agreement:
        """Nash solution over what is ratified, or over all packages where ``free``."""
        deadline = deadline_in(self.seconds)
        n = len(self.players)

        def solve(problem: Problem) -> Agreement:
            power = np.where(np.arange(problem.n_parties) < n, 1.0, 0.0)
            return nash(problem, power=power, time_limit=seconds_left(deadline))

        top = solve(self.problem(Node(), d))
        if free or top.outcome is None:
            return replace(top, utilities=top.utilities[:n])
        able = top.utilities[:n] - d > TOLERANCE

        def value(found: Agreement) -> tuple[float, ...]:
            gains = np.maximum(found.utilities[:n] - d, 0.0)
            mean = float(gains[able].prod() ** (1 / able.sum())) if able.any() else 0.0
            return (mean, *np.sort(gains).tolist())

        return self._changed(change).search(solve, value, d, deadline)

    def least(self, player: int, bodies: tuple[int, ...]) -> Agreement:
        """Find the least that a player gets from what some bodies ratify."""
        deadline = deadline_in(self.seconds)

        def solve(problem: Problem) -> Agreement:
            weights = np.zeros(problem.n_parties)
            weights[player] = -1.0
            left = seconds_left(deadline)
            found = highest(problem, weights, enough=NEARLY, time_limit=left)
            settled = found.certificate.bound <= NEARLY
            return replace(found, certificate=replace(found.certificate, exact=settled))

        def value(found: Agreement) -> tuple[float, ...]:
            return (-float(found.utilities[player]),)

        return self.search(solve, value, None, deadline, bodies)

    def exists(self, change: Change = SAME, unasked: frozenset[int] = frozenset()) -> Agreement:
        """Find a package that all would sign and all bodies ratify, or prove that there is none."""
        deadline = deadline_in(self.seconds)

        def solve(problem: Problem) -> Agreement:
            zone = find_acceptable(problem, time_limit=seconds_left(deadline))
            shown = zone.outcome if zone.empty is False else None
            return Agreement(shown, zone.utilities, zone.certificate)

        start = Node(unasked=unasked)
        return self._changed(change).search(solve, lambda _: (0.0,), None, deadline, start=start)

    def closing(self, b: int) -> float | None:
        """How much more a body can ask for until nothing is left; see `Packages`."""
        chamber = self.house.chambers[b]
        if chamber.asked and self.exists(unasked=frozenset({b})).reached:
            return np.inf
        columns = list(self.house.columns[b])
        asks = self.house.joint.thresholds[0, columns]
        blocks, loose = summed(self.house.joint, columns, self.house.joint.structure.constraints)
        whole = Problem(blocks, asks, asks, loose=loose)
        low, high = float((whole.worst() - asks).min()) - 1.0, float((whole.best() - asks).max())
        found = self.exists(Change(b, low))
        if found.outcome is None:
            return self._nothing(b, found, -np.inf)
        while high - low > NEARLY:
            low = max(low, self._reached(b, found))
            middle = (low + high) / 2
            nearer = self.exists(Change(b, middle))
            if not nearer.certificate.exact:
                return np.nan
            if nearer.outcome is None:
                high = middle
            else:
                low, found = middle, nearer
        return max(low, self._reached(b, found))

    def closing_quota(self, b: int) -> float | None:
        """Largest share of yes votes in a body that some package gets; see `Packages`."""
        chamber = self.house.chambers[b]
        if chamber.asked and self.exists(unasked=frozenset({b})).reached:
            return np.inf
        most: float | None = None
        for _ in range(MOST_COALITIONS):
            quota = STEP if most is None else most + STEP
            if quota > 1:
                break
            found = self.exists(Change(b, quota=quota))
            if found.outcome is None:
                if most is None:
                    return self._nothing(b, found, 0.0)
                return most if found.certificate.exact else np.nan
            gains = self.house.gains(b, found.outcome[None, :])
            most = float(chamber.rule.yes_share(gains)[0])
        return most

    def _nothing(self, b: int, found: Agreement, if_without: float) -> float | None:
        """Say what a search that found nothing means: not even without the body, or only with."""
        others = tuple(k for k in range(len(self.house.chambers)) if k != b)
        alone = self.least(0, others)
        if alone.reached:
            return if_without if found.certificate.exact else np.nan
        return None if alone.certificate.exact else np.nan

    def _reached(self, b: int, found: Agreement) -> float:
        assert found.outcome is not None
        gains = self.house.gains(b, found.outcome[None, :])
        return float(self.house.chambers[b].rule.level(gains)[0])

    def _changed(self, change: Change) -> Searched:
        if change.body < 0:
            return self
        b, house = change.body, self.house
        if change.quota is not None:
            rule = replace(house.chambers[b].rule, quota=change.quota)
            house = house.with_chamber(b, rule=rule)
        return replace(self, house=house.insisting(b, change.more), problems={})

    def search(
        self,
        solve: Solve,
        value: Value,
        d: Floats | None,
        deadline: float | None,
        bodies: tuple[int, ...] | None = None,
        start: Node | None = None,
    ) -> Agreement:
        """Search best first: whatever ratifiers it takes, nothing beats a package without them."""
        n = len(self.players)
        counted = range(len(self.house.chambers)) if bodies is None else bodies
        open_: list[tuple[tuple[float, ...], int, Node, Agreement]] = []
        unsure, opened = False, 0
        known: dict[tuple[frozenset[tuple[int, int]], frozenset[int]], Agreement] = {}
        coming: Iterator[Node] = iter([start or Node()])
        while True:
            for node in coming:
                key = (node.needed, node.unasked)
                if key not in known:
                    known[key] = solve(self.problem(node, d))
                found = known[key]
                opened += 1
                unsure |= not found.certificate.exact
                if found.outcome is not None:
                    rank = tuple(-v for v in value(found))
                    heapq.heappush(open_, (rank, opened, node, found))
            proof = Certificate(not unsure, 0.0 if not unsure else np.inf, "coalitions")
            if not open_:
                nothing = self.level.copy() if d is None else d.copy()
                return Agreement(None, nothing, proof)
            _, _, node, found = heapq.heappop(open_)
            assert found.outcome is not None
            failed = self._refused(found.outcome, counted)
            if failed is None:
                return Agreement(found.outcome, found.utilities[:n], proof)
            if opened > MOST_COALITIONS or late(deadline):
                gap = Certificate(False, np.inf, "too many coalitions")
                return Agreement(None, found.utilities[:n], gap)
            coming = self._opened(node, failed, found.outcome)

    def _refused(self, outcome: Indices, bodies: range | tuple[int, ...]) -> int | None:
        """Return the first body that refuses a package."""
        for b in bodies:
            chamber = self.house.chambers[b]
            if not chamber.is_asked(outcome):
                continue
            if not chamber.rule.ratified(self.house.gains(b, outcome[None, :]))[0]:
                return b
        return None

    def _opened(self, node: Node, b: int, outcome: Indices) -> Iterator[Node]:
        """Yield what can be done about a refusal: not asking, or winning a ratifier or none."""
        chamber = self.house.chambers[b]
        rule = chamber.rule
        if chamber.asked and b not in node.unasked:
            yield replace(node, unasked=node.unasked | {b})
        yes = self.house.gains(b, outcome[None, :])[0] >= -NEAR
        taken = {r for at, r in node.needed | node.spared if at == b}
        free = [r for r in range(len(yes)) if not yes[r] and r not in taken]
        if not free:
            return
        pick = max(free, key=lambda r: (bool(rule.vetoes[r]), float(rule.weights[r]), -r))
        yield replace(node, needed=node.needed | {(b, pick)})
        spared = node.spared | {(b, pick)}
        left = np.array([(b, r) not in spared for r in range(len(yes))])
        if bool(rule.wins(left)):
            yield replace(node, spared=spared)


def signed_packages(
    house: House, players: tuple[int, ...], level: Floats, *, seconds: float
) -> Listed | Searched:
    """List what the negotiators would sign, or prepare to search it where it is too large.

    Parameters
    ----------
    players
        Columns of the negotiators among the parties.
    level
        What each of them signs for, shape ``(n_players,)``.
    seconds
        For the list, and for each search.
    """
    searched = Searched(house, players, level, seconds)
    problem = searched.problem(Node())
    zone = list_acceptable(problem, most=MOST_LISTED, time_limit=seconds)
    return Listed.of(house, zone) if zone.complete else searched
