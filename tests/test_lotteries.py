"""Solutions over lotteries: by hand, against mixes of every package listed, and by their laws."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from benchmarks.instances import KINDS, instance
from sim.agreement import Lottery
from sim.cli import run_command
from sim.errors import InputError
from sim.problem import Block, Floats, Problem
from sim.solutions import BY_POWER, MOST_PARTIES, SOLUTIONS
from sim.solutions.lotteries import (
    LOTTERIES,
    egalitarian,
    kalai_smorodinsky,
    nash,
    proportional,
    raiffa,
    utilitarian,
    utilitarian_unconstrained,
)
from tests.slow_solutions import best_expected, ideal_expected, leximin_expected, surplus
from tests.small_problems import NEAR, small_problem
from tests.test_published_solutions import SHARES, case, number, numbers
from tests.tied_problems import tied_problems

RATIONAL = sorted(LOTTERIES.keys() - {"utilitarian_unconstrained"})
SEEDS = st.integers(0, 2**32 - 1)
CLOSE = 1e-6


def deals(*utilities: list[float], d: list[float] | None = None) -> Problem:
    """A few outcomes, each with what every party gets."""
    return Problem.enumerated(utilities, d or [0.0] * len(utilities[0]))


def small(seed: int) -> Problem:
    """A small problem in which some outcome is allowed; every third has its issues tied."""
    problem = small_problem(seed) if seed % 3 else tied_problems(seed)[0]
    return (
        (problem.within_zone() if seed % 2 else problem) if problem.n_outcomes else small(seed + 6)
    )


def check(problem: Problem, answer: Lottery, floor: Floats) -> None:
    """Check what holds of every lottery that is a solution."""
    assert answer.certificate.exact
    assert answer.certificate.bound == 0
    assert 1 <= len(answer.chances) <= problem.n_parties
    assert (answer.chances > 0).all()
    assert (np.diff(answer.chances) <= NEAR).all()
    assert answer.chances.sum() == pytest.approx(1, abs=1e-12)
    assert_allclose([problem.utility(x) for x in answer.outcomes], answer.points, atol=1e-12)
    assert_allclose(answer.chances @ answer.points, answer.utilities, atol=1e-12)
    assert (answer.outcome is None) == (len(answer.chances) > 1)
    assert (answer.utilities >= floor - 2 * NEAR).all()
    assert answer.prices.sum() == pytest.approx(1)
    worth = problem.enumerate()[1] @ answer.prices
    assert worth.max() <= answer.utilities @ answer.prices + NEAR


def test_one_prize_for_two_is_a_coin_flip():
    for solution in (nash, kalai_smorodinsky, egalitarian, raiffa, proportional):
        answer = solution(deals([1, 0], [0, 1]))
        assert_allclose(answer.utilities, [0.5, 0.5])
        assert_allclose(answer.chances, [0.5, 0.5])
        assert_array_equal(answer.outcomes, [[0], [1]])
        assert answer.outcome is None


def test_one_package_that_is_best_for_all_is_drawn_for_sure():
    for name, solution in LOTTERIES.items():
        answer = solution(deals([1, 2], [3, 3], [2, 1]))
        assert_array_equal(answer.outcome, [1], err_msg=name)
        assert_array_equal(answer.chances, [1])


def test_a_package_that_ruins_somebody_may_be_drawn_if_nobody_expects_to_lose():
    """Ruinous for the second, but one chance in three of it is worth the risk to both."""
    answer = nash(deals([9, -1], [0, 2]))
    assert_allclose(answer.utilities, [3, 1])
    assert SOLUTIONS["nash"](deals([9, -1], [0, 2])).utilities.tolist() == [0, 2]


def test_where_nobody_gains_for_sure_a_draw_can_still_help_everyone():
    table = deals([2, -1], [-1, 2])
    assert SOLUTIONS["nash"](table).outcome is None
    assert_allclose(nash(table).utilities, [0.5, 0.5])


def test_power_weighs_chances():
    assert_allclose(nash(deals([1, 0], [0, 1]), power=[2, 1]).utilities, [2 / 3, 1 / 3])
    assert_allclose(proportional(deals([1, 0], [0, 1]), power=[2, 1]).utilities, [2 / 3, 1 / 3])
    for solution in (nash, proportional):
        assert_allclose(solution(deals([1, 0], [0, 1], [1, 0.2]), power=[1, 0]).utilities, [1, 0.2])
        with pytest.raises(InputError, match="power"):
            solution(deals([1, 0]), power=[-1, 1])


def test_raiffa_takes_the_midpoint_of_a_pie_and_goes_on_where_there_is_more():
    assert_allclose(raiffa(deals([6, 0], [0, 6], d=[2, 0])).utilities, [4, 2])
    corner = deals([1, 0], [1, 0.25], [0.5, 0.5], [0, 0.5])
    assert_allclose(raiffa(corner).utilities, [0.75, 0.375])


def test_equal_sums_are_drawn_fairly():
    table = deals([3, 0], [0, 3], [1, 1], d=[1, 0])
    assert_allclose(utilitarian(table).utilities, [2, 1])
    assert_allclose(utilitarian_unconstrained(table).utilities, [2, 1])


def test_a_party_that_can_gain_nothing_stays_out():
    table = deals([1, 3, 0], [3, 1, 0], [3, 3, -1])
    for name in ("nash", "kalai_smorodinsky"):
        assert_allclose(LOTTERIES[name](table).utilities, [2, 2, 0], atol=NEAR)


def test_one_party_alone_takes_its_best():
    for name in LOTTERIES:
        assert_array_equal(LOTTERIES[name](deals([1], [3], [2], d=[0.5])).outcome, [1])


@pytest.mark.parametrize("name", LOTTERIES)
def test_no_deal_is_an_answer(name):
    nothing = Block((0,), np.zeros((0, 1), dtype=np.intp), np.zeros((0, 2)))
    d = np.array([0.3, 0.4])
    out_of_reach = deals([1, 0], [0, 1], d=[0.6, 0.6])
    problems = [(Problem((nothing,), d, d), d)]
    if name in RATIONAL:
        problems.append((out_of_reach, out_of_reach.disagreement))
    for problem, level in problems:
        answer = LOTTERIES[name](problem)
        assert not answer.reached
        assert answer.outcome is None
        assert len(answer.chances) == 0
        assert_array_equal(answer.utilities, level)
        assert answer.certificate.exact


@pytest.mark.parametrize("name", LOTTERIES)
def test_a_lottery_is_feasible_small_and_proven(name):
    for seed in range(6 if name == "raiffa" else 24):
        problem = small(seed)
        answer = LOTTERIES[name](problem)
        if name in RATIONAL:
            assert answer.reached == (surplus(problem) >= -NEAR), f"seed {seed}"
        if answer.reached:
            free = np.full(problem.n_parties, -np.inf)
            check(problem, answer, problem.least if name in RATIONAL else free)


def feasible(seeds: range) -> list[Problem]:
    return [problem for problem in map(small, seeds) if surplus(problem) >= -NEAR]


def test_the_egalitarian_lottery_is_the_leximin_of_all_mixes():
    for problem in feasible(range(100, 120)):
        expected = leximin_expected(problem, np.ones(problem.n_parties))
        assert_allclose(egalitarian(problem).utilities, expected, atol=CLOSE)


def test_the_proportional_lottery_is_the_leximin_by_power():
    for k, problem in enumerate(feasible(range(200, 220))):
        power = np.random.default_rng(k).choice([0.5, 1, 2], problem.n_parties)
        expected = leximin_expected(problem, power)
        assert_allclose(proportional(problem, power=power).utilities, expected, atol=CLOSE)


def test_the_kalai_smorodinsky_lottery_shares_what_mixes_could_bring():
    for problem in feasible(range(300, 320)):
        hopes = ideal_expected(problem) - problem.disagreement
        able = hopes > NEAR
        if able.any():
            expected = leximin_expected(problem, np.where(able, hopes, 0.0))
            answer = kalai_smorodinsky(problem)
            assert_allclose(answer.utilities[able], expected[able], atol=CLOSE)


def test_the_utilitarian_lottery_has_the_highest_sum_of_all_mixes():
    for problem in feasible(range(400, 440)):
        most, _ = best_expected(problem, np.ones(problem.n_parties))
        assert utilitarian(problem).utilities.sum() == pytest.approx(most, abs=CLOSE)


def test_at_the_nash_lottery_no_mix_raises_the_product():
    """By concavity: no mix gains more, counted in shares of what each party gains."""
    for k, problem in enumerate(feasible(range(500, 560))):
        power = np.random.default_rng(k).choice([0, 0.5, 1, 2], problem.n_parties)
        power[k % problem.n_parties] = 1.0
        answer = nash(problem, power=power)
        weight = power * (ideal_expected(problem) - problem.disagreement > NEAR)
        gains = answer.utilities - problem.disagreement
        slope = np.divide(weight, gains, out=np.zeros_like(gains), where=weight > 0)
        most, _ = best_expected(problem, slope)
        assert most - slope @ problem.disagreement <= weight.sum() + 1e-7


def test_the_steps_of_raiffa_lead_to_the_lottery():
    for problem in feasible(range(600, 607)):
        point = problem.disagreement.astype(float)
        for _ in range(150):
            hope = ideal_expected(problem, np.maximum(point, problem.least) - 1e-12) - point
            if not np.isfinite(hope).all() or hope.max() < 1e-8:
                break
            point = point + np.maximum(hope, 0) / problem.n_parties
        assert_allclose(raiffa(problem).utilities, point, atol=1e-5)


@pytest.mark.parametrize("name", ["nash", "kalai_smorodinsky", "raiffa"])
@settings(max_examples=6)
@given(seed=st.integers(0, 10_000))
def test_the_units_in_which_a_party_counts_do_not_matter(name, seed):
    problem = instance("mixed", 3, np.random.default_rng(seed), n_issues=5, n_options=3)
    scale, shift = np.array([2.0, 0.25, 8.0]), np.array([1.0, -3.0, 0.5])
    first, *others = (Block(b.issues, b.choices, b.utilities * scale) for b in problem.blocks)
    first = Block(first.issues, first.choices, first.utilities + shift)
    d = problem.disagreement * scale + shift
    before, after = LOTTERIES[name](problem), LOTTERIES[name](Problem((first, *others), d, d))
    assert_allclose(before.utilities * scale + shift, after.utilities, atol=1e-7)


@pytest.mark.parametrize("name", RATIONAL)
@settings(max_examples=5)
@given(seed=st.integers(0, 10_000))
def test_the_order_of_the_parties_does_not_matter(name, seed):
    problem = instance("random", 3, np.random.default_rng(seed), n_issues=5, n_options=3)
    before = LOTTERIES[name](problem)
    after = LOTTERIES[name](problem.for_parties([2, 0, 1]))
    assert_allclose(before.utilities[[2, 0, 1]], after.utilities, atol=1e-7)


@settings(max_examples=25)
@given(seed=SEEDS)
def test_a_lottery_is_never_worse_than_a_package_by_its_own_measure(seed):
    problem = small(seed % 10_000)
    package, mix = SOLUTIONS["nash"](problem), nash(problem)
    if package.outcome is None:
        return
    least = SOLUTIONS["egalitarian"](problem).utilities - problem.disagreement
    assert (egalitarian(problem).utilities - problem.disagreement).min() >= least.min() - NEAR
    total = SOLUTIONS["utilitarian"](problem).utilities.sum()
    assert utilitarian(problem).utilities.sum() >= total - NEAR
    able = ideal_expected(problem) - problem.disagreement > NEAR
    products = [(a.utilities - problem.disagreement)[able].prod() for a in (package, mix)]
    assert products[1] >= products[0] - NEAR


@settings(max_examples=25)
@given(seed=st.integers(0, 10_000))
def test_kalai_smorodinsky_never_punishes_a_party_for_better_hopes(seed):
    """Two parties; the set grows, the other's ideal does not: monotonicity."""
    rng = np.random.default_rng(seed)
    table = np.vstack([rng.random((5, 2)), [1.0, 0.0], [0.0, 1.0]])
    more = np.vstack([table, [[rng.random(), rng.random()]]])
    d = [0.0, 0.0]
    before = kalai_smorodinsky(Problem.enumerated(table, d)).utilities
    after = kalai_smorodinsky(Problem.enumerated(more, d)).utilities
    assert (after >= before - CLOSE).all()


