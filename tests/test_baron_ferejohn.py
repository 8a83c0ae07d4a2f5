"""Dividing by majority: published shares, and the definition checked coalition by coalition."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from sim.equilibria.offers.backward_induction import Rules
from sim.equilibria.offers.baron_ferejohn import Majority, baron_ferejohn
from sim.equilibria.offers.quota import Consent
from sim.equilibria.offers.stationary import Stationary, after, stationary
from sim.errors import InputError

CASES = json.loads(
    (Path(__file__).parent / "published" / "alternating_offers.json").read_text(encoding="utf-8")
)
DIVISIONS = [pytest.param(c, id=c["id"]) for c in CASES if c["model"].startswith("baron_ferejohn")]


def number(text: str | float) -> float:
    return float(Fraction(str(text)))


@pytest.mark.parametrize("case", DIVISIONS)
def test_a_published_division(case: dict[str, Any]) -> None:
    game, wanted = case["parameters"], case["expected"]
    n = game["n"]
    same = game["recognition"] == "uniform"
    chances = [1 / n] * n if same else [number(p) for p in game["recognition"]]
    vetoes = [who - 1 for who in game.get("veto_players", [])]
    found = baron_ferejohn(chances, number(game["delta"]), quota=game["q"], vetoes=vetoes)
    said = {
        "proposer": found.keeps[0],
        "partner": found.prices[0],
        "ex_ante_veto": found.values[0],
        "ex_ante_nonveto": found.values[-1],
        "veto_proposer_keeps": found.keeps[0],
        "nonveto_proposer_keeps": found.keeps[-1],
    }
    for key, value in wanted.items():
        if key == "ex_ante" and isinstance(value, list):
            assert found.values == pytest.approx([number(v) for v in value], abs=1e-9)
        elif key == "ex_ante":
            assert found.values == pytest.approx([number(value)] * n, abs=1e-9)
        else:
            assert said[key] == pytest.approx(number(value), abs=1e-9), key


def test_a_veto_grows_with_patience() -> None:
    """The closed form (2 - d) / (6 - 5 d), derived from the model of Winter (1996)."""
    for delta in (0.1, 0.5, 0.95, 0.999):
        found = baron_ferejohn([1 / 3] * 3, delta, quota=2, vetoes=[0])
        assert found.values[0] == pytest.approx((2 - delta) / (6 - 5 * delta))


def test_where_all_must_agree_each_gets_its_chance_of_proposing() -> None:
    """The unanimity rule of Hart & Mas-Colell (1996) for one pie."""
    found = baron_ferejohn([0.5, 0.3, 0.2], 0.9, quota=3)
    assert found.values == pytest.approx([0.5, 0.3, 0.2])
    assert found.keeps[0] == pytest.approx(1 - 0.9 * 0.5)


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_every_proposer_buys_the_cheapest_votes_and_values_follow(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 6))
    p = rng.dirichlet(np.ones(n) * rng.choice([0.3, 1, 5]))
    delta = rng.choice([0.3, 0.5, 0.8, 0.95, 0.99], n)
    quota = int(rng.integers(1, n + 1))
    vetoes = np.flatnonzero(rng.random(n) < 0.25).tolist()
    found = baron_ferejohn(p, delta, quota=quota, vetoes=vetoes)
    assert found.values.sum() == pytest.approx(1)
    assert found.prices == pytest.approx(delta * found.values)
    cheapest = [_cheapest(found, who, quota, vetoes) for who in range(n)]
    assert found.keeps == pytest.approx([1 - cost for cost, _ in cheapest])
    assert _mixing_explains(found, p, [ways for _, ways in cheapest])


def _cheapest(
    found: Majority, who: int, quota: int, vetoes: list[int]
) -> tuple[float, list[tuple[int, ...]]]:
    """Price every coalition that would do, and keep the cheapest."""
    others = [k for k in range(len(found.values)) if k != who]
    ways = [
        some
        for m in range(len(others) + 1)
        for some in combinations(others, m)
        if len(some) + 1 >= quota and set(vetoes) <= {who, *some}
    ]
    prices = [float(found.prices[list(some)].sum()) for some in ways]
    best = min(prices)
    return best, [w for w, price in zip(ways, prices, strict=True) if price <= best + 1e-9]


def _mixing_explains(found: Majority, p: np.ndarray, ways: list[list[tuple[int, ...]]]) -> bool:
    """Tell whether proposers can choose among cheapest coalitions so that values come out."""
    n = len(p)
    columns = [(who, way) for who in range(n) for way in ways[who]]
    one = [[float(who == k) for who, _ in columns] for k in range(n)]
    paid = [[p[who] * found.prices[k] * (k in way) for who, way in columns] for k in range(n)]
    bought = found.values - p * found.keeps
    slack = np.vstack([np.zeros((n, 2 * n)), np.hstack([np.eye(n), -np.eye(n)])])
    answer = linprog(
        [0.0] * len(columns) + [1.0] * (2 * n),
        A_eq=np.hstack([np.array(one + paid), slack]),
        b_eq=np.concatenate([np.ones(n), bought]),
    )
    return answer.status == 0 and answer.fun < 1e-7


def _holds(points: np.ndarray, rules: Rules, consent: Consent, one: Stationary) -> bool:
    """Check a stationary equilibrium from its definition, point by point."""
    follow = after(one.values, rules)
    for k, who in enumerate(one.turns):
        wait = rules.waiting(0, follow[k])
        demand = np.maximum(wait, rules.outside) - 1e-9
        accepted = [
            place
            for place, point in enumerate(points)
            if len(yes := {who, *np.flatnonzero(point >= demand)}) >= consent.quota
            and set(consent.vetoes) <= yes
        ]
        own = points[one.proposals[k], who]
        if one.proposals[k] not in accepted or own < max(points[accepted, who]) - 1e-8:
            return False
        if own < wait[who] - 1e-8:
            return False
    return True


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_nobody_gains_by_another_proposal_or_vote_whatever_the_quota(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 5))
    points = rng.integers(0, 9, (int(rng.integers(1, 12)), n)).astype(float)
    consent = Consent.of(
        n, int(rng.integers(1, n + 1)), np.flatnonzero(rng.random(n) < 0.2).tolist()
    )
    rules = Rules.of(
        rng.choice([0.5, 0.8, 0.95], n),
        rng.integers(0, 3, n).astype(float),
        breakdown=float(rng.choice([0, 0.2])),
        order=rng.permutation(n).tolist(),
        chances=rng.dirichlet(np.ones(n)) if rng.random() < 0.5 else None,
    )
    found = stationary(points, rules, quota=consent.quota, vetoes=consent.vetoes)
    assert all(_holds(points, rules, consent, one) for one in found)
    same = [
        Stationary(one, np.full(len(one), k), np.tile(points[k], (len(one), 1)))
        for one in [tuple(range(n)) if rules.chances is not None else rules.order]
        for k in range(len(points))
    ]
    wanted = {one.values.tobytes() for one in same if _holds(points, rules, consent, one)}
    if not (n == 2 and consent.unanimous):  # there only what is efficient is proposed
        assert wanted <= {one.values.tobytes() for one in found}


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_all_stationary_pairs_of_two_are_found(seed: int) -> None:
    rng = np.random.default_rng(seed)
    points = np.unique(rng.integers(0, 12, (8, 2)).astype(float), axis=0)
    keep = [not ((points >= p).all(axis=1) & (points > p).any(axis=1)).any() for p in points]
    points = points[keep]
    lot = [0.4, 0.6] if rng.random() < 0.5 else None
    rules = Rules.of(rng.choice([0.5, 0.8, 0.95], 2), [1.0, 1.0], chances=lot)
    found = {one.proposals.tobytes() for one in stationary(points, rules)}
    every = [np.array([x, y]) for x in range(len(points)) for y in range(len(points))]
    wanted = {
        pair.tobytes()
        for pair in every
        if _holds(points, rules, Consent.of(2), Stationary((0, 1), pair, points[pair]))
    }
    assert found == wanted


def test_rules_of_decision_that_make_no_sense_are_refused() -> None:
    with pytest.raises(InputError, match="between 1 and 3"):
        baron_ferejohn([1 / 3] * 3, 0.9, quota=4)
    with pytest.raises(InputError, match="vetoes"):
        baron_ferejohn([1 / 3] * 3, 0.9, vetoes=[5])
    with pytest.raises(InputError, match="add up to 1"):
        baron_ferejohn([0.5, 0.6], 0.9)
    with pytest.raises(InputError, match="discount"):
        baron_ferejohn([0.5, 0.5], 1.2)
    with pytest.raises(InputError, match="two parties"):
        baron_ferejohn([1.0], 0.9)
