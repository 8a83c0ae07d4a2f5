"""Negotiations whose issues are tied: solved along a tree as by listing everything."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.optimize import LinearConstraint, milp
from scipy.sparse import csr_array
from strategies import scenarios

from benchmarks.instances import with_interactions
from sim.assembly import assemble
from sim.feasible import count, count_acceptable, find_acceptable, listing, zone
from sim.feasible.extremes import highest
from sim.feasible.listing import list_acceptable
from sim.frontier import pareto_frontier
from sim.partition import groups, tied_groups
from sim.problem import Floats, Problem
from sim.sampling import central
from sim.scenario import Scenario
from sim.search import branch
from sim.solutions import (
    SOLUTIONS,
    egalitarian,
    kalai_smorodinsky,
    nash,
    search,
    utilitarian,
)
from tests.small_problems import (
    NEAR,
    frontier_by_definition,
    solution_by_definition,
)
from tests.tied_problems import tied_problems

SEEDS = st.integers(0, 2**32 - 1)
DEFINED = (
    "nash", "kalai_smorodinsky", "egalitarian", "utilitarian", "utilitarian_unconstrained",
)  # fmt: skip


@pytest.fixture
def searched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the search answer what would otherwise be listed."""
    for place in (search, zone, count, listing):
        monkeypatch.setattr(place, "LISTED", 0)


def rng() -> np.random.Generator:
    return np.random.default_rng(1)


@given(seed=SEEDS)
def test_a_tree_of_blocks_holds_the_outcomes_of_the_list(seed):
    tree, listed = tied_problems(seed)
    assert tree.n_outcomes == listed.n_outcomes
    assert tree.n_issues == listed.n_issues
    for mine, theirs in zip(tree.enumerate(), listed.enumerate(), strict=True):
        assert_allclose(mine, theirs, atol=1e-12)
    assert_allclose(tree.best(), listed.best(), atol=1e-12)
    assert_allclose(tree.worst(), listed.worst(), atol=1e-12)
    for outcome in tree.enumerate()[0][:3]:
        assert_allclose(tree.utility(outcome), listed.utility(outcome), atol=1e-12)


@given(
    n_issues=st.integers(1, 9),
    ties=st.lists(st.frozensets(st.integers(0, 8), min_size=1, max_size=4), max_size=9),
    merged=st.sampled_from([1, 30, 10**6]),
)
def test_every_tie_lies_in_a_group_and_what_groups_share_lies_in_an_earlier_one(
    n_issues, ties, merged
):
    inside = tuple(tuple(sorted(i for i in tie if i < n_issues)) for tie in ties)
    inside = tuple(tie for tie in inside if tie)
    found = tied_groups((3,) * n_issues, inside, merged)
    assert {i for group in found for i in group.issues} == set(range(n_issues))
    for tie in inside:
        assert any(set(tie) <= set(group.issues) for group in found)
    for k, group in enumerate(found):
        before = {i for other in found[:k] for i in other.issues}
        assert set(group.issues) & before == set(group.shared)
        assert not group.shared or any(
            set(group.shared) <= set(other.issues) for other in found[:k]
        )
    if merged > 3**9:
        assert sorted(group.issues for group in found) == groups(n_issues, inside)


@given(scenario=scenarios(plans=False))
def test_a_scenario_read_as_a_tree_has_the_same_outcomes_and_utilities(scenario: Scenario):
    one = central(scenario)
    structure = one.structure
    columns = list(range(one.n_parties))
    levels = one.disagreement[0], one.thresholds[0]
    excluded = [*structure.constraints, *(line.condition for line in structure.lines)]
    tree, listed = (
        Problem(tuple(assemble(one, columns, excluded, merged=merged)), *levels)
        for merged in (1, 10**6)
    )
    assert all(map(len, tree.blocks)) == (listed.n_outcomes > 0)
    for mine, theirs in zip(tree.enumerate(), listed.enumerate(), strict=True):
        assert_allclose(mine, theirs, atol=1e-12)


def check_solution(seed: int, name: str) -> None:
    tree, listed = tied_problems(seed)
    for problem, whole in ((tree, listed), (tree.within_zone(), listed.within_zone())):
        expected = solution_by_definition(whole, name)
        answer = SOLUTIONS[name](problem)
        assert answer.certificate.exact, f"seed {seed}"
        assert (answer.outcome is None) == (expected is None), f"seed {seed}"
        if expected is not None:
            assert_array_equal(answer.outcome, expected, err_msg=f"seed {seed}")
            assert_allclose(answer.utilities, whole.utility(expected), atol=1e-12)


@pytest.mark.parametrize("name", DEFINED)
def test_a_solution_along_the_tree_is_what_its_definition_says(name):
    for seed in range(80):
        check_solution(seed, name)