@settings(max_examples=25)
@given(seed=st.integers(0, 10_000))
def test_nash_is_unmoved_when_losing_packages_are_struck_off(seed):
    problem = Problem.enumerated(np.random.default_rng(seed).random((8, 3)), [0.0, 0.0, 0.0])
    whole = nash(problem)
    kept = Problem.enumerated(whole.points, [0.0, 0.0, 0.0])
    assert_allclose(nash(kept).utilities, whole.utilities, atol=1e-8)


@pytest.mark.parametrize("n_parties", [2, 5, 8])
@pytest.mark.parametrize("name", LOTTERIES)
def test_two_to_eight_parties_on_seventy_thousand_billion_packages_are_proven(name, n_parties):
    for kind in KINDS[:1] if name == "raiffa" else KINDS:
        problem = instance(kind, n_parties, np.random.default_rng(n_parties))
        answer = LOTTERIES[name](problem)
        assert answer.certificate.exact
        assert len(answer.chances) <= n_parties
        worth = sum((block.utilities @ answer.prices).max() for block in problem.blocks)
        assert worth <= answer.utilities @ answer.prices + NEAR


@pytest.mark.parametrize("scale", [1e-3, 1e6])
def test_points_by_the_million_are_settled_like_shares(scale):
    problem = instance("mixed", 3, np.random.default_rng(5), n_issues=8)
    blocks = tuple(Block(b.issues, b.choices, b.utilities * scale) for b in problem.blocks)
    d = problem.disagreement * scale
    for solution in LOTTERIES.values():
        large = solution(Problem(blocks, d, d))
        assert large.certificate.exact
        assert_allclose(large.utilities / scale, solution(problem).utilities, atol=1e-7)


