"""Take-it-or-leave-it offers: the whole curve of risk and return against the full list."""

from __future__ import annotations

import json
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.equilibria import MODELS
from sim.equilibria.setting import Setting
from sim.equilibria.ultimatum.finite_types import best_offer
from sim.equilibria.ultimatum.hinges import by_no_deal, hinges
from sim.equilibria.ultimatum.information import after_refusal, worth_of_knowing
from sim.equilibria.ultimatum.offers import Offers, offers_of, plain_offers
from sim.equilibria.ultimatum.risk_return import RiskReturn, risk_return
from sim.equilibria.ultimatum.tested_offers import TestedOffers, most_likely
from sim.equilibria.ultimatum.ultimatum import ultimatum
from sim.errors import InputError
from sim.formats import read_scenario
from sim.plots import draw
from sim.problem import Floats, Indices
from sim.scenario import Scenario
from tests.strategies import scenarios

NEAR = 1e-9


def small_offers(seed: int) -> Offers:
    """Draw offers over a few blocks, with ties, equal rows, rows that some draws rule out."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 5, int(rng.integers(1, 6)))
    n_rows, n_draws, n = int(sizes.sum()), int(rng.integers(1, 25)), int(rng.integers(1, 4))
    whole = rng.random() < 0.3
    own = rng.integers(0, 4, n_rows).astype(float) if whole else rng.random(n_rows)
    theirs = rng.random((n_rows, n_draws, n)) * rng.choice([0.3, 1.0]) + rng.random((n_rows, 1, n))
    theirs -= rng.choice([0.0, 1.0]) * own[:, None, None]
    if whole:
        theirs = np.rint(3 * theirs)
    middle = theirs.mean(axis=(0, 1)) * len(sizes)
    asked = middle * rng.choice([0.7, 1.0, 1.2]) + rng.normal(0, 0.5, (n_draws, n))
    if whole:
        asked = np.rint(asked)
    theirs[np.ix_(rng.random(n_rows) < 0.2, rng.random(n_draws) < 0.5)] -= 1000.0
    start = np.concatenate([[0], np.cumsum(sizes)]).astype(np.intp)
    groups = tuple((k,) for k in range(len(sizes)))
    choices = tuple(np.arange(size)[:, None] for size in sizes)
    no_deal = float(own.mean() * len(sizes) * rng.choice([0.0, 0.8, 1.2]))
    floor = no_deal + float(rng.choice([0.0, 0.3]))
    return Offers(groups, choices, start, own, theirs, asked, no_deal, floor)


def every_offer(offers: Offers) -> tuple[Indices, Floats, np.ndarray]:
    """List every offer as rows, with what it gives the proposer and where all accept it."""
    sizes = np.diff(offers.start)
    rows = np.indices(tuple(sizes)).reshape(len(sizes), -1).T + offers.start[:-1]
    accepted = (offers.theirs[rows].sum(axis=1) >= offers.asked - NEAR).all(axis=2)
    return rows, offers.own[rows].sum(axis=1), accepted


def curve_by_definition(offers: Offers) -> Floats:
    """Return the most that an offer accepted in so many draws gives, for every number of draws."""
    _, own, accepted = every_offer(offers)
    able = own >= offers.floor - NEAR
    counts = accepted.sum(axis=1)
    return np.array([
        own[able & (counts >= k)].max(initial=-np.inf) for k in range(offers.n_draws + 1)
    ])  # fmt: skip


def reached_by(found: RiskReturn) -> Floats:
    """Return the most that the curve gives in at least so many draws."""
    reached = np.full(found.n_draws + 1, -np.inf)
    for count, own in zip(found.counts[::-1], found.own[::-1], strict=True):
        reached[: count + 1] = own
    return reached


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=120, deadline=None)
def test_no_package_promises_more_at_any_risk_than_the_curve_says(seed):
    offers = small_offers(seed)
    found, best = risk_return(offers, time_limit=None), curve_by_definition(offers)
    reached = reached_by(found)
    np.testing.assert_allclose(reached[1:], best[1:], atol=1e-9)
    assert found.exact
    assert found.curve_exact
    gains = np.arange(offers.n_draws + 1) * np.maximum(best - offers.no_deal, 0.0)
    expected = offers.no_deal + gains[1:].max(initial=0.0) / offers.n_draws
    assert found.payoff_at_most == pytest.approx(expected, abs=1e-8)
    for rows, count, own in zip(found.rows, found.counts, found.own, strict=True):
        assert offers.accepted(rows).sum() == count
        assert offers.own[rows].sum() == pytest.approx(own, abs=1e-9)


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_a_search_cut_short_still_bounds_what_it_did_not_look_at(seed):
    offers = small_offers(seed)
    found, best = risk_return(offers, time_limit=0.0), curve_by_definition(offers)
    assert (found.at_most[1:] >= best[1:] - 1e-8).all()
    gains = np.arange(offers.n_draws + 1) * np.maximum(best - offers.no_deal, 0.0)
    most = offers.no_deal + gains[1:].max(initial=0.0) / offers.n_draws
    assert found.payoff_at_most >= most - 1e-8
    reached = found.payoffs.max(initial=offers.no_deal)
    assert reached <= most + 1e-8


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_knowing_each_draw_before_the_offer_is_worth_what_the_full_list_says(seed):
    offers = small_offers(seed)
    found = risk_return(offers, time_limit=None)
    _, own, accepted = every_offer(offers)
    able = own >= offers.floor - NEAR
    best = np.where(accepted[able].T, own[able], -np.inf).max(axis=1, initial=-np.inf)
    expected = float(np.maximum(best, offers.no_deal).mean())
    assert found.informed[0] == pytest.approx(expected, abs=1e-8)
    assert found.informed[1] == pytest.approx(expected, abs=1e-7)
    assert found.informed[1] >= found.payoff_at_most - 1e-8
    assert found.possible == np.isfinite(best).sum()


@given(seed=st.integers(0, 2**32 - 1), many=st.integers(1, 4))
@settings(max_examples=80, deadline=None)
def test_the_search_over_draws_agrees_with_the_plain_list_of_types(seed, many):
    rng = np.random.default_rng(seed)
    own, theirs = rng.random(12), rng.random((12, many))
    asked, no_deal = rng.random(many), float(rng.random() * 0.5)
    listed = best_offer(own, theirs, asked, np.full(many, 1 / many), no_deal=no_deal)
    found = risk_return(plain_offers(own, theirs[:, :, None], asked[:, None], no_deal=no_deal))
    assert listed.payoff == pytest.approx(found.payoff_at_most, abs=1e-9)
    assert listed.informed == pytest.approx(found.informed[0], abs=1e-9)
    on_curve = [k for k in listed.curve if own[k] >= no_deal]
    assert sorted(own[on_curve]) == pytest.approx(sorted(found.own))


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_the_offer_changes_exactly_where_the_hinge_says(seed):
    offers = small_offers(seed)
    found = risk_return(offers, time_limit=None)
    if not len(found.counts):
        return
    reigns = by_no_deal(found)
    for level in np.linspace(found.own.min() - 2, found.own.max(), 23):
        lines = found.chances * found.own + (1 - found.chances) * level
        reign = max(k for k, r in enumerate(reigns) if r.since <= level + NEAR)
        assert lines[reigns[reign].point] == pytest.approx(lines.max(), abs=1e-9)
    for hinge in hinges(found, "Ann"):
        if hinge.flips_at is None:
            continue
        if hinge.parameter.startswith("no-deal"):
            lines = found.chances * found.own + (1 - found.chances) * hinge.flips_at
            assert (lines >= lines.max() - 1e-9).sum() >= 2
        else:
            gain = hinge.flips_at * (found.own[found.best] - offers.no_deal)
            rival = np.delete(found.payoffs, found.best).max()
            assert offers.no_deal + gain == pytest.approx(rival, abs=1e-9)


def scenario_curve(scenario: Scenario, who: int, n_draws: int) -> Floats:
    """Return the most in so many draws from the file's own words: every package, every draw."""
    setting = Setting(scenario, draws=n_draws, red_lines="implied")
    (drawn,), one, structure = setting.drawn, setting.one, setting.structure
    column, others = setting.columns[who], np.delete(setting.columns, who).tolist()
    binding = structure.binding("implied")
    best = np.full(n_draws + 1, -np.inf)
    for package in product(*map(range, structure.space.sizes)):
        own = float(one.utility(package)[0, column])
        lines = [k for k in binding if structure.lines[k].condition.met(package)]
        barred = any(bool(c.met(package)) for c in structure.constraints)
        own_line = any(structure.lines[k].party == column for k in lines)
        if barred or own_line or own < one.thresholds[0, column] - NEAR:
            continue
        able = (drawn.utility(package) >= drawn.thresholds - NEAR)[:, others].all(axis=1)
        able &= ~drawn.binds[:, lines].any(axis=1)
        best[: int(able.sum()) + 1] = np.maximum(best[: int(able.sum()) + 1], own)
    return best