@pytest.mark.parametrize("name", DEFINED)
@pytest.mark.usefixtures("searched")
def test_the_search_along_the_tree_finds_what_the_definition_says(name):
    for seed in range(1000, 1120):
        check_solution(seed, name)


@pytest.mark.parametrize("start", range(0, 300, 150))
def test_the_frontier_along_the_tree_is_what_its_definition_says(start):
    for seed in range(start, start + 150):
        tree, listed = tied_problems(seed)
        choices, utilities = frontier_by_definition(listed)
        frontier = pareto_frontier(tree)
        assert frontier.certificate.exact
        order = np.lexsort(choices.T[::-1])
        mine = np.lexsort(frontier.choices.T[::-1])
        assert_array_equal(frontier.choices[mine], choices[order], err_msg=f"seed {seed}")
        assert_allclose(frontier.utilities[mine], utilities[order], atol=NEAR)


def check_zone(seed: int) -> None:
    tree, listed = tied_problems(seed)
    choices, utilities = listed.enumerate()
    surplus = (utilities - listed.thresholds).min(axis=1)
    able = surplus >= -NEAR
    found = find_acceptable(tree)
    assert found.empty is not able.any(), f"seed {seed}"
    assert found.certificate.exact
    if len(utilities):
        assert found.ceiling >= surplus.max() - NEAR
        reached = (listed.utility(found.outcome) - listed.thresholds).min()
        assert reached == pytest.approx(found.surplus, abs=1e-12)
        if found.empty:
            assert found.surplus == pytest.approx(surplus.max(), abs=NEAR), f"seed {seed}"
    size = count_acceptable(tree, rng=rng())
    assert (size.outcomes, size.exact) == (able.sum(), True), f"seed {seed}"
    every = list_acceptable(tree)
    assert_array_equal(every.choices, choices[able][:1000])
    assert_allclose(every.utilities, utilities[able], atol=1e-12)
    weights = np.random.default_rng(seed).normal(size=listed.n_parties)
    top = highest(tree, weights)
    assert (top.outcome is None) == (not able.any())
    if able.any():
        best = (utilities[able] @ weights).max()
        assert top.utilities @ weights == pytest.approx(best, abs=NEAR)


def test_the_zone_of_a_tree_is_that_of_the_list():
    for seed in range(100):
        check_zone(seed)


@pytest.mark.parametrize("name", ["nash", "egalitarian", "utilitarian"])
@pytest.mark.usefixtures("searched")
def test_merging_what_gives_the_same_along_the_tree_finds_it_too(name, monkeypatch):
    """Cut short on purpose, so that the packages worth enough must be built sum by sum."""
    monkeypatch.setattr(search, "ROUNDS", ((0, 5_000),))
    monkeypatch.setattr(branch, "FIRST", 0)
    for seed in range(20_000, 20_100):
        check_solution(seed, name)


@pytest.mark.usefixtures("searched")
def test_searching_for_the_zone_along_the_tree_finds_that_of_the_list():
    for seed in range(2000, 2200):
        check_zone(seed)


@given(seed=SEEDS)
def test_leaving_an_issue_fewer_options_leaves_the_outcomes_with_these(seed):
    tree, listed = tied_problems(seed)
    issue = seed % tree.n_issues
    narrowed = tree.only(issue, [0, 2])
    choices, utilities = listed.enumerate()
    kept = np.isin(choices[:, issue], [0, 2])
    assert narrowed.n_outcomes == kept.sum()
    assert_array_equal(narrowed.enumerate()[0], choices[kept])
    assert_allclose(narrowed.enumerate()[1], utilities[kept], atol=1e-12)


@pytest.mark.usefixtures("searched")
def test_drawing_along_the_tree_estimates_the_share():
    """Both plain and tilted draws, on problems whose zone is counted too."""
    held = seen = 0
    for seed in range(60):
        tree, listed = tied_problems(seed, n_parties=2)
        share = count_acceptable(listed, rng=rng()).share
        guess = count_acceptable(tree, rng=rng(), limit=0, samples=60_000)
        if not guess.exact:
            low, high = guess.share_interval
            seen += 1
            held += low - 1e-12 <= share <= high + 1e-12
    assert seen > 20
    assert held >= 0.8 * seen


@pytest.mark.usefixtures("searched")
def test_more_outcomes_than_a_machine_word_holds_are_counted_exactly(monkeypatch):
    monkeypatch.setattr(count, "WORD", 4)
    for seed in range(100):
        tree, listed = tied_problems(seed)
        expected = count_acceptable(listed, rng=rng()).outcomes
        assert count_acceptable(tree, rng=rng()).outcomes == expected


