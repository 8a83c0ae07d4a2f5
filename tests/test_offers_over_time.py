"""Talks over a scenario's packages: with and without a last round, by majority, and in pictures."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from sim.equilibria import MODELS, Prediction, Setting
from sim.equilibria.conduct import Conduct
from sim.equilibria.hinging import PATIENCE, nearest_flip
from sim.equilibria.offers import rubinstein as closed
from sim.equilibria.offers.backward_induction import Rules, backward_induction
from sim.equilibria.offers.changed_rules import power, shorter, worst_case
from sim.equilibria.offers.last_round import OfferPath
from sim.equilibria.offers.lotteries import Mixed, mixed_rounds, stationary_mix
from sim.equilibria.offers.nash_limit import weighted_nash
from sim.equilibria.offers.stationary import after
from sim.formats import read_scenario
from sim.plots import alt_text, draw
from sim.scenario import Scenario

PIE = np.array([[1.0, 0.0], [0.0, 1.0]])
OFFERS = ("alternating_offers", "last_round", "majority")
SHIPPED = ("job-offer", "water-dispute", "wage-bargain", "ukraine-2025-12")
SEEDS = st.integers(0, 2**32 - 1)


@cache
def ask(model: str, name: str, *overrides: str, **how: Any) -> Prediction:
    return MODELS[model](Setting(read_scenario(name, overrides), **how))


def two(values: dict[str, float], by_name: tuple[str, str] = ("candidate", "employer")) -> list:
    return [values[name] for name in by_name]


@settings(max_examples=60, deadline=None)
@given(st.floats(0.02, 0.999), st.floats(0.02, 0.999))
def test_drawing_lots_over_a_pie_gives_rubinsteins_split(first: float, second: float) -> None:
    mix = stationary_mix(PIE, Rules.of([first, second], [0, 0]))
    assert mix is not None
    assert mix.values[0, 0] == pytest.approx(float(closed.rubinstein(first, second).first))
    assert mix.values[1, 1] == pytest.approx(float(closed.rubinstein(second, first).first))


@settings(max_examples=40, deadline=None)
@given(st.floats(0.1, 0.99), st.floats(0.01, 0.9), st.floats(0, 0.4), st.floats(0, 0.4))
def test_outside_options_and_breakdown_as_the_closed_forms_say(
    delta: float, risk: float, one: float, two: float
) -> None:
    floor = stationary_mix(PIE, Rules.of([delta, delta], [0, 0], outside=[-np.inf, one + two]))
    assert floor is not None
    split = closed.outside_option(delta, one + two)
    assert floor.values[0, 1] == pytest.approx(float(split.second))
    ended = stationary_mix(PIE, Rules.of([1, 1], [one, two], breakdown=risk))
    assert ended is not None
    assert ended.values[0, 0] == pytest.approx(float(closed.with_breakdown(risk, one, two).first))


@pytest.mark.parametrize("n", [2, 3, 4])
def test_unanimity_in_turn_and_by_lot_as_the_closed_forms_say(n: int) -> None:
    in_turn = stationary_mix(np.eye(n), Rules.of([0.8] * n, [0] * n))
    assert in_turn is not None
    assert in_turn.values[0] == pytest.approx(closed.unanimity_in_turn(n, 0.8))
    chances = np.arange(1, n + 1) / np.arange(1, n + 1).sum()
    by_lot = stationary_mix(np.eye(n), Rules.of([0.9] * n, [0] * n, chances=chances))
    assert by_lot is not None
    assert by_lot.values == pytest.approx(np.array(closed.unanimity_by_lot(chances, 0.9)))
    assert by_lot.expected(chances) == pytest.approx(chances)


def test_two_issues_together_meet_the_published_first_proposal() -> None:
    """Weights .7/.3 and .3/.7, d = .9: (70/97, 63/97), In & Serrano (2004), joint frontier."""
    mix = stationary_mix([[1, 0], [0.7, 0.7], [0, 1]], Rules.of([0.9, 0.9], [0, 0]))
    assert mix is not None
    assert mix.values[0] == pytest.approx([float(Fraction(70, 97)), float(Fraction(63, 97))])


def random_game(seed: int) -> tuple[np.ndarray, Rules]:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 5))
    points = rng.random((int(rng.integers(n, 20)), n))
    d = points.min(axis=0) - 0.05
    order = [*rng.permutation(n).tolist(), *rng.integers(0, n, int(rng.integers(0, 3))).tolist()]
    chances = rng.dirichlet(np.ones(n)) if rng.random() < 0.4 else None
    rules = Rules.of(
        rng.uniform(0.3, 0.99, n), d, breakdown=float(rng.choice([0, 0.1])), order=order,
        chances=chances, cost=rng.choice([0, 0.002], n),
    )  # fmt: skip
    return points, rules


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_with_lotteries_every_proposal_is_the_best_that_the_others_accept(seed: int) -> None:
    points, rules = random_game(seed)
    mix = stationary_mix(points, rules)
    assert mix is not None
    follow = after(mix.values, rules)
    for k, who in enumerate(mix.turns):
        wait = rules.waiting(0, follow[k])
        assert mix.chances[k].sum() == pytest.approx(1)
        assert mix.chances[k] @ points == pytest.approx(mix.values[k])
        others = [j for j in range(points.shape[1]) if j != who]
        assert (mix.values[k, others] >= wait[others] - 1e-9).all()
        best = linprog(
            -points[:, who], A_ub=-points[:, others].T, b_ub=-wait[others],
            A_eq=[np.ones(len(points))], b_eq=[1.0],
        )  # fmt: skip
        assert mix.values[k, who] == pytest.approx(-best.fun, abs=1e-6)


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_two_parties_with_lotteries_have_one_equilibrium_and_near_nash_in_the_limit(
    seed: int,
) -> None:
    rng = np.random.default_rng(seed)
    points = rng.random((12, 2))
    rules = Rules.of(rng.uniform(0.6, 0.99, 2), points.min(axis=0) - 0.1)
    one = stationary_mix(points, rules)
    assert one is not None
    for place in range(0, len(points), 4):
        start = Mixed((0, 1), np.zeros((2, 0)), np.tile(points[place], (2, 1)))
        other = stationary_mix(points, rules, start=start)
        assert other is not None
        assert other.values == pytest.approx(one.values, abs=1e-8)
    quick = stationary_mix(points, shorter(rules, 1e-4))
    nash = weighted_nash(points, worst_case(rules), power(rules))
    assert quick is not None
    assert nash is not None
    assert quick.values[0] == pytest.approx(nash[0], abs=1e-3)


def test_three_on_a_smooth_frontier_come_near_the_weighted_nash_solution() -> None:
    """Britz, Herings & Predtetchinski (2010); on frontiers with kinks it need not hold."""
    angles = np.linspace(0, np.pi / 2, 40)
    sphere = np.array([
        (np.cos(a) * np.cos(b), np.cos(a) * np.sin(b), np.sin(a)) for a in angles for b in angles
    ])  # fmt: skip
    chances = np.array([0.5, 0.3, 0.2])
    rules = Rules.of([0.97, 0.97, 0.97], [0, 0, 0], chances=chances)
    quick = stationary_mix(sphere, shorter(rules, 0.02))
    assert quick is not None
    # a weighted product over the sphere is largest at the roots of the weights
    assert quick.expected(chances) == pytest.approx(np.sqrt(chances), abs=0.02)


def test_the_nash_solution_of_kalais_example() -> None:
    """Kalai (1977), Muthoo (1999) ch. 2: d + weight x surplus."""
    found = weighted_nash(PIE, [0.1, 0.2], [2 / 3, 1 / 3])
    assert found is not None
    assert found[0] == pytest.approx([17 / 30, 13 / 30], abs=1e-6)
    assert found[1] < 1e-8
    outside = weighted_nash(PIE, [0, 0], [0.5, 0.5], [0, 0.6])
    assert outside is not None
    assert outside[0] == pytest.approx([0.4, 0.6], abs=1e-6)  # paid exactly, not split
    assert weighted_nash(PIE, [0.6, 0.6], [0.5, 0.5]) is None


def test_a_front_that_stands_still_changes_nothing() -> None:
    points, rules = random_game(3)
    end = stationary_mix(points, replace(rules, breakdown=np.zeros(1)))
    assert end is not None
    still = replace(rules, breakdown=np.zeros(1), disagreement=np.tile(rules.disagreement, (5, 1)))
    rounds = mixed_rounds(points, still, 4, end)
    for t, one in enumerate(rounds):
        row = end.values if rules.chances is not None else end.values[[t % len(end.turns)]]
        assert one.values == pytest.approx(row[: len(one.values)], abs=1e-7)


def test_a_short_deadline_is_an_ultimatum() -> None:
    found = ask("last_round", "job-offer", "talks.rounds=1")
    assert found.utilities is not None
    # the employer, who opens, asks for the most that beats no deal for the candidate
    points = Setting(read_scenario("job-offer")).frontier.utilities
    able = points[points[:, 0] >= 0.4 - 1e-9]
    assert two(dict(found.utilities)) == pytest.approx(able[able[:, 1].argmax()].tolist())
    assert "at once" in found.says


def test_a_deadline_that_is_sure_is_a_last_round_and_one_that_is_not_only_a_risk() -> None:
    points = Setting(read_scenario("job-offer")).frontier.utilities
    rules = Conduct.of(Setting(read_scenario("job-offer"))).rules
    short = backward_induction(points, rules, 3)
    sure = backward_induction(points, replace(rules, breakdown=np.array([0.02, 0.02, 1.0])), 30)
    assert sure.values[0] == pytest.approx(short.values[0])
    assert sure.values[24] == pytest.approx(short.values[0])
    risk = replace(rules, breakdown=np.array([0.02, 0.02, 0.3]))
    assert not np.allclose(backward_induction(points, risk, 30).values[0], short.values[0])


def test_the_model_says_what_backward_induction_does() -> None:
    setting = Setting(read_scenario("job-offer"))
    rules = Conduct.of(setting).rules
    course = backward_induction(setting.frontier.utilities, rules, 6)
    found = ask("last_round", "job-offer")
    assert found.utilities is not None
    assert two(dict(found.utilities)) == pytest.approx(course.values[0].tolist())
    assert found.details["agreement_round"] == 1
    assert isinstance(found.picture, OfferPath)
    assert found.picture.values == pytest.approx(course.values)


@pytest.mark.parametrize("model", ["last_round", "alternating_offers"])
def test_a_prediction_flips_where_its_hinge_says(model: str) -> None:
    found = ask(model, "job-offer")
    hinge = next(h for h in found.hinges if h.parameter == "patience of Candidate")
    assert hinge.flips_at is not None
    key = "nearest_package" if model == "alternating_offers" else "outcome"

    def package(patience: float) -> object:
        there = ask(model, "job-offer", f"parties.candidate.patience={patience}")
        return there.outcome if key == "outcome" else there.details[key]

    before, beyond = hinge.flips_at - 2e-4, hinge.flips_at + 2e-4
    if hinge.flips_at < hinge.now:
        before, beyond = beyond, before
    assert package(before) == package(hinge.now) != package(beyond)


def test_patience_pays_and_offers_in_quick_succession_make_opening_worthless() -> None:
    details = ask("alternating_offers", "job-offer").details
    for curve in details["by_patience"].values():
        got = [u for _, u in curve]
        assert got == sorted(got)
    far = [row["distance_to_nash"] for row in details["quick_offers"]["rows"]]
    assert far == sorted(far, reverse=True)
    assert far[-1] < far[0] / 30
    assert all(gain > 0 for gain in details["value_of_proposing_first"].values())


def test_unequal_turns_help_whoever_has_more() -> None:
    often = ask("alternating_offers", "job-offer", "talks.order=[candidate,candidate,employer]")
    seldom = ask("alternating_offers", "job-offer", "talks.order=[candidate,employer,employer]")
    assert often.utilities is not None
    assert seldom.utilities is not None
    assert often.utilities["candidate"] > seldom.utilities["candidate"]
    weights = often.details["quick_offers"]["nash_weights"]
    assert weights["candidate"] > 2 / 3


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("model", OFFERS)
def test_every_model_answers_every_scenario_or_says_why_not(model: str, name: str) -> None:
    found = ask(model, name)
    assert (found.not_computed is None) == bool(found.says)
    assert json.dumps(dict(found.details), allow_nan=False)
    assert found.assumptions.endswith(".")
    if found.utilities is not None:
        assert list(found.utilities) == list(found.parties)
    assert model != "last_round" or found.hinges


def test_what_cannot_be_answered_is_said_with_its_cure() -> None:
    hurry = ask(
        "alternating_offers", "job-offer", "parties.candidate.patience=1",
        "parties.employer.patience=1", "talks.breakdown=0",
    )  # fmt: skip
    assert "patience below 1" in str(hurry.not_computed)
    assert hurry.says == ""
    alone = ask("last_round", "job-offer", chosen=("employer",))
    assert "two parties" in str(alone.not_computed)
    both = ask("majority", "job-offer")
    assert "all must agree" in str(both.not_computed)
    nothing = ask(
        "alternating_offers", "job-offer", "parties.candidate.disagreement=0.99",
        "parties.candidate.threshold=0.99",
    )  # fmt: skip
    assert "othing is ever agreed" in nothing.says


def test_a_majority_passes_over_whom_it_does_not_need() -> None:
    found = ask("majority", "water-dispute")
    assert found.details["coalitions"] == [["halden", "merin"], ["halden", "sel"], ["merin", "sel"]]
    for one in found.details["equilibria"]:
        for proposal in one["proposals"]:
            assert len(proposal["accepted_by"]) >= 1
    pie = found.details["one_pie"]["expects"]
    assert sum(pie.values()) == pytest.approx(1)
    veto = ask("majority", "water-dispute", "talks.quota=2", "talks.vetoes=[merin]")
    assert all("merin" in members for members in veto.details["coalitions"])
    assert veto.details["one_pie"]["expects"]["merin"] > 0.5


def test_ten_thousand_rounds_on_ten_to_the_sixteen_packages() -> None:
    setting = Setting(read_scenario("ukraine-2025-12"))
    conduct = Conduct.of(setting)
    points = setting.frontier.utilities
    assert setting.structure.space.size > 10**15
    course = backward_induction(points, conduct.drifting, 10_000)
    assert course.values.shape == (10_001, 3)
    assert course.repeats is not None
    assert course.agreement == 0


def test_hinges_are_found_on_both_sides_nearest_first() -> None:
    flip = nearest_flip(lambda d: d < 0.9, 0.95, PATIENCE)
    assert flip is not None
    assert flip[0] == pytest.approx(0.9, abs=1e-4)
    assert nearest_flip(lambda d: d > 0, 0.95, PATIENCE) is None


@pytest.mark.parametrize(
    ("model", "picture"),
    [("last_round", "offer_path"), ("alternating_offers", "offers_converging")],
)
@pytest.mark.parametrize("name", ["job-offer", "ukraine-2025-12"])
def test_offers_are_drawn_with_every_party_named(model: str, picture: str, name: str) -> None:
    found = ask(model, name)
    setting = found.picture.setting
    figure = draw(picture, found.picture)
    written = {text.get_text() for axes in figure.axes[0].child_axes for text in axes.texts}
    assert set(setting.names) <= written
    words = alt_text(picture, found.picture)
    assert all(party in words for party in setting.names)


def small(**parts):
    """Ann and Bob over one thing."""
    values = parts.pop("values")
    options = {option: option.upper() for option in values["ann"]}
    people = {
        name: {"name": name.title(), "disagreement": parts.pop(name, 0.2), "patience": 0.9,
               "values": {"x": values[name]}}
        for name in ("ann", "bob")
    }  # fmt: skip
    issues = {"x": {"title": "The thing", "options": options}}
    return Scenario.model_validate(
        {"zopa": 1, "title": "Two", "issues": issues, "parties": people, **parts}
    )


def test_a_coin_may_be_thrown_over_what_nobody_would_leave_to_the_other():
    coin = small(values={"ann": {"a": 1, "b": 0}, "bob": {"a": 0, "b": 1}})
    found = MODELS["alternating_offers"](Setting(coin))
    # as over a pie of 1 with no deal worth 0.2 to each: the first gets 0.2 + 0.6 / (1 + 0.9)
    assert found.utilities["ann"] == pytest.approx(0.2 + 0.6 / 1.9, abs=1e-9)
    assert found.utilities["bob"] == pytest.approx(0.2 + 0.6 * 0.9 / 1.9, abs=1e-9)


def test_whom_delay_costs_takes_less_than_no_deal_to_have_done_with_it():
    costly = small(
        ann=0.1, bob=0.4, values={"ann": {"a": 1, "b": 0.5}, "bob": {"a": 0.35, "b": 1}},
        talks={"rounds": 1, "cost": {"bob": 0.1}, "order": ["ann", "bob"]},
    )  # fmt: skip
    found = MODELS["last_round"](Setting(costly))
    assert found.outcome == {"x": "a"}
    assert found.utilities == pytest.approx({"ann": 1.0, "bob": 0.35})


def test_a_party_without_a_patience_keeps_the_usual_one_when_another_gets_its_own():
    base = read_scenario("water-dispute")
    party = next(iter(base.parties))
    same = read_scenario("water-dispute", {f"parties.{party}.patience": 0.95})
    before, after = (Conduct.of(Setting(one)).patience.tolist() for one in (base, same))
    assert before == after == [0.95] * len(before)


@pytest.mark.parametrize("seed", range(4))
def test_compiled_rounds_are_those_of_the_definition(seed, monkeypatch):
    rng = np.random.default_rng(seed)
    points = rng.random((30, 3))
    rules = Rules.of(
        rng.uniform(0.8, 1, 3), rng.uniform(0, 0.2, (20, 3)),
        breakdown=rng.uniform(0, 0.1, 101), cost=rng.uniform(0, 0.01, 3),
        outside=rng.uniform(-0.5, 0.4, 3),
        chances=rng.dirichlet(np.ones(3)) if seed % 2 else None,
    )  # fmt: skip
    quick = backward_induction(points, rules, 500)
    home = sys.modules[backward_induction.__module__]
    monkeypatch.setattr(home, "LOOKED_FOR", 10_000)
    slow = backward_induction(points, rules, 500)
    assert np.allclose(quick.values, slow.values, atol=1e-12)
    assert (quick.proposals == slow.proposals).all()
    assert (quick.leavers == slow.leavers).all()


def circle(game, **talks):
    """Three parties over options that each ranks otherwise: rows of utilities, no deal worth d."""
    values, d, patience = game
    options = {f"o{k}": f"O{k}" for k in range(len(values))}
    people = {
        name: {"name": name.upper(), "disagreement": d[k], "patience": patience[k],
               "values": {"x": {f"o{j}": row[k] for j, row in enumerate(values)}}}
        for k, name in enumerate("abc")
    }  # fmt: skip
    issues = {"x": {"title": "The thing", "options": options}}
    return Setting(
        Scenario.model_validate(
            {"zopa": 1, "title": "Three", "issues": issues, "parties": people, "talks": talks}
        )
    )


def without_hinges(monkeypatch, model):
    """Leave out what takes longest, where only the prediction is asked for."""
    home = sys.modules[MODELS[model].__module__]
    for name in ("_hinges", "_number", "endless_hinges"):
        monkeypatch.setattr(home, name, lambda *_: (), raising=False)


def beside(flip, now):
    """A value on this side of a flip, and one beyond."""
    step = 2e-4 if flip > now else -2e-4
    return flip - step, flip + step


def test_the_number_of_equilibria_by_majority_changes_where_its_hinges_say(monkeypatch):
    found = ask("majority", "ukraine-2025-12")
    without_hinges(monkeypatch, "majority")
    now = len(found.details["equilibria"])
    flips = {hinge.parameter: hinge for hinge in found.hinges}
    assert now > 1
    assert len(flips) == 4

    def number(override):
        # not kept, as the answer lacks its hinges
        answer = ask.__wrapped__("majority", "ukraine-2025-12", override)
        return len(answer.details["equilibria"])

    risk = flips["chance of breakdown"]
    before, beyond = beside(risk.flips_at, risk.now)
    assert number(f"talks.breakdown={before}") > 1
    assert number(f"talks.breakdown={beyond}") == 1
    assert risk.then == "only one equilibrium is found"
    for party in ("ukraine", "russia", "europe"):
        hinge = next(h for name, h in flips.items() if party in name.lower())
        at = beside(hinge.flips_at, hinge.now) if hinge.flips_at else (0.6, 0.99)
        counts = [number(f"parties.{party}.patience={d}") for d in at]
        assert counts[0] == now
        assert (counts[1] == now) == (hinge.flips_at is None)
        assert str(counts[1]) in hinge.then


SEVERAL = (
    (0.65, 0.66, 0.03), (0.53, 0.37, 0.06), (0.37, 0.36, 0.24), (0.04, 0.91, 0.53),
    (0.5, 0.79, 0.04), (0.27, 0.85, 0.92),
)  # fmt: skip


def test_several_equilibria_with_lotteries_give_way_to_one_where_the_hinges_say(monkeypatch):
    def several(*, of=(0.95, 0.95, 0.95), breakdown=0.0):
        setting = circle((SEVERAL, (0, 0, 0), of), order=["a", "b", "c"], breakdown=breakdown)
        found = MODELS["alternating_offers"](setting)
        return found, bool(found.details.get("several_with_lotteries"))

    found, now = several()
    without_hinges(monkeypatch, "alternating_offers")
    assert now
    *hinges, risk = found.hinges
    inside, beyond = beside(risk.flips_at, risk.now)
    assert several(breakdown=inside)[1]
    assert not several(breakdown=beyond)[1]
    hinge = hinges[1]
    inside, beyond = beside(hinge.flips_at, hinge.now)
    assert several(of=[0.95, inside, 0.95])[1]
    assert not several(of=[0.95, beyond, 0.95])[1]


def test_where_nothing_is_agreed_the_hinge_is_the_no_deal_value_that_opens_it(monkeypatch):
    impossible = [f"parties.candidate.{what}=0.99" for what in ("threshold", "disagreement")]
    found = ask("alternating_offers", "job-offer", *impossible)
    hinge = next(h for h in found.hinges if h.parameter == "no-deal value of Candidate")
    stuck = circle(([(0.9, 0.5, 0.1), (0.1, 0.9, 0.5)], (0.8,) * 3, (0.9,) * 3))
    alone = MODELS["alternating_offers"](stuck).hinges[-3:]
    assert [h.flips_at for h in alone] == [None] * 3  # two others never agree
    without_hinges(monkeypatch, "alternating_offers")
    inside, beyond = (
        ask.__wrapped__(
            "alternating_offers", "job-offer", impossible[0], f"parties.candidate.disagreement={d}"
        )
        for d in beside(hinge.flips_at, hinge.now)
    )
    assert "othing is ever agreed" in inside.says
    assert "othing is ever agreed" not in beyond.says


def test_a_majority_without_a_package_says_whose_no_deal_value_opens_one():
    values = [(0.9, 0.5, 0.1), (0.1, 0.9, 0.5), (0.5, 0.1, 0.9)]

    def candidates(d):
        found = MODELS["majority"](circle((values, d, (0.9,) * 3), quota=2))
        return found, found.details["candidates"]

    found, none = candidates((0.8,) * 3)
    assert none == 0
    for k, hinge in enumerate(found.hinges):
        assert hinge.flips_at == pytest.approx(0.5)
        inside, beyond = beside(hinge.flips_at, hinge.now)
        assert candidates([inside if j == k else 0.8 for j in range(3)])[1] == 0
        assert candidates([beyond if j == k else 0.8 for j in range(3)])[1] > 0


def test_where_power_shifts_against_nobody_it_does_not_at_any_size():
    pair = ("ukraine", "europe")
    found = ask("commitment", "ukraine-2025-12", chosen=pair)
    assert found.says.startswith("No shift of power")
    assert [hinge.flips_at for hinge in found.hinges] == [None]
    for size in (0.1, 10.0):
        drift = f"talks.drift={{candidate: {-0.01 * size}, employer: {-0.02 * size}}}"
        alike = ask("commitment", "job-offer", drift)
        assert alike.says.startswith("No shift of power")
        assert [hinge.flips_at for hinge in alike.hinges] == [None]
