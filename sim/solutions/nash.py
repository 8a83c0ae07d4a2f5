"""The Nash bargaining solution."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from sim.agreement import Agreement, Certificate
from sim.problem import TOLERANCE, Floats, Problem
from sim.search.branch import maximise
from sim.search.criteria import LEAST, Criterion
from sim.search.many import MAX_ROWS, NO, YES, highest_product_alone
from sim.solutions.choice import Rule, of_least, of_product
from sim.solutions.ideal import ideal
from sim.solutions.power import powers
from sim.solutions.programmed import some_package
from sim.solutions.search import LISTED, Field, field, no_deal, settle


def nash(
    problem: Problem, *, power: ArrayLike | None = None, time_limit: float | None = 10.0
) -> Agreement:
    r"""Maximise the product of the parties' gains.

    .. math:: \max_x \prod_i \bigl(u_i(x) - d_i\bigr)

    Where lotteries are allowed it is the one solution that is Pareto optimal, symmetric, blind
    to the units in which each party counts, and unmoved when losing alternatives are struck
    off. Over finitely many outcomes it can tie. Parties that can gain nothing from any feasible
    outcome stay out of the product.

    Parameters
    ----------
    power
        Bargaining power of each party, the exponent of its gain, ``(n_parties,)``; equal where
        not given. A party with none stays out of the product: it is guaranteed no deal, and
        decides between ties.
    time_limit
        Seconds after which the best known is returned with its gap.

    Returns
    -------
    Agreement
        Ties, also where every product is 0, go to the leximin of gains and then to the outcome
        of lowest number. The certificate's bound is on the geometric mean of the gains.

    Examples
    --------
    Two parties split ten coins; one walks away with 4 if the talks fail.

    >>> coins = np.arange(11.0)
    >>> split = Problem.enumerated(np.column_stack([coins, 10 - coins]), [4.0, 0.0])
    >>> nash(split).utilities
    array([7., 3.])

    References
    ----------
    Nash (1950), "The Bargaining Problem", Econometrica 18 (2), 155-162; with powers Kalai
    (1977), "Nonsymmetric Nash Solutions and Replications of 2-Person Bargaining",
    International Journal of Game Theory 6 (3), 129-133.
    """
    weights = powers(problem, power)
    found = _at_once(problem) if (weights == 1.0).all() else None
    if found is not None:
        return found
    space = field(problem, time_limit=time_limit)
    if space is None:
        return no_deal(problem)
    return settle(*_product_rule(space, weights))


def _at_once(problem: Problem) -> Agreement | None:
    """Solve a large problem in one compiled call, if its blocks share nothing and that will do."""
    sizes = [len(block) for block in problem.blocks]
    overlap = bool(problem.loose) or any(block.shared for block in problem.blocks)
    if not all(sizes) or overlap or sum(sizes) > MAX_ROWS:
        return None
    if math.prod(sizes) <= LISTED:
        return None
    answer, outcome, utilities = highest_product_alone(problem)
    if answer == NO:
        return no_deal(problem)
    if answer != YES:
        return None
    return Agreement(outcome, utilities, Certificate(True, 0.0, "branch and bound"))


def _product_rule(space: Field, power: Floats) -> tuple[Field, Rule]:
    """Leave out who can gain nothing, and start from an outcome where all others gain."""
    fairest = of_least(np.ones(space.n_parties))
    if space.listed is not None:
        able = space.listed[1].max(axis=0) > TOLERANCE
        return space, of_product(power * able) if (power * able).any() else fairest
    if space.known is None:
        apart = space.shown is not None
        return space, _product_of_all(space, power, fairest) if apart else fairest
    gains = space.stack.origin + space.stack.gains[space.known].sum(axis=0)
    if (gains[power > 0] > TOLERANCE).all():
        return space, of_product(power)
    able = ideal(space).gains > TOLERANCE
    if not (power * able).any():
        return space, fairest
    counted = (able & (power > 0)).astype(float)
    all_gain = maximise(
        space.stack, space.names.codes, Criterion(LEAST, counted, space.floor),
        ties=False, known=space.known, target=2 * TOLERANCE, deadline=space.deadline,
    )  # fmt: skip
    if all_gain.best <= TOLERANCE:
        return space, fairest
    return replace(space, known=all_gain.rows[0]), of_product(power * able)


def _product_of_all(space: Field, power: Floats, fairest: Rule) -> Rule:
    """Leave out who can gain nothing, where interactions are loose."""
    able = ideal(space).gains > TOLERANCE
    if not (power * able).any():
        return fairest
    counted = able & (power > 0)
    enough = np.where(counted, np.maximum(space.floor, 2 * TOLERANCE), space.floor)
    together, _ = some_package(space.problem, enough, space.deadline)
    return fairest if together is None else of_product(power * able)
