"""How surely each budget could open the zone, given that the numbers are uncertain.

Every combination of levers meets the same draws of everything else, and a lever's own uncertain
effects are the same in every combination that has it (common random numbers). So combinations are
compared draw by draw, and which is better is known far more surely than either share.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.clock import late
from sim.feasible.count import wilson
from sim.feasible.lever_choice import (
    Bools,
    Combinations,
    at_least_as_good,
    cheapest_first,
    efficient_budgets,
    telling_order,
)
from sim.levers.asking import Answers, Progress, Question, signs
from sim.problem import Floats, Indices
from sim.sampling import UnderLevers, sample_under
from sim.search.many import NO, UNKNOWN, YES

MOST = 1024
"""Combinations compared at most: all of those of ten levers."""


@dataclass(frozen=True, eq=False)
class Budgets:
    """In how many draws a zone exists under each combination of levers.

    Attributes
    ----------
    combinations
        With their expected costs, cheapest first.
    answers
        ``YES``, ``NO`` or ``UNKNOWN``, shape ``(n_combinations, n_draws)``.
    seed
        Of the draws.
    names
        Of the levers, in file order.
    """

    combinations: Combinations
    answers: Answers
    seed: int
    names: tuple[str, ...]

    @property
    def draws(self) -> int:
        """Number of draws."""
        return self.answers.shape[1]

    @cached_property
    def chances(self) -> Floats:
        """Share of the draws in which a zone was shown, shape ``(n_combinations,)``."""
        return (self.answers == YES).mean(axis=1)

    @cached_property
    def unsettled(self) -> Floats:
        """Share of the draws that were not settled in the time, shape ``(n_combinations,)``."""
        return (self.answers == UNKNOWN).mean(axis=1)

    @cached_property
    def efficient(self) -> Indices:
        """The combinations that nothing as cheap beats, by rising cost; places in the list."""
        return efficient_budgets(self.combinations.costs, self.chances)

    @property
    def exact(self) -> bool:
        """Whether all combinations were compared and every draw was settled."""
        return self.combinations.complete and not self.unsettled.any()

    def interval(self, place: int) -> tuple[float, float]:
        """Return the 95 % interval of one combination's share, unsettled draws either way."""
        low, _ = wilson(float(self.chances[place]), self.draws)
        _, high = wilson(float(self.chances[place] + self.unsettled[place]), self.draws)
        return low, high

    def levers(self, place: int) -> tuple[str, ...]:
        """Return the names of the levers of one combination."""
        return tuple(n for n, inside in zip(self.names, self.members[place], strict=True) if inside)

    @property
    def members(self) -> Bools:
        """Which levers each combination has, shape ``(n_combinations, n_levers)``."""
        return self.combinations.members

    def place(self, levers: Sequence[str]) -> int | None:
        """Return where a combination stands in the list; ``None`` where it was left out."""
        wanted = np.isin(self.names, list(levers))
        found = np.flatnonzero((self.members == wanted).all(axis=1))
        return int(found[0]) if len(found) else None

    def changed(self, before: Sequence[str], after: Sequence[str]) -> tuple[int, int] | None:
        """Count the draws in which going from one combination to another opens, or closes, a zone.

        Returns
        -------
        opened, closed
            ``None`` where one of the two was left out.
        """
        first, then = self.place(before), self.place(after)
        if first is None or then is None:
            return None
        one, other = self.answers[first], self.answers[then]
        return int(((one == NO) & (other == YES)).sum()), int(((one == YES) & (other == NO)).sum())


def budgets(
    question: Question,
    costs: Floats,
    *,
    draws: int,
    seed: int,
    most: int = MOST,
    progress: Progress | None = None,
) -> Budgets:
    """Ask under every combination of levers, in every draw, whether a zone exists.

    What one combination tells of others is not asked again: levers that can only help open no
    zone less, those that can only hurt open none more.

    Parameters
    ----------
    costs
        Of each lever, expected.
    draws, seed
        How many draws of what is uncertain, and from which seed.
    most
        Combinations to compare; with more levers than that allows, the dearer ones are left out.
    progress
        Told the share of the work that is done.
    """
    listed = cheapest_first(costs, most=most)
    answers = np.full((len(listed), draws), UNKNOWN, dtype=np.int8)
    first = 0
    for under in sample_under(question.scenario, draws, seed=seed, red_lines=question.red_lines):
        here = slice(first, first + under.n_draws)
        share = under.n_draws / draws

        def tell(done: float, before: float = first / draws, part: float = share) -> None:
            if progress is not None:
                progress(before + part * done)

        _fill(question, under, listed.members, answers[:, here], tell)
        first = here.stop
    return Budgets(listed, answers, seed, tuple(question.scenario.levers))


def _fill(
    question: Question, under: UnderLevers, members: Bools, answers: Answers, tell: Progress
) -> None:
    """Fill in the answers of one block of draws, some combinations at a time."""
    helps, hurts = signs(question)
    order = telling_order(members, helps, hurts)
    for done in range(0, len(order), under.room):
        if late(question.deadline):
            return
        now = order[done : done + under.room]
        for k in now:
            answers[k] = _known(members, answers, order[:done], k, helps, hurts)
        open_ = now[(answers[now] == UNKNOWN).any(axis=1)]
        if len(open_):
            wanted = answers[open_] == UNKNOWN
            ensemble = under.ensemble(members[open_]).take(np.flatnonzero(wanted))
            found = answers[open_]
            found[wanted] = question.zones(ensemble)
            answers[open_] = found
        tell(min((done + under.room) / len(order), 1.0))


def _known(
    members: Bools, answers: Answers, asked: Indices, k: int, helps: Bools, hurts: Bools
) -> Answers:
    """Return what the combinations asked before tell of another one, draw by draw."""
    better = at_least_as_good(members[asked], members[k], helps, hurts)
    worse = at_least_as_good(members[asked], members[k], hurts, helps)
    known = answers[k].copy()
    known[(answers[asked[better]] == NO).any(axis=0)] = NO
    known[(answers[asked[worse]] == YES).any(axis=0)] = YES
    return known