TWENTY_EIGHT = range(5)
"""Seeds of negotiations over 28 issues of four options, of which 28 random pairs interact."""


def by_programme(problem: Problem, weight: Floats, least: float) -> float:
    """Maximise weighted utilities plus ``least`` times the smallest gain, by a zero-one programme.

    One variable for each option of each issue and one for each row of each block, which must take
    the options that the issues take.
    """
    n = problem.n_parties
    options: dict[tuple[int, int], int] = {}
    for block in problem.blocks:
        for place, issue in enumerate(block.issues):
            for option in block.choices[:, place].tolist():
                options.setdefault((issue, option), len(options))
    first = np.cumsum([len(options), *map(len, problem.blocks)])
    n_variables = int(first[-1]) + 1
    rows = []
    for issue in range(problem.n_issues):
        row = np.zeros(n_variables)
        row[[k for (i, _), k in options.items() if i == issue]] = 1
        rows.append((row, 1.0))
    gains = np.zeros((n, n_variables))
    for block, begin in zip(problem.blocks, first, strict=False):
        gains[:, begin : begin + len(block)] = block.utilities.T
        for place, issue in enumerate(block.issues):
            for option in np.unique(block.choices[:, place]).tolist():
                row = np.zeros(n_variables)
                row[begin + np.flatnonzero(block.choices[:, place] == option)] = 1
                row[options[issue, option]] = -1
                rows.append((row, 0.0))
    table, right = np.array([row for row, _ in rows]), np.array([level for _, level in rows])
    below = gains.copy()
    below[:, -1] = -1
    d = problem.disagreement
    upper = np.append(np.ones(n_variables - 1), np.inf)
    kinds = np.append(np.ones(len(options)), np.zeros(n_variables - len(options)))
    goal = weight @ gains
    goal[-1] = least
    result = milp(
        -goal, integrality=kinds, bounds=(np.zeros(n_variables), upper),
        constraints=[
            LinearConstraint(csr_array(table), right, right),
            LinearConstraint(csr_array(below if least else gains), d, np.inf),
        ],
        options={"mip_rel_gap": 0},
    )  # fmt: skip
    picked = [pair for pair, k in options.items() if result.x[k] > 0.5]
    outcome = np.array([option for _, option in sorted(picked)])
    reached = problem.utility(outcome)  # re-evaluated: a solver's objective can be too good
    assert (reached >= d - 1e-6).all()
    return float((reached - d).min()) if least else float(reached @ weight)


@pytest.mark.parametrize("seed", TWENTY_EIGHT)
def test_with_twenty_eight_interactions_integer_programming_finds_nothing_better(seed):
    problem = with_interactions(3, np.random.default_rng(seed))
    fairest = egalitarian(problem)
    assert fairest.certificate.exact
    assert_allclose(problem.utility(fairest.outcome), fairest.utilities)
    gains = fairest.utilities - problem.disagreement
    assert gains.min() == pytest.approx(by_programme(problem, np.zeros(3), 1.0), abs=1e-6)
    most = utilitarian(problem)
    assert most.certificate.exact
    total = by_programme(problem, np.ones(3), 0.0)
    assert problem.utility(most.outcome).sum() == pytest.approx(total, abs=1e-6)


@pytest.mark.parametrize("seed", TWENTY_EIGHT)
def test_with_twenty_eight_interactions_every_answer_fits_the_frontier(seed):
    problem = with_interactions(2, np.random.default_rng(seed))
    frontier = pareto_frontier(problem)
    assert frontier.certificate.exact
    gains = frontier.utilities - problem.disagreement
    for point, choices in zip(frontier.utilities, frontier.choices, strict=True):
        assert_allclose(problem.utility(choices), point, atol=1e-9)
    product = nash(problem)
    assert product.certificate.exact
    own = (product.utilities - problem.disagreement).prod()
    assert own == pytest.approx(gains.prod(axis=1).max(), abs=1e-9)
    shares = gains / gains.max(axis=0)
    ks = kalai_smorodinsky(problem).utilities - problem.disagreement
    assert (ks / gains.max(axis=0)).min() == pytest.approx(shares.min(axis=1).max(), abs=1e-9)
    level = gains.min(axis=1).max() + problem.disagreement
    within = replace(problem, thresholds=level - 0.003)
    size = count_acceptable(within, rng=rng())
    assert size.exact
    assert size.outcomes == len(list_acceptable(within, most=10**6)) > 0
    guess = count_acceptable(within, rng=rng(), limit=0)
    low, high = guess.share_interval
    assert low - (high - low) < size.share < high + (high - low)
    beyond = find_acceptable(replace(problem, thresholds=level + 1e-6))
    assert beyond.empty is True
    assert find_acceptable(replace(problem, thresholds=level)).empty is False