def test_out_of_time_the_gap_is_stated():
    problem = instance("opposed", 8, np.random.default_rng(1))
    answer = egalitarian(problem, time_limit=0.0)
    best = (egalitarian(problem).utilities - problem.disagreement).min()
    if answer.reached:
        reached = (answer.utilities - problem.disagreement).min()
        assert best <= reached + answer.certificate.bound + NEAR


@pytest.mark.parametrize("solution", [nash, kalai_smorodinsky])
def test_published_numbers_of_convex_sets(solution):
    key = {nash: "nbs", kalai_smorodinsky: "ks"}[solution]
    given_, expected = case("ks-1975-S1")
    corners = [numbers(corner) for corner in given_["hull"]]
    answer = solution(Problem.enumerated(corners, given_["disagreement"]))
    assert_allclose(answer.utilities, numbers(expected[key]))
    curved = Problem.enumerated(np.column_stack([SHARES, np.sqrt(1 - SHARES)]), [0, 0])
    share = number(case(f"{key}-sqrt")[1]["share1"])
    assert abs(solution(curved).utilities[0] - share) < 1e-3


def test_the_weighted_nash_solution_divides_the_pie_as_published_to_the_last_digit():
    given_, expected = case("nash-asymmetric-linear")
    pie = Problem.enumerated([[1.0, 0.0], [0.0, 1.0]], numbers(given_["disagreement"]))
    answer = nash(pie, power=numbers(given_["weights"]))
    assert_allclose(answer.utilities, numbers(expected["share"]), atol=1e-12)


