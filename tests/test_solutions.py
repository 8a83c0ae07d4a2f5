"""Bargaining solutions: by hand, by definition, by their laws, and where nobody can list."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from scipy.optimize import LinearConstraint, milp

from benchmarks.instances import KINDS, instance
from sim.errors import InputError
from sim.problem import Block, Floats, Indices, Problem
from sim.search import branch
from sim.solutions import (
    MOST_PARTIES,
    SOLUTIONS,
    USUAL,
    egalitarian,
    kalai_smorodinsky,
    median,
    nash,
    proportional,
    raiffa,
    search,
    utilitarian,
    utilitarian_unconstrained,
)
from tests.slow_solutions import (
    median_by_definition,
    nash_by_definition,
    proportional_by_definition,
    raiffa_by_definition,
)
from tests.small_problems import small_problem, solution_by_definition

NEAR = 1e-9
FOR_ANY_NUMBER = sorted(SOLUTIONS.keys() - MOST_PARTIES.keys())
NEW = {"proportional", "raiffa", "median"}


def split(coins: int, d: list[float]) -> Problem:
    """Two parties share some coins."""
    first = np.arange(coins + 1.0)
    return Problem.enumerated(np.column_stack([first, coins - first]), d)


def deals(*utilities: list[float], d: list[float] | None = None) -> Problem:
    """A few outcomes, each with what every party gets."""
    return Problem.enumerated(utilities, d or [0.0] * len(utilities[0]))


@pytest.fixture
def searched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the search answer what would otherwise be listed."""
    monkeypatch.setattr(search, "LISTED", 0)


def test_a_better_alternative_earns_half_of_itself():
    assert_array_equal(nash(split(10, [4, 0])).utilities, [7, 3])


def test_twice_the_power_earns_two_thirds():
    assert_array_equal(nash(split(12, [0, 0]), power=[2, 1]).utilities, [8, 4])


def test_a_party_that_can_gain_nothing_does_not_make_every_product_zero():
    three = deals([1, 3, 0], [2, 2, 0], [3, 1, 0])
    assert_array_equal(nash(three).utilities, [2, 2, 0])


def test_when_never_all_can_gain_the_leximin_of_gains_decides():
    assert_array_equal(nash(deals([3, 0], [0, 2], [1, 0])).utilities, [3, 0])


def test_equal_products_go_to_the_deal_that_is_better_for_the_one_worse_off():
    assert_array_equal(nash(deals([6, 1], [2, 3], [1, 6])).utilities, [2, 3])


def test_equal_deals_go_to_the_lowest_number():
    assert_array_equal(nash(deals([1, 2], [2, 1], [1, 2])).outcome, [0])


def test_kalai_smorodinsky_measures_each_by_what_it_could_hope_for():
    assert_array_equal(kalai_smorodinsky(deals([10, 0], [6, 3], [4, 4], [0, 5])).utilities, [6, 3])


def test_kalai_smorodinsky_hopes_only_for_what_the_others_would_accept():
    """The deal worth 100 to the first ruins the second, so the first's ideal is 4."""
    assert_array_equal(
        kalai_smorodinsky(deals([100, -1], [4, 0], [2, 2], [0, 4])).utilities, [2, 2]
    )


def test_the_egalitarian_solution_goes_on_after_the_smallest_gain():
    assert_array_equal(egalitarian(deals([1, 1, 5], [1, 2, 2], [9, 9, 0])).utilities, [1, 2, 2])


def test_the_largest_sum_may_leave_nobody_below_no_deal_unless_told_so():
    table = deals([9, 0], [4, 4], d=[0, 1])
    assert_array_equal(utilitarian(table).utilities, [4, 4])
    assert_array_equal(utilitarian_unconstrained(table).utilities, [9, 0])


def test_power_stands_in_the_proportions_of_the_gains():
    assert_array_equal(proportional(split(12, [0, 0]), power=[2, 1]).utilities, [8, 4])
    assert_array_equal(proportional(split(12, [3, 0]), power=[1, 2]).utilities, [6, 6])


@pytest.mark.parametrize("solution", [nash, proportional])
def test_a_party_without_power_is_guaranteed_no_deal_and_decides_between_ties(solution):
    three = deals([3, 5, -1], [3, 4, 2], [3, 4, 1], [2, 9, 9])
    assert_array_equal(solution(three, power=[1, 0, 0]).utilities, [3, 4, 2])


