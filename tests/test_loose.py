"""Interactions that tie too many issues to be listed: integer programmes find what lists would."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from sim.agreement import Frontier
from sim.blocks import Block
from sim.feasible import count, count_acceptable, find_acceptable
from sim.feasible.amendment import smallest_amendments
from sim.feasible.concession import least_concession
from sim.feasible.extremes import highest
from sim.feasible.listing import list_acceptable
from sim.feasible.side_payments import least_payments, smallest_pressures
from sim.feasible.survival import surviving_options
from sim.frontier import OutOfReach, pareto_frontier
from sim.loose import Loose
from sim.problem import Problem
from sim.scenario import Scenario
from sim.search import packages
from sim.solutions import egalitarian, kalai_smorodinsky, nash, proportional, raiffa, utilitarian
from sim.solutions.lotteries import LOTTERIES
from tests.small_problems import NEAR, frontier_by_definition, solution_by_definition

SOLVED = {
    "nash": nash,
    "kalai_smorodinsky": kalai_smorodinsky,
    "egalitarian": egalitarian,
    "utilitarian": utilitarian,
    "proportional": proportional,
    "raiffa": raiffa,
}


@pytest.fixture(autouse=True)
def _by_programme(monkeypatch):
    """Small problems would be listed; here they are not."""
    monkeypatch.setattr(packages, "SMALL", 0)


def entangled(seed: int, n_parties: int = 2) -> Problem:
    """Draw a few issues, some rows ruled out, and boxes that add or take points."""
    rng = np.random.default_rng(seed)
    n_issues = int(rng.integers(2, 5))
    sizes = rng.integers(2, 5, n_issues)
    points = rng.random() < 0.6

    def numbers(*shape: int) -> np.ndarray:
        return rng.integers(-3, 6, shape).astype(float) if points else rng.normal(size=shape)

    blocks = [
        Block((k,), np.arange(n)[:, None], numbers(n, n_parties)) for k, n in enumerate(sizes)
    ]
    if rng.random() < 0.5:  # a constraint ties the first two
        both = np.indices(sizes[:2]).reshape(2, -1).T
        joint = Block((0, 1), both, numbers(len(both), n_parties))
        blocks[:2] = [joint.take(rng.random(len(both)) < 0.7 + (np.arange(len(both)) == 0))]
    loose = []
    for _ in range(int(rng.integers(1, 8))):
        issues = sorted(rng.choice(n_issues, rng.integers(1, n_issues + 1), replace=False).tolist())
        masks = tuple(rng.random(sizes[i]) < 0.6 for i in issues)
        adds = numbers(n_parties) * (rng.random(n_parties) < 0.7)
        loose.append(Loose(tuple(issues), masks, adds))
    d = numbers(n_parties) * rng.choice([0, 1])
    r = d + rng.choice([0, 1, 4], n_parties)
    return Problem(tuple(blocks), d, r, loose=tuple(loose))


def listed(problem: Problem) -> Problem:
    """The same as one list of outcomes."""
    choices, utilities = problem.enumerate()
    block = Block(tuple(range(problem.n_issues)), choices, utilities)
    return Problem((block,), problem.disagreement, problem.thresholds)


def test_an_outcome_is_worth_its_rows_and_the_boxes_it_lies_in():
    rows = Block((0,), np.array([[0], [1]]), np.array([[0.0, 1.0], [2.0, 0.0]]))
    more = Block((1,), np.array([[0], [1]]), np.zeros((2, 2)))
    box = Loose((0, 1), (np.array([False, True]), np.array([True, True])), np.array([0.0, 5.0]))
    problem = Problem((rows, more), np.zeros(2), np.zeros(2), loose=(box,))
    assert problem.utility([1, 0]).tolist() == [2, 5]
    assert problem.utility([0, 1]).tolist() == [0, 1]
    assert problem.for_parties([1]).utility([1, 1]).tolist() == [5]
    assert problem.only(0, [0]).enumerate()[1].tolist() == [[0, 1], [0, 1]]
    assert (problem.best() >= [2, 5]).all()
    assert (problem.worst() <= 0).all()


@pytest.mark.parametrize("seed", range(24))
def test_the_walk_finds_the_frontier_and_the_solutions_of_the_list(seed):
    problem = entangled(seed)
    whole = listed(problem)
    frontier = pareto_frontier(problem)
    assert isinstance(frontier, Frontier)
    _, utilities = frontier_by_definition(whole)
    order = np.lexsort(-utilities.T[::-1])
    assert_allclose(frontier.utilities, utilities[order], atol=1e-7)
    for utility, choices in zip(frontier.utilities, frontier.choices, strict=True):
        assert_allclose(problem.utility(choices), utility)
    for name in ("nash", "kalai_smorodinsky", "egalitarian", "utilitarian"):
        solve = SOLVED[name]
        expected = solution_by_definition(whole, name)
        answer = solve(problem)
        assert (answer.outcome is None) == (expected is None)
        if expected is not None:
            assert_allclose(answer.utilities, whole.utility(expected), atol=1e-7)
            assert_allclose(problem.utility(answer.outcome), answer.utilities)


@pytest.mark.parametrize("n_parties", [1, 2, 3])
def test_the_programme_finds_the_package_that_comes_nearest_to_all_thresholds(n_parties):
    for seed in range(15):
        problem = entangled(seed, n_parties)
        surplus = (problem.enumerate()[1] - problem.thresholds).min(axis=1).max()
        zone = find_acceptable(problem)
        assert zone.empty is bool(surplus < -NEAR)
        assert zone.surplus == pytest.approx(surplus, abs=1e-5)
        assert zone.ceiling >= surplus - NEAR
        own = (problem.utility(zone.outcome) - problem.thresholds).min()
        assert own == pytest.approx(zone.surplus)


def test_the_size_of_the_zone_is_counted_or_drawn(monkeypatch):
    problem = entangled(3, 2)
    able = (problem.enumerate()[1] >= problem.thresholds - NEAR).all(axis=1)
    rng = np.random.default_rng(1)
    assert count_acceptable(problem, rng=rng).outcomes == able.sum()
    monkeypatch.setattr(count, "LISTED", 0)
    low, high = count_acceptable(problem, rng=rng).share_interval
    assert low - 0.01 < able.mean() < high + 0.01


def test_the_frontier_among_three_is_refused_by_name():
    frontier = pareto_frontier(entangled(3, 3))
    assert isinstance(frontier, OutOfReach)
    assert "more than two parties" in frontier.why


@given(st.integers(0, 10_000), st.integers(1, 3))
@settings(max_examples=25)
def test_the_highest_package_and_the_list_of_the_zone_are_those_of_the_whole_list(seed, n_parties):
    problem = entangled(seed, n_parties)
    whole = listed(problem)
    rng = np.random.default_rng(seed)
    for weights in (*np.eye(n_parties), -np.eye(n_parties)[0], rng.integers(-2, 3, n_parties)):
        found, expected = highest(problem, weights), highest(whole, weights)
        assert (found.outcome is None) == (expected.outcome is None)
        if expected.outcome is not None:
            gap = float((expected.utilities - found.utilities) @ weights)
            assert -NEAR <= gap <= found.certificate.bound + NEAR
            assert_allclose(problem.utility(found.outcome), found.utilities)
    listing, every = list_acceptable(problem), list_acceptable(whole)
    assert listing.complete
    assert listing.choices.tolist() == every.choices.tolist()
    assert_allclose(listing.utilities, every.utilities)
    few = list_acceptable(problem, most=2)
    assert len(few) == min(2, len(every))
    assert few.complete is (len(every) <= 2)


@given(st.integers(0, 10_000), st.sampled_from(sorted(SOLVED)))
@settings(max_examples=30)
def test_solutions_among_three_are_those_of_the_whole_list(seed, name):
    problem = entangled(seed, 3)
    whole = listed(problem)
    answer, expected = SOLVED[name](problem), SOLVED[name](whole)
    assert (answer.outcome is None) == (expected.outcome is None)
    if expected.outcome is not None and answer.certificate.exact:
        assert_allclose(answer.utilities, expected.utilities, atol=1e-7)
        if "ties open" not in answer.certificate.method:
            assert answer.outcome.tolist() == expected.outcome.tolist()
    assert answer.certificate.exact or answer.certificate.bound < 1e-3


@given(st.integers(0, 10_000), st.sampled_from(sorted(LOTTERIES)), st.integers(2, 3))
@settings(max_examples=15)
def test_lotteries_are_those_over_the_whole_list(seed, name, n_parties):
    problem = entangled(seed, n_parties)
    answer = LOTTERIES[name](problem)
    expected = LOTTERIES[name](listed(problem))
    assert answer.reached == expected.reached
    assert_allclose(answer.utilities, expected.utilities, atol=1e-5)
    for outcome, point in zip(answer.outcomes, answer.points, strict=True):
        assert_allclose(problem.utility(outcome), point)


@given(st.integers(0, 10_000))
@settings(max_examples=15)
def test_amendments_concessions_and_payments_are_those_of_the_whole_list(seed):
    problem = entangled(seed, 2)
    whole = listed(problem)
    start = problem.enumerate()[0][0]
    found = smallest_amendments(problem, start)
    expected = min(((own != start).sum() for own in list_acceptable(whole).choices), default=None)
    assert found.cost == expected
    assert found.minimal
    if expected is not None:
        near = [o for o in list_acceptable(whole).choices if (o != start).sum() == expected]
        assert found.choices.tolist() == [own.tolist() for own in near]
    for measure in (least_concession, least_payments):
        own, theirs = measure(problem), measure(whole)
        assert own is not None
        one, other = ((m.total if hasattr(m, "total") else m).utilities for m in (own, theirs))
        missed = [np.maximum(problem.thresholds - u, 0).sum() for u in (one, other)]
        assert missed[0] == pytest.approx(missed[1], abs=1e-4)
    pressures = [pressure.least for pressure in smallest_pressures(problem)]
    assert pressures == pytest.approx([p.least for p in smallest_pressures(whole)], abs=1e-4)


def test_options_survive_that_some_acceptable_package_has():
    for seed in range(4):
        problem = entangled(seed, 3)
        choices, utilities = problem.enumerate()
        sizes = choices.max(axis=0) + 1
        able = choices[(utilities >= problem.thresholds - NEAR).all(axis=1)]
        survival = surviving_options(problem, sizes.tolist())
        for issue, options in enumerate(survival.options):
            assert [bool(o) for o in options] == [o in able[:, issue] for o in range(sizes[issue])]


def test_what_the_solver_says_unasked_stays_off_the_screen(capfd):
    for seed in range(6):
        nash(entangled(seed, 3))
    assert capfd.readouterr().out == ""


def test_boxes_over_many_issues_are_read_as_loose():
    """Ten issues of ten options; every party has boxes on overlapping runs of four issues."""
    options = {f"o{k}": "…" for k in range(10)}
    names = [f"i{k}" for k in range(10)]
    rng = np.random.default_rng(5)

    def boxes() -> list[dict[str, object]]:
        found = []
        for _ in range(15):
            on = sorted(rng.choice(10, 4, replace=False).tolist())
            when = {names[i]: sorted(f"o{k}" for k in range(*_run(rng))) for i in on}
            found.append({"when": when, "add": int(rng.integers(1, 9))})
        return found

    def _run(rng: np.random.Generator) -> tuple[int, int]:
        begin = int(rng.integers(0, 6))
        return begin, begin + int(rng.integers(3, 6))

    parties = {
        name: {"name": name, "scale": "raw", "interactions": boxes(),
               "values": {i: dict.fromkeys(options, 0) for i in names}}
        for name in ("ann", "bob")
    }  # fmt: skip
    scenario = Scenario.model_validate(
        {"zopa": 1, "title": "Boxes", "parties": parties,
         "issues": {i: {"title": i, "options": options} for i in names}}
    )  # fmt: skip
    problem = Problem.from_scenario(scenario)
    assert len(problem.loose) == 30
    assert problem.n_outcomes == 10**10
    frontier = pareto_frontier(problem)
    assert isinstance(frontier, Frontier)
    assert frontier.certificate.exact
    drawn = rng.integers(0, 10, (20_000, 10))
    utilities = sum(term.met(drawn)[:, None] * term.adds for term in problem.loose)
    covered = (frontier.utilities[:, None, :] >= utilities[None, :, :] - NEAR).all(axis=2)
    assert covered.any(axis=0).all()
    best = nash(problem)
    assert best.certificate.exact
    product = frontier.utilities.prod(axis=1).max()
    assert best.utilities.prod() == pytest.approx(product)