def solved(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    assert run_command(["solve", *arguments, "--draws", "0", "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_json_of_a_lottery_says_what_is_drawn_and_what_is_expected(capsys):
    answer = solved(capsys, "job-offer", "--lotteries", "--by", "all")
    assert answer["solutions"].keys() == LOTTERIES.keys()
    for solution in answer["solutions"].values():
        lots = solution["lottery"]
        assert sum(lot["chance"] for lot in lots) == pytest.approx(1)
        certain = lots[0]["outcome"] if len(lots) == 1 else None
        assert solution["outcome"] == certain
        for party, expected in solution["utilities"].items():
            mean = sum(lot["chance"] * lot["utilities"][party] for lot in lots)
            assert expected == pytest.approx(mean)
        assert solution["exact"]
        assert solution["acceptable"] == all(
            solution["utilities"][p] >= r - NEAR for p, r in answer["thresholds"].items()
        )


def test_without_lotteries_the_usual_five_are_packages(capsys):
    answer = solved(capsys, "job-offer")
    assert list(answer["solutions"]) == [
        "nash", "kalai_smorodinsky", "egalitarian", "utilitarian", "utilitarian_unconstrained",
    ]  # fmt: skip
    assert all("lottery" not in solution for solution in answer["solutions"].values())
    assert answer["power"] is None


def test_power_on_the_command_line_weighs_nash_and_proportional(capsys):
    equal = solved(capsys, "job-offer")
    strong = solved(capsys, "job-offer", "--power", "candidate=3")
    assert strong["power"] == {"candidate": 3, "employer": 1}
    gain = [a["solutions"]["nash"]["utilities"]["candidate"] for a in (equal, strong)]
    assert gain[1] > gain[0]
    assert set(BY_POWER) <= strong["solutions"].keys()
    for name in ("kalai_smorodinsky", "egalitarian", "utilitarian"):
        assert equal["solutions"][name] == strong["solutions"][name]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--power", "candidat=2"], "did you mean"),
        (["--power", "candidate=-1"], "from 0 up"),
        (["--power", "candidate=nan"], "from 0 up"),
        (["--power", "candidate"], "PARTY=NUMBER"),
        (["--power", "candidate=much"], "PARTY=NUMBER"),
        (["--power", ","], "names nothing"),
        (["--power", "candidate=0,employer=0"], "some bargaining power"),
        (["--by", "raifa"], "raiffa"),
        (["--by", "median", "--lotteries"], "not defined for lotteries"),
    ],
)
def test_what_cannot_be_asked_is_told_with_the_cure(capsys, options, said):
    assert run_command(["solve", "job-offer", *options]) == 2
    assert said in " ".join(capsys.readouterr().err.split())


def test_the_median_of_three_is_refused_and_left_out_of_all(capsys):
    assert run_command(["solve", "ukraine-2025-12", "--by", "median"]) == 2
    assert "not defined for 3 parties" in capsys.readouterr().err
    answer = solved(capsys, "ukraine-2025-12", "--by", "all", "--time-limit", "2")
    assert answer["solutions"].keys() == SOLUTIONS.keys() - MOST_PARTIES.keys()


def test_people_read_which_lot_brings_what(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    run_command(["solve", "job-offer", "--lotteries", "--by", "nash", "--power", "candidate=2"])
    said = capsys.readouterr().out
    assert "Nash, by lot, A 60" in " ".join(said.split())
    assert "A: 58 000" in said
    assert "B: 50 000" in said
    assert "what is expected" in said
    assert "Bargaining power" in said