@pytest.mark.parametrize("power", [[-1, 1], [np.nan, 1], [0, 0], [1, 1, 1], [np.inf, 1]])
@pytest.mark.parametrize("solution", [nash, proportional])
def test_power_is_a_number_from_nothing_up_for_each_party(solution, power):
    with pytest.raises(InputError, match="power"):
        solution(split(4, [0, 0]), power=power)


def test_raiffa_steps_half_way_to_what_each_can_hope_for():
    """From (0, 0) to (5, 2.5); (6.5, 3.5) is too much, and (6, 4.5) shares better than (8, 3)."""
    assert_array_equal(raiffa(deals([10, 0], [8, 3], [6, 4.5], [0, 5])).utilities, [6, 4.5])


def test_raiffa_ends_where_everyone_can_have_all_it_hopes_for():
    assert_array_equal(raiffa(deals([4, 0], [3, 3], [0, 4], [3, 2])).utilities, [3, 3])


def test_raiffa_divides_a_pie_by_splitting_the_difference():
    for d in ([0, 0], [4, 0], [1, 3]):
        assert_array_equal(raiffa(split(10, d)).utilities, nash(split(10, d)).utilities)


def test_the_median_has_as_many_efficient_deals_on_either_side():
    assert_array_equal(median(deals([9, 0], [8, 1], [3, 2], [2, 3], [0, 7])).utilities, [3, 2])
    assert_array_equal(median(deals([9, 0], [8, 1], [3, 2], [0, 7])).utilities, [3, 2])


def test_the_median_counts_only_what_is_efficient_and_better_than_no_deal_for_both():
    table = deals([9, 0], [8, 1], [3, 2], [2, 3], [2, 2], [0, 7], d=[1, 1])
    assert_array_equal(median(table).utilities, [3, 2])


def test_three_parties_have_no_median():
    with pytest.raises(InputError, match="not defined for 3 parties"):
        median(deals([1, 2, 3], [3, 2, 1]))


@pytest.mark.parametrize("name", SOLUTIONS)
def test_no_deal_is_an_answer(name):
    nothing = Block((0,), np.zeros((0, 1), dtype=np.intp), np.zeros((0, 2)))
    d = np.array([0.3, 0.4])
    answer = SOLUTIONS[name](Problem((nothing,), d, d))
    assert answer.outcome is None
    assert_array_equal(answer.utilities, d)
    assert answer.certificate.exact


@pytest.mark.parametrize("name", sorted(set(SOLUTIONS) - {"utilitarian_unconstrained"}))
def test_there_is_no_deal_when_every_outcome_is_too_little_for_somebody(name):
    answer = SOLUTIONS[name](deals([3, 0], [0, 3], d=[1, 1]))
    assert answer.outcome is None
    assert_array_equal(answer.utilities, [1, 1])
    assert answer.certificate.exact


@pytest.mark.parametrize("name", SOLUTIONS)
@pytest.mark.parametrize("start", range(0, 1000, 500))
def test_a_solution_is_what_its_definition_says(name, start):
    for seed in range(start, start + (50 if name in NEW else 250)):
        check_against_the_list(name, seed)


@pytest.mark.parametrize("name", SOLUTIONS)
@pytest.mark.parametrize("start", range(5000, 6000, 500))
@pytest.mark.usefixtures("searched")
def test_the_search_finds_what_the_definition_says(name, start):
    for seed in range(start, start + (50 if name in NEW else 250)):
        check_against_the_list(name, seed)


@pytest.mark.parametrize("name", SOLUTIONS)
@pytest.mark.parametrize("rounds", [((0, 50), (3, 0)), ((40, 0), (40, 1000))])
@pytest.mark.usefixtures("searched")
def test_every_way_of_finishing_a_search_finds_the_same(name, rounds, monkeypatch):
    """Cut short on purpose, so that the harder bounds and the merging of sums must finish."""
    monkeypatch.setattr(search, "ROUNDS", rounds)
    monkeypatch.setattr(branch, "FIRST", 0)
    for seed in range(9000, 9020 if name in NEW else 9075):
        check_against_the_list(name, seed)