@given(scenario=scenarios(), place=st.integers(0, 3))
@settings(max_examples=60, deadline=None)
def test_the_offers_of_a_scenario_are_those_of_its_words(scenario, place):
    n_draws = 12
    setting = Setting(scenario, draws=n_draws, red_lines="implied")
    if not setting.structure.required.any() or len(setting.parties) < 2:
        return
    who = place % len(setting.parties)
    offers, best = offers_of(setting, who), scenario_curve(scenario, who, n_draws)
    if isinstance(offers, str):
        assert np.isneginf(best[1:]).all()
        return
    found = risk_return(offers, time_limit=None)
    again = np.full(n_draws + 1, -np.inf)
    for count, own in zip(found.counts[::-1] * offers.repeats, found.own[::-1], strict=True):
        again[: count + 1] = own
    np.testing.assert_allclose(again[1:], best[1:], atol=1e-9)


def test_a_refusal_leaves_exactly_the_draws_that_refuse():
    coins = np.arange(11.0)
    asked = np.array([[2.0], [2.0], [5.0], [6.0]])
    theirs = np.repeat((10 - coins)[:, None, None], 4, axis=1)
    offers = plain_offers(coins, theirs, asked, no_deal=0.0)
    found = risk_return(offers)
    assert (found.own[found.best], found.chances[found.best]) == (4.0, 1.0)
    taught = after_refusal(offers, np.array([8]))  # all but 2 are asked for
    assert taught.chance == 0.5
    assert taught.too_little.tolist() == [1.0]
    assert (taught.asked_before[0], taught.asked_after[0]) == (3.75, 5.5)
    assert taught.again is not None
    assert taught.again.own[taught.again.best] == 4.0
    assert after_refusal(offers, np.array([0])).again is None


