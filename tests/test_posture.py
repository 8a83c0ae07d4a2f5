"""Postures, demands, waiting games and reputations: closed forms, papers, scenarios."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.equilibria import MODELS, Prediction, Setting
from sim.equilibria.posture.pair import pair
from sim.errors import InputError
from sim.formats import read_scenario
from sim.games.attrition import continuous, in_rounds
from sim.games.demand import compatible, demand_game, smoothed_demands, upper_edge
from sim.games.enumeration import all_equilibria
from sim.games.posture import posture_game
from sim.games.reputation import reputation
from sim.games.two_by_two import situations
from sim.problem import Problem
from sim.scenario import Scenario
from sim.solutions import nash

HERE = Path(__file__).parent / "published" / "demand_and_attrition.json"
CASES = {case["id"]: case for case in json.loads(HERE.read_text(encoding="utf-8"))}
OWN = ("posture", "demand_game", "attrition", "reputation")


def number(value: object) -> float:
    return float(Fraction(str(value)))


def of(model: str) -> list[dict[str, Any]]:
    return [case for case in CASES.values() if case["model"] == model]


def test_no_published_case_is_left_out() -> None:
    assert {case["model"] for case in CASES.values()} == {
        "nash_demand_smoothed", "war_of_attrition_continuous", "war_of_attrition_discrete",
        "reputational_bargaining",
    }  # fmt: skip


@pytest.mark.parametrize("case", of("war_of_attrition_continuous"), ids=lambda c: c["id"])
def test_published_rates_of_giving_in(case: dict[str, Any]) -> None:
    given_, wanted = case["parameters"], case["expected"]
    v1, v2, cost = (number(given_[k]) for k in ("v1", "v2", "cost_rate"))
    found = continuous(v1, v2, cost)
    assert found.first == pytest.approx(number(wanted["hazard_of_1_conceding"]), abs=case["tol"])
    assert found.second == pytest.approx(number(wanted["hazard_of_2_conceding"]), abs=case["tol"])
    # what waiting a moment brings is what it costs: nobody expects more than nothing
    worth = [found.second * v1 - cost, found.first * v2 - cost]
    assert worth == pytest.approx([number(v) for v in wanted["expected_payoff_no_mass"]])


@pytest.mark.parametrize("case", of("war_of_attrition_discrete"), ids=lambda c: c["id"])
def test_published_chance_of_giving_in_per_round(case: dict[str, Any]) -> None:
    v, cost = (number(case["parameters"][k]) for k in ("v", "cost_per_period"))
    wanted = number(case["expected"]["symmetric_stop_probability"])
    assert in_rounds(v, v, cost).first == pytest.approx(wanted, abs=case["tol"])


@pytest.mark.parametrize("case", of("reputational_bargaining"), ids=lambda c: c["id"])
def test_published_reputations(case: dict[str, Any]) -> None:
    p, wanted = {k: float(v) for k, v in case["parameters"].items()}, case["expected"]
    found = reputation(
        (1 - p["alpha2"], 1 - p["alpha1"]), (p["alpha1"], p["alpha2"]), (p["r1"], p["r2"]),
        (p["z1"], p["z2"]),
    )  # fmt: skip
    got = (*found.rates, *found.alone, *found.at_once)
    names = ("lambda1", "lambda2", "T1", "T2", "mass1_at_0", "mass2_at_0")
    assert got == pytest.approx([float(wanted[k]) for k in names], abs=case["tol"])


@pytest.mark.parametrize("case", of("nash_demand_smoothed"), ids=lambda c: c["id"])
def test_as_doubt_vanishes_demands_come_to_the_published_nash_solution(
    case: dict[str, Any],
) -> None:
    wanted = [number(v) for v in case["expected"]["nbs"]]
    doubts = (0.1, 0.01, 0.001, 1e-9)
    found = [smoothed_demands(lambda x: 1 - x * x, 1.0, [0, 0], doubt) for doubt in doubts]
    far = np.abs(np.array(found) - wanted).max(axis=1).tolist()
    assert far == sorted(far, reverse=True)
    assert far[-1] < case["tol"]


@pytest.mark.parametrize("doubt", [0.2, 0.05])
def test_smoothed_demands_answer_each_other(doubt: float) -> None:
    x, y = smoothed_demands(lambda u: 1 - u * u, 1.0, [0, 0], doubt)
    grid = np.linspace(0.001, 1.5, 3000)
    chance = lambda a, b: 1 / (1 + np.exp((b - (1 - a * a)) / doubt))  # noqa: E731
    assert (grid * chance(grid, y)).max() <= x * chance(x, y) + 1e-6
    assert (grid * chance(x, grid)).max() <= y * chance(x, y) + 1e-6


@given(st.integers(0, 2**32 - 1))
def test_demands_fit_where_some_point_gives_both_what_they_ask(seed: int) -> None:
    rng = np.random.default_rng(seed)
    points, first, second = rng.random((6, 2)), rng.random(4), rng.random(5)
    fits = compatible(points, first, second)
    for i, j in np.ndindex(fits.shape):
        assert fits[i, j] == any(a >= first[i] and b >= second[j] for a, b in points)


@given(st.integers(0, 2**32 - 1))
def test_the_edge_of_lotteries_is_above_every_point_and_concave(seed: int) -> None:
    points = np.random.default_rng(seed).integers(0, 6, (7, 2)).astype(float)
    edge = upper_edge(points)
    x, y = edge.T
    assert (np.diff(x) > 0).all()
    assert (np.diff(y) < 0).all()
    if len(edge) > 2:
        assert (np.diff(np.diff(y) / np.diff(x)) < 1e-12).all()
    for a, b in points:
        if a >= x[0]:
            assert b <= np.interp(a, x, y) + 1e-9


@settings(max_examples=60)
@given(st.floats(0.1, 9), st.floats(0.1, 9), st.floats(0.01, 3), st.floats(0.01, 3))
def test_in_a_war_of_attrition_each_is_indifferent(
    v1: float, v2: float, c1: float, c2: float
) -> None:
    found = in_rounds(v1, v2, c1, c2)
    assert found.second * v1 == pytest.approx((1 - found.second) * c1)
    assert found.first * v2 == pytest.approx((1 - found.first) * c2)
    quick = continuous(v1, v2, c1, c2)
    short = in_rounds(v1, v2, c1 * 1e-6, c2 * 1e-6)  # a millionth of the time
    assert short.first / 1e-6 == pytest.approx(quick.first, rel=1e-3)
    assert short.delay * 1e-6 == pytest.approx(quick.delay, rel=1e-3)


def test_the_delay_of_attrition_is_that_of_playing_it_out() -> None:
    found = in_rounds(3, 5, 1)
    rng = np.random.default_rng(0)
    first, second = rng.geometric(found.first, 200_000), rng.geometric(found.second, 200_000)
    assert (np.minimum(first, second) - 1).mean() == pytest.approx(found.delay, rel=0.02)
    assert (first <= second).mean() == pytest.approx(found.first_gives_in, abs=0.005)


@settings(max_examples=60)
@given(
    st.tuples(st.floats(0.1, 0.4), st.floats(0.1, 0.4)),
    st.tuples(st.floats(0.5, 0.9), st.floats(0.5, 0.9)),
    st.tuples(st.floats(0.02, 0.3), st.floats(0.02, 0.3)),
    st.tuples(st.floats(0.01, 0.5), st.floats(0.01, 0.5)),
)
def test_reputations_meet_certainty_together(yielding, holding, impatience, prior) -> None:
    found = reputation(yielding, holding, impatience, prior)
    assert min(found.at_once) == 0
    for k in range(2):
        # no mass at 0 but the weak side's; by the end only those who never give in are left
        left = (1 - found.at_once[k]) * math.exp(-found.rates[k] * found.ends)
        assert left == pytest.approx(prior[k])
    assert found.never == pytest.approx(prior[0] * prior[1])
    # waiting a moment longer is worth as much as giving in now
    for k in range(2):
        gained = found.rates[1 - k] * (holding[k] - yielding[k])
        assert gained == pytest.approx(impatience[k] * yielding[k])


def test_games_without_stakes_are_refused_with_the_reason() -> None:
    with pytest.raises(InputError, match="prize must be above 0"):
        continuous(0, 1, 1)
    with pytest.raises(InputError, match="finite"):
        in_rounds(math.nan, 1, 1)
    with pytest.raises(InputError, match="cannot be negative"):
        in_rounds(1, 1, -1)
    with pytest.raises(InputError, match="between 0 and 1"):
        reputation((0.4, 0.4), (0.6, 0.6), (0.1, 0.1), (0.0, 0.1))
    with pytest.raises(InputError, match="can wait for ever"):
        reputation((0.4, 0.4), (0.6, 0.6), (0.0, 0.1), (0.1, 0.1))
    with pytest.raises(InputError, match="gain something"):
        reputation((0.6, 0.4), (0.6, 0.6), (0.1, 0.1), (0.1, 0.1))
    with pytest.raises(InputError, match="doubt must be above 0"):
        smoothed_demands(lambda x: 1 - x, 1.0, [0, 0], 0.0)
    with pytest.raises(InputError, match="nothing to gain"):
        smoothed_demands(lambda x: 1 - x, 1.0, [1, 0], 0.1)
    assert in_rounds(1, 1, 0).delay == math.inf
    assert continuous(1, 1, 0).delay == math.inf


def pie(**parts: Any) -> Scenario:
    """Ann and Bob split ten slices; what is given replaces what stands here."""
    slices = {f"s{k}": f"{k} for Ann" for k in range(11)}
    people = {
        "ann": {"name": "Ann", "weights": {"pie": 1}, "disagreement": 0.05,
                "threshold": 0.2, "values": {"pie": {f"s{k}": k / 10 for k in range(11)}}},
        "bob": {"name": "Bob", "weights": {"pie": 1}, "disagreement": 0.05,
                "threshold": 0.2, "values": {"pie": {f"s{k}": 1 - k / 10 for k in range(11)}}},
    }  # fmt: skip
    whole = {"zopa": 1, "title": "A pie", "issues": {"pie": {"title": "Pie", "options": slices}},
             "parties": people}  # fmt: skip
    return Scenario.model_validate(whole | parts)


def asked(model: str, scenario: Scenario, **options: Any) -> Prediction:
    return MODELS[model](Setting(scenario, **options))


@cache
def shipped(name: str) -> Setting:
    return Setting(read_scenario(name))


def test_two_who_split_a_pie_play_chicken() -> None:
    found = asked("posture", pie())
    cells = found.details["payoffs"]
    assert cells["compromise"]["compromise"] == pytest.approx({"ann": 0.5, "bob": 0.5})
    assert cells["hold_out"]["compromise"] == pytest.approx({"ann": 0.8, "bob": 0.2})
    assert cells["hold_out"]["hold_out"] == pytest.approx({"ann": 0.05, "bob": 0.05})
    assert set(found.details["situations"].values()) == {"chicken"}
    assert len(found.details["equilibria"]) == 3
    assert found.outcome is None
    # in the mixed one each is indifferent: 0.5 (1 - q) + 0.2 q = 0.8 (1 - q) + 0.05 q
    mixed = next(e for e in found.details["equilibria"] if not e["pure"])
    assert mixed["strategies"]["bob"]["hold_out"] == pytest.approx(2 / 3)


def test_with_another_chance_chicken_becomes_a_prisoners_dilemma_where_the_hinge_says() -> None:
    hinge = asked("posture", pie()).hinges[0]
    assert hinge.flips_at == pytest.approx((0.2 - 0.05) / (0.5 - 0.05))
    for chance, kind in ((0.32, "chicken"), (0.35, "prisoner's dilemma")):
        people = pie().model_dump(exclude_none=True)["parties"]
        for party in people.values():
            party["patience"] = 1.0
        found = asked("posture", pie(parties=people, talks={"breakdown": 1 - chance}))
        assert set(found.details["situations"].values()) == {kind}


@given(st.integers(0, 2**32 - 1))
def test_pure_equilibria_of_posture_follow_from_its_name(seed: int) -> None:
    points = np.random.default_rng(seed).random((4, 2))
    game = posture_game(*points)
    kinds, pure = situations(game), {e.pure for e in all_equilibria(game).extreme if e.pure}
    if kinds in (("prisoner's dilemma",) * 2, ("deadlock",) * 2):
        assert pure == {(1, 1)}
    if kinds in (("chicken",) * 2, ("battle of the sexes",) * 2):
        assert pure == {(0, 1), (1, 0)}
    if kinds == ("stag hunt",) * 2:
        assert pure == {(0, 0), (1, 1)}
    if kinds == ("harmony",) * 2:
        assert pure == {(0, 0)}


def test_demands_over_a_pie_have_every_efficient_division_and_smoothing_picks_the_middle() -> None:
    found = asked("demand_game", pie())
    assert found.utilities == pytest.approx({"ann": 0.5, "bob": 0.5})
    levels = found.details["demands"]["ann"]
    assert levels == pytest.approx([0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2])
    slices = np.array(levels)
    game = demand_game(np.column_stack([slices, slices[::-1]]), [0.05, 0.05], slices, slices[::-1])
    assert found.details["extreme_equilibria"] == len(all_equilibria(game).extreme) == 2**7 - 1
    assert found.details["pure_equilibria_with_a_deal"] == 7
    last = found.details["smoothed"][-1]["demands"]
    assert last == pytest.approx({"ann": 0.5, "bob": 0.5}, abs=0.01)


@pytest.mark.parametrize("name", ["job-offer", "wage-bargain", "water-dispute", "csis-2025"])
def test_the_no_deal_value_at_which_the_selected_package_changes_is_where_it_says(
    name: str,
) -> None:
    setting = shipped(name)
    two = pair(setting)
    assert not isinstance(two, str)
    for k, hinge in enumerate(MODELS["demand_game"](setting).hinges):
        if hinge.flips_at is None:
            continue
        for step, same in ((-1e-6, True), (1e-6, False)):
            d = two.disagreement.copy()
            d[k] = hinge.flips_at + step
            chosen = nash(Problem.enumerated(two.utilities, d)).utilities
            unchanged = np.allclose(chosen, two.utilities[two.compromise])
            assert unchanged == same


@pytest.mark.parametrize("name", ["job-offer", "wage-bargain", "water-dispute", "ukraine-2025-12"])
@pytest.mark.parametrize("model", ["attrition", "reputation"])
def test_the_patience_at_which_the_weaker_side_changes_is_where_it_says(
    name: str, model: str
) -> None:
    scenario = read_scenario(name)
    found = MODELS[model](Setting(scenario))
    if found.not_computed:
        pytest.fail(found.not_computed)
    key = "chance_of_giving_in_first" if model == "attrition" else "gives_in_at_once"
    before = max(found.details[key], key=found.details[key].get)
    rates = {p: found.hinges[-2 + k].now for k, p in enumerate(found.parties)}
    for k, party in enumerate(found.parties):
        hinge = found.hinges[-2 + k]
        if hinge.flips_at is None:
            continue
        step = 1e-5 if hinge.flips_at > hinge.now else -1e-5
        for value, same in ((hinge.flips_at - step, True), (hinge.flips_at + step, False)):
            people = {
                p: v.model_copy(update={"patience": (rates | {party: value}).get(p, v.patience)})
                for p, v in scenario.parties.items()
            }
            again = MODELS[model](Setting(scenario.model_copy(update={"parties": people})))
            after = max(again.details[key], key=again.details[key].get)
            assert (after == before) == same


def test_three_signatories_leave_a_floor_for_the_third() -> None:
    setting = Setting(read_scenario("water-dispute"))
    two = pair(setting)
    assert not isinstance(two, str)
    whole = setting.problem
    _, utilities = whole.enumerate()
    able = utilities[(utilities >= whole.thresholds - 1e-9).all(axis=1)][:, :2]
    betters = lambda u: (able >= u - 1e-9).all(axis=1) & (able > u + 1e-9).any(axis=1)  # noqa: E731
    best = {tuple(u.round(9)) for u in able if not betters(u).any()}
    assert {tuple(u.round(9)) for u in two.utilities} == best
    assert "City of Sel" in two.floors


def test_named_parties_are_the_players() -> None:
    found = asked("posture", read_scenario("water-dispute"), chosen=("sel", "halden"))
    assert found.parties == ("sel", "halden")


@pytest.mark.parametrize("model", OWN)
def test_a_lone_party_or_an_empty_table_gets_a_reason_and_no_number(model: str) -> None:
    alone = asked(model, pie(), chosen=("ann",))
    assert alone.not_computed is not None
    assert "two players" in alone.not_computed
    people = pie().model_dump(exclude_none=True)["parties"]
    for party in people.values():
        party["disagreement"], party["threshold"] = 0.7, 0.7
    none = asked(model, pie(parties=people))
    assert none.not_computed is not None
    assert "nothing to share" in none.not_computed
    assert none.utilities is None


@pytest.mark.parametrize("model", OWN)
def test_where_one_package_is_efficient_there_is_nothing_to_hold_out_for(model: str) -> None:
    people = pie().model_dump(exclude_none=True)["parties"]
    people["bob"]["values"] = people["ann"]["values"]
    found = asked(model, pie(parties=people))
    assert found.not_computed is not None


@pytest.mark.parametrize("model", OWN)
def test_thresholds_that_cannot_all_be_met_give_way_to_no_deal_values_and_that_is_said(
    model: str,
) -> None:
    people = pie().model_dump(exclude_none=True)["parties"]
    for party in people.values():
        party["threshold"] = 0.7
    found = asked(model, pie(parties=people))
    assert "none meets every threshold" in found.assumptions


@pytest.mark.parametrize("name", ["ukraine-2025-12", "csis-2025", "job-offer", "wage-bargain"])
@pytest.mark.parametrize("model", OWN)
def test_predictions_on_shipped_scenarios_are_ready_for_json(model: str, name: str) -> None:
    found = MODELS[model](shipped(name))
    assert found.not_computed is None
    json.dumps(found.details, allow_nan=False)
    assert found.says.endswith(".")
    assert found.assumptions.endswith(".")
    assert all(math.isfinite(h.now) for h in found.hinges)


def test_waiting_that_costs_one_side_nothing_makes_the_other_give_in() -> None:
    people = pie().model_dump(exclude_none=True)["parties"]
    people["ann"] |= {"disagreement": 0.2, "patience": 0.9}
    people["bob"] |= {"patience": 0.9}
    found = asked("attrition", pie(parties=people))
    assert found.utilities == pytest.approx({"ann": 0.8, "bob": 0.2})
    people["bob"]["disagreement"] = 0.2
    both = asked("attrition", pie(parties=people))
    assert both.not_computed is not None
    assert "costs neither" in both.not_computed


@pytest.mark.parametrize("patience", [0.5, 0.9])
@pytest.mark.parametrize("breakdown", [0.0, 0.3])
def test_who_waits_in_a_war_of_attrition_is_indifferent_to_giving_in(patience, breakdown):
    overrides = {f"parties.{p}.patience": patience for p in ("candidate", "employer")}
    scenario = read_scenario("job-offer", {**overrides, "talks.breakdown": breakdown})
    told = MODELS["attrition"](Setting(scenario)).details
    chance, disagreement = told["chance_of_giving_in_per_round"], (0.4, 0.3)
    pairs = [("candidate", "employer"), ("employer", "candidate")]
    for (who, other), d in zip(pairs, disagreement, strict=True):
        yields, holds = told["others_best"][who], told["own_best"][who]
        later = (1 - patience) * d + patience * ((1 - breakdown) * yields + breakdown * d)
        waits = chance[other] * holds + (1 - chance[other]) * later
        assert waits == pytest.approx(yields, abs=1e-12)


def test_a_war_of_attrition_ends_by_giving_in_or_by_breakdown():
    found = in_rounds(3, 2, 1, 1, breakdown=0.2)
    rng = np.random.default_rng(0)
    first, second, broken = rng.random((3, 100_000, 60)) < np.array(
        [found.first, found.second, 0.2]
    ).reshape(3, 1, 1)
    gives, ends = first | second, first | second | broken
    when = ends.argmax(axis=1)
    some = np.arange(len(when))
    assert abs(first[some, when].mean() - found.first_gives_in) < 0.01
    assert abs((~gives[some, when]).mean() - found.breaks) < 0.01
    assert abs((when + ~gives[some, when]).mean() - found.delay) < 0.02