def by_definition(problem: Problem, name: str) -> Indices | None:
    """Return what a solution is, by looking at every outcome."""
    if name == "proportional":
        return proportional_by_definition(problem, np.ones(problem.n_parties))
    if name == "raiffa":
        return raiffa_by_definition(problem)
    if name == "median":
        return median_by_definition(problem)
    return solution_by_definition(problem, name)


def drawn(name: str, seed: int) -> Problem:
    """Draw a small problem for which a solution is defined."""
    return small_problem(seed, n_parties=1 + seed % 2 if name in MOST_PARTIES else None)


@pytest.mark.parametrize("listed", [20_000, 0])
def test_weighted_by_power_nash_and_proportional_are_what_their_definitions_say(
    listed, monkeypatch
):
    monkeypatch.setattr(search, "LISTED", listed)
    for seed in range(200):
        problem = small_problem(seed)
        power = np.random.default_rng(seed).choice([0, 0.5, 1, 2], problem.n_parties)
        power[seed % problem.n_parties] = 1.0
        for solution, slow in ((nash, nash_by_definition), (proportional, None)):
            expected = (slow or proportional_by_definition)(problem, power / power.max())
            answer = solution(problem, power=power)
            assert answer.certificate.exact
            assert (answer.outcome is None) == (expected is None), f"seed {seed}"
            if expected is not None:
                assert_array_equal(answer.outcome, expected, err_msg=f"seed {seed}")


def check_against_the_list(name: str, seed: int) -> None:
    for problem in (drawn(name, seed), drawn(name, seed).within_zone()):
        expected = by_definition(problem, name)
        answer = SOLUTIONS[name](problem)
        assert answer.certificate.exact, f"seed {seed}"
        assert (answer.outcome is None) == (expected is None), f"seed {seed}"
        if expected is not None:
            assert_array_equal(answer.outcome, expected, err_msg=f"seed {seed}")
            assert_array_equal(answer.utilities, problem.utility(expected))


CLAIMS = {
    #                             rational  pareto  scale-free  symmetric
    "nash":                      (True,     True,   True,       True),
    "kalai_smorodinsky":         (True,     True,   True,       True),
    "egalitarian":               (True,     True,   False,      True),
    "utilitarian":               (True,     True,   False,      True),
    "utilitarian_unconstrained": (False,    True,   False,      True),
    "proportional":              (True,     True,   False,      True),
    "raiffa":                    (True,     True,   True,       True),
    "median":                    (True,     True,   False,      True),
}  # fmt: skip


def test_every_solution_makes_its_claims():
    assert CLAIMS.keys() == SOLUTIONS.keys()
    assert set(USUAL) < SOLUTIONS.keys()


@pytest.mark.parametrize("name", [name for name, claim in CLAIMS.items() if claim[0]])
@given(seed=st.integers(0, 2**32 - 1))
def test_nobody_is_worse_off_than_without_a_deal(name, seed):
    problem = drawn(name, seed)
    assert (SOLUTIONS[name](problem).utilities >= problem.disagreement - NEAR).all()


@pytest.mark.parametrize("name", [name for name, claim in CLAIMS.items() if claim[1]])
@given(seed=st.integers(0, 2**32 - 1))
def test_nothing_is_better_for_one_without_hurting_another(name, seed):
    problem = drawn(name, seed)
    answer = SOLUTIONS[name](problem)
    utilities = problem.enumerate()[1]
    if answer.outcome is not None:
        covers = (utilities >= answer.utilities - NEAR).all(axis=1)
        assert not (utilities[covers] > answer.utilities + NEAR).any()


@pytest.mark.parametrize("name", [name for name, claim in CLAIMS.items() if claim[2]])
@given(seed=st.integers(0, 10_000))
def test_the_units_in_which_a_party_counts_do_not_matter(name, seed):
    problem = instance("random", 3, np.random.default_rng(seed), n_issues=4, n_options=3)
    scale, shift = np.array([2.0, 0.25, 8.0]), np.array([1.0, -3.0, 0.5])
    first, *others = (Block(b.issues, b.choices, b.utilities * scale) for b in problem.blocks)
    first = Block(first.issues, first.choices, first.utilities + shift)
    d = problem.disagreement * scale + shift
    before, after = SOLUTIONS[name](problem), SOLUTIONS[name](Problem((first, *others), d, d))
    assert (before.outcome is None) == (after.outcome is None)
    if before.outcome is not None:
        assert_array_equal(before.outcome, after.outcome)