def test_knowing_a_threshold_is_worth_the_difference_it_makes():
    own, rng = np.array([8.0, 5.0]), np.random.default_rng(0)
    asked = rng.choice([2.0, 5.0], 400)
    accepts = np.array([asked <= 2, asked <= 5])
    worth = worth_of_knowing(asked, own, accepts, asked, accepts)
    share = float((asked <= 2).mean())
    assert worth == pytest.approx(8 * share + 5 * (1 - share) - max(8 * share, 5), abs=1e-9)
    assert worth_of_knowing(np.zeros(400), own, accepts, np.zeros(400), accepts) == 0.0


def test_the_chance_told_is_that_of_the_definition_on_the_draws_of_the_search():
    setting = Setting(read_scenario("water-dispute"), draws=500)
    offers = offers_of(setting, 0)
    assert isinstance(offers, Offers)
    found = risk_return(offers)
    tested = TestedOffers(setting, 0, found)
    tested.fresh, tested.n_fresh = setting.drawn, 500
    again = [tested.accepted(list(package)).mean() for package in tested.packages]
    assert again == pytest.approx(found.chances.tolist())
    assert (most_likely(found) == found.chances).all()


def test_every_party_can_be_the_one_that_proposes():
    setting = Setting(read_scenario("water-dispute"), draws=300)
    told = {party: ultimatum(setting, proposer=party) for party in setting.parties}
    first = told[setting.parties[0]]
    for party in setting.parties[1:]:
        offer = first.details["other_proposers"][party]["offer"]
        assert offer["outcome"] == told[party].outcome
        assert offer["own_utility"] == told[party].details["offer"]["own_utility"]
    with pytest.raises(InputError, match="no player is called 'haldn'; did you mean"):
        ultimatum(setting, proposer="haldn")


def test_nothing_is_predicted_for_a_party_alone():
    alone = Setting(read_scenario("job-offer"), chosen=("candidate",))
    for name in ("ultimatum", "private_cost", "double_auction"):
        prediction = MODELS[name](alone)
        assert prediction.not_computed
        assert not prediction.says


@pytest.mark.parametrize("name", ["job-offer", "wage-bargain", "water-dispute"])
def test_predictions_of_secret_thresholds_are_ready_for_json_and_reading_aloud(name):
    setting = Setting(read_scenario(name), draws=200)
    for model in ("ultimatum", "private_cost", "double_auction"):
        prediction = MODELS[model](setting)
        json.dumps(prediction.details, allow_nan=False)
        assert bool(prediction.says) != bool(prediction.not_computed)


def test_the_picture_of_risk_and_return_names_the_chosen_offer():
    prediction = ultimatum(Setting(read_scenario("water-dispute"), draws=200))
    figure = draw("risk_return", prediction.picture)
    assert "take-it-or-leave-it" in figure.get_label()
    (inner,) = figure.axes[0].child_axes
    named = [text.get_text() for text in inner.texts]
    assert any(text.startswith("Chosen offer") for text in named)
    assert any(text.startswith("No deal") for text in named)


def test_red_lines_that_leave_no_package_leave_no_deal():
    lines = [{"when": {"start": ["now", "month", "quarter"]}}]
    whole = read_scenario("job-offer").model_dump(mode="json", by_alias=True, exclude_none=True)
    options = list(whole["issues"]["start"]["options"])
    lines[0]["when"]["start"] = options
    whole["parties"]["employer"]["red_lines"] = lines
    prediction = ultimatum(Setting(Scenario.model_validate(whole), draws=50))
    assert prediction.outcome is None
    assert prediction.not_computed is None
    assert prediction.utilities == {"candidate": 0.4, "employer": 0.3}


def test_who_is_never_accepted_is_told_so():
    offers = plain_offers(np.array([1.0, 2.0]), np.zeros((2, 3, 1)), np.ones((3, 1)), no_deal=0.0)
    found = risk_return(offers)
    assert found.possible == 0
    assert not len(found.counts)
    assert found.payoff_at_most == 0.0
    assert found.informed == (0.0, 0.0)