@pytest.mark.parametrize("name", FOR_ANY_NUMBER)
@given(seed=st.integers(0, 10_000))
def test_the_order_of_parties_and_issues_does_not_matter(name, seed):
    problem = instance("mixed", 3, np.random.default_rng(seed), n_issues=4, n_options=3)
    turned = problem.for_parties([2, 0, 1])
    moved = tuple(Block((3 - b.issues[0],), b.choices, b.utilities) for b in turned.blocks)
    before = SOLUTIONS[name](problem)
    after = SOLUTIONS[name](Problem(moved[::-1], turned.disagreement, turned.thresholds))
    assert (before.outcome is None) == (after.outcome is None)
    if before.outcome is not None:
        assert_array_equal(before.outcome, after.outcome[::-1])


def exact_optimum(problem: Problem, weight: Floats, least: float, scale: Floats) -> float:
    """Maximise weighted utilities plus ``least`` times the smallest scaled gain, by MILP."""
    gains = np.vstack([b.utilities for b in problem.blocks])
    n, rows = problem.n_parties, len(gains)
    block = np.repeat(np.arange(len(problem.blocks)), [len(b) for b in problem.blocks])
    one_each = np.hstack(
        [block == np.arange(len(problem.blocks))[:, None], np.zeros((len(problem.blocks), 1))]
    )
    d = problem.disagreement
    constraints = [
        LinearConstraint(one_each, 1, 1),
        LinearConstraint(np.hstack([gains.T, np.zeros((n, 1))]), d, np.inf),
        LinearConstraint(np.hstack([gains.T, -scale[:, None]]), d, np.inf),
    ]
    bounds = (np.zeros(rows + 1), np.append(np.ones(rows), np.inf))
    result = milp(
        -np.append(gains @ weight, least), constraints=constraints, bounds=bounds,
        integrality=np.append(np.ones(rows), 0), options={"mip_rel_gap": 0},
    )  # fmt: skip
    choice = np.round(result.x[:-1]).astype(bool)
    reached = gains[choice].sum(axis=0)  # re-evaluated: a solver's objective can be too good
    assert (reached >= d - 1e-6).all()
    if least:
        return float(((reached - d)[scale > 0] / scale[scale > 0]).min())
    return float(reached @ weight)


@pytest.mark.parametrize("kind", KINDS)
def test_on_seventy_thousand_billion_packages_integer_programming_finds_nothing_better(kind):
    problem = instance(kind, 3, np.random.default_rng(8))
    gains = egalitarian(problem).utilities - problem.disagreement
    assert gains.min() == pytest.approx(
        exact_optimum(problem, np.zeros(3), 1, np.ones(3)), abs=1e-6
    )
    most = utilitarian(problem)
    total = exact_optimum(problem, np.ones(3), 0, np.zeros(3))
    assert most.utilities.sum() == pytest.approx(total, abs=1e-6)
    ideal = [exact_optimum(problem, row, 0, np.zeros(3)) for row in np.eye(3)]
    scale = np.array(ideal) - problem.disagreement
    shares = (kalai_smorodinsky(problem).utilities - problem.disagreement) / scale
    assert shares.min() == pytest.approx(exact_optimum(problem, np.zeros(3), 1, scale), abs=1e-6)


@pytest.mark.parametrize("n_parties", [2, 3, 4])
@pytest.mark.parametrize("name", FOR_ANY_NUMBER)
@pytest.mark.usefixtures("searched")
def test_eight_issues_agree_with_the_list_of_all_sixty_five_thousand_packages(name, n_parties):
    problem = instance("mixed", n_parties, np.random.default_rng(n_parties), n_issues=8)
    assert_array_equal(SOLUTIONS[name](problem).outcome, by_definition(problem, name))


@pytest.mark.parametrize("name", FOR_ANY_NUMBER)
@pytest.mark.usefixtures("searched")
def test_a_party_that_cares_about_one_issue_leaves_the_others_to_be_settled_fairly(name):
    """Thousands of packages tie for the party worst off: the next one then decides."""
    problem = instance("random", 3, np.random.default_rng(4), n_issues=8)
    blocks = [
        Block(b.issues, b.choices, b.utilities * [1, 1, 0] + [0, 0, 0.31 / 8])
        for b in problem.blocks[:-1]
    ]
    last = problem.blocks[-1]
    own = np.column_stack([last.utilities[:, :2], [0.31 / 8, 0.31 / 8, 0.05, 0.04]])
    level = problem.disagreement
    tied = Problem((*blocks, Block(last.issues, last.choices, own)), level, level)
    answer = SOLUTIONS[name](tied)
    assert answer.certificate.exact
    assert_array_equal(answer.outcome, by_definition(tied, name))


@pytest.mark.parametrize("name", FOR_ANY_NUMBER)
@pytest.mark.usefixtures("searched")
def test_when_sums_coincide_without_end_the_first_of_the_fairest_is_still_found(name):
    """Twelve like issues of three options: half a million packages, 25 different results.

    The first two share 24 and walk away with 3 and 5, so 8 each on top is fairest.
    """
    like = np.array([[0.0, 2, 1], [1, 1, 1], [2, 0, 1]])
    table = tuple(Block((k,), np.arange(3)[:, None], like) for k in range(12))
    d = np.array([3.0, 5.0, 0.0])
    answer = SOLUTIONS[name](Problem(table, d, d))
    assert answer.certificate.exact
    assert_array_equal(answer.utilities, [11, 13, 12])
    assert_array_equal(answer.outcome, [0] * 6 + [1] + [2] * 5)


def zero_sum(n_parties: int) -> Problem:
    """Twenty-eight issues on which what one wins the others lose: every package is efficient."""
    rng = np.random.default_rng(1)
    weights = rng.dirichlet(np.ones(28))
    blocks = [
        Block((k,), np.arange(4)[:, None], rng.dirichlet(np.ones(n_parties), 4) * weight)
        for k, weight in enumerate(weights)
    ]
    d = np.full(n_parties, 0.4 / n_parties)
    return Problem(tuple(blocks), d, d)


@pytest.mark.parametrize("name", ["nash", "egalitarian"])
def test_where_two_only_divide_the_pie_is_halved_as_nearly_as_the_tolerance(name):
    answer = SOLUTIONS[name](zero_sum(2))
    assert answer.certificate.exact
    near = 1e-4 if name == "nash" else 1e-8  # a product is flat at the top
    assert abs(answer.utilities[0] - answer.utilities[1]) < near
    assert answer.utilities.sum() == pytest.approx(1)


def test_where_three_only_divide_the_gap_that_is_left_is_stated():
    answer = egalitarian(zero_sum(3), time_limit=0.5)
    gains = answer.utilities - 0.4 / 3
    assert 0 < answer.certificate.bound < 1e-4
    assert not answer.certificate.exact
    assert gains.min() + answer.certificate.bound >= 0.2 - NEAR


def test_a_search_out_of_time_says_by_how_much_it_may_be_short():
    problem = instance("opposed", 6, np.random.default_rng(1))
    answer = egalitarian(problem, time_limit=0.0)
    if answer.outcome is not None and not answer.certificate.exact:
        assert 0 < answer.certificate.bound < 0.2
    best = egalitarian(problem)
    assert best.certificate.exact
    gap = (best.utilities - problem.disagreement).min()
    if answer.outcome is not None:
        reached = (answer.utilities - problem.disagreement).min()
        assert gap <= reached + answer.certificate.bound + NEAR


def test_the_uncompiled_source_gives_the_same_answers():
    """The kernels run as plain Python too, which is how they are read."""
    script = (
        "import numpy as np; from benchmarks.instances import instance;"
        "from sim.solutions import SOLUTIONS; import sim.search.kernels.compiled as c;"
        "p = instance('mixed', 3, np.random.default_rng(2), n_issues=6);"
        f"print([SOLUTIONS[n](p, time_limit=None).outcome.tolist() for n in {FOR_ANY_NUMBER}])"
    )
    printed = [
        subprocess.run(
            [sys.executable, "-c", script], env={**os.environ, "NUMBA_DISABLE_JIT": off},
            capture_output=True, text=True, check=True,
        ).stdout
        for off in ("0", "1")
    ]  # fmt: skip
    assert printed[0] == printed[1] != ""
