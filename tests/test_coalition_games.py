"""Shapley value, core and nucleolus: published numbers, and what their definitions say."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import chain, combinations, permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from sim.division.bankruptcy import RULES, equal_awards, equal_losses, talmud
from sim.division.coalition_game import (
    CoalitionGame,
    best_part,
    best_partition,
    members_of,
    minimal_winning,
    number,
    sums,
)
from sim.division.core import core, core_vertices, total_needed
from sim.division.nucleolus import nucleolus
from sim.division.shapley import Vote, banzhaf, shapley
from sim.errors import InputError

CASES = json.loads(
    (Path(__file__).parent / "published" / "division.json").read_text(encoding="utf-8")
)
GLOVE = CoalitionGame.of(3, {(0, 2): 1, (1, 2): 1, (0, 1, 2): 1})
MAJORITY = CoalitionGame.of(3, {(0, 1): 1, (0, 2): 1, (1, 2): 1, (0, 1, 2): 1})


def cases(model: str) -> list[Any]:
    return [pytest.param(c, id=c["id"]) for c in CASES if c["model"] == model]


@st.composite
def games(draw: st.DrawFn, most: int = 4, *, spare: bool = False) -> CoalitionGame:
    """Draw a small game; with ``spare`` its players gain by joining."""
    n = draw(st.integers(1, most))
    worths = draw(st.lists(st.integers(-6, 12), min_size=2**n - 1, max_size=2**n - 1))
    if spare:
        worths[-1] = max(worths[-1], sum(worths[(1 << k) - 1] for k in range(n)))
    unit = draw(st.sampled_from([1, 1, 3]))
    return CoalitionGame(np.array([0, *worths]), unit)


@pytest.mark.parametrize("case", cases("nucleolus_bankruptcy"))
def test_the_talmuds_three_wives(case: dict[str, Any]) -> None:
    estate = Fraction(case["parameters"]["estate"])
    claims = [Fraction(claim) for claim in case["parameters"]["claims"]]
    wanted = tuple(Fraction(award) for award in case["expected"]["awards"])
    assert talmud(estate, claims) == wanted
    assert nucleolus(CoalitionGame.bankruptcy(estate, claims)).shares == wanted


@pytest.mark.parametrize("case", cases("shapley_weighted_voting"))
def test_power_in_the_security_council(case: dict[str, Any]) -> None:
    vote = Vote(tuple(case["parameters"]["weights"]), case["parameters"]["quota"])
    wanted = [Fraction(case["expected"][kind]) for kind in ("permanent", "nonpermanent")]
    assert [vote.shapley[0], vote.shapley[-1]] == wanted
    assert shapley(vote.game) == vote.shapley
    vetoes = Vote((1,) * 15, 9, tuple(range(5)))
    assert vetoes.shapley == vote.shapley
    assert vetoes.banzhaf == vote.banzhaf


@pytest.mark.parametrize("case", cases("shapley_core"))
def test_a_market_for_gloves(case: dict[str, Any]) -> None:
    worths = {
        tuple(int(k) - 1 for k in key.split(",")): worth
        for key, worth in case["parameters"]["v"].items()
    }
    game = CoalitionGame.of(3, worths)
    assert shapley(game) == tuple(Fraction(x) for x in case["expected"]["shapley"])
    vertices = [tuple(Fraction(x) for x in corner) for corner in case["expected"]["core"]]
    assert core_vertices(game) == vertices
    assert not core(game).empty


@pytest.mark.parametrize("case", cases("shapley_airport"))
def test_a_shared_taxi(case: dict[str, Any]) -> None:
    costs = [Fraction(cost) for cost in case["parameters"]["costs"].values()]
    wanted = [Fraction(x) for x in case["expected"]["shapley"].values()]
    assert [-x for x in shapley(CoalitionGame.shared_costs(costs))] == wanted


@given(games())
def test_the_shapley_value_is_what_players_add_over_all_orders(game: CoalitionGame) -> None:
    n = game.n_players
    orders = list(permutations(range(n)))
    added = [Fraction(0)] * n
    for order in orders:
        for place, player in enumerate(order):
            before = order[:place]
            added[player] += game.worth([*before, player]) - game.worth(before)
    assert shapley(game) == tuple(total / len(orders) for total in added)
    assert sum(shapley(game)) == game.total


@given(games())
def test_the_banzhaf_index_is_what_players_add_on_average(game: CoalitionGame) -> None:
    for player in range(game.n_players):
        others = [k for k in range(game.n_players) if k != player]
        groups = list(chain.from_iterable(combinations(others, r) for r in range(len(others) + 1)))
        mean = sum((game.worth([*g, player]) - game.worth(g) for g in groups), Fraction(0))
        assert banzhaf(game)[player] == mean / len(groups)


@given(st.lists(st.integers(0, 6), min_size=1, max_size=6).filter(any), st.data())
def test_votes_are_counted_as_if_all_coalitions_were_listed(
    weights: list[int], data: st.DataObject
) -> None:
    quota = data.draw(st.integers(1, sum(weights)))
    vetoes = data.draw(st.sets(st.integers(0, len(weights) - 1)))
    vote = Vote(tuple(weights), quota, tuple(sorted(vetoes)))
    assert vote.shapley == shapley(vote.game)
    assert vote.banzhaf == banzhaf(vote.game)


def test_a_council_of_fifty_five_is_counted_exactly() -> None:
    rng = np.random.default_rng(3)
    vote = Vote(tuple(rng.integers(1, 30, 55).tolist()), 400)
    assert sum(vote.shapley) == 1
    heavy = int(np.argmax(vote.weights))
    assert vote.shapley[heavy] == max(vote.shapley)


@given(games())
def test_a_core_is_empty_exactly_where_no_division_satisfies_all(game: CoalitionGame) -> None:
    n = game.n_players
    found = core(game)
    rows = np.array([[s >> k & 1 for k in range(n)] for s in range(1, 2**n)], dtype=float)
    worths = game.worths[1:] / game.unit
    answer = linprog(
        np.zeros(n), A_ub=-rows[:-1], b_ub=-worths[:-1] + 1e-9, A_eq=rows[-1:],
        b_eq=worths[-1:], bounds=(None, None),
    )  # fmt: skip
    assert found.empty == (answer.status == 2)
    assert sum(found.point) == game.total
    if n > 1:
        misses, unit = game.excesses(found.point)
        assert Fraction(int(misses[1:-1].max()), unit) == found.excess


@given(games())
def test_the_proof_that_a_core_is_empty_holds(game: CoalitionGame) -> None:
    found = core(game)
    for player in range(game.n_players):
        covered = sum((w for s, w in found.balanced.items() if s >> player & 1), Fraction(0))
        assert covered == 1
    assert all(weight > 0 for weight in found.balanced.values())
    worth = sum((w * game.at(s) for s, w in found.balanced.items()), Fraction(0))
    assert (worth > game.total) == found.empty


@given(games(most=4))
def test_every_vertex_of_the_core_is_found(game: CoalitionGame) -> None:
    n = game.n_players
    found = core_vertices(game)
    assert found is not None
    assert (not found) == core(game).empty
    for corner in found:
        misses, _ = game.excesses(corner)
        assert misses.max() <= 0
        tight = [s for s in range(1, 2**n) if misses[s] == 0]
        rows = np.array([[s >> k & 1 for k in range(n)] for s in tight])
        assert np.linalg.matrix_rank(rows) == n
    if not found:
        return
    rows = np.array([[s >> k & 1 for k in range(n)] for s in range(1, 2**n)], dtype=float)
    worths = game.worths[1:] / game.unit
    for goal in np.random.default_rng(0).normal(size=(6, n)):
        answer = linprog(goal, A_ub=-rows[:-1], b_ub=-worths[:-1], A_eq=rows[-1:],
                         b_eq=worths[-1:], bounds=(None, None))  # fmt: skip
        best = min(float(sum(g * float(x) for g, x in zip(goal, c, strict=True))) for c in found)
        assert best == pytest.approx(answer.fun, abs=1e-6)


def test_a_core_with_too_many_vertices_is_not_half_listed() -> None:
    game = CoalitionGame.from_numbers(5, lambda s: len(members_of(s)) ** 2)
    assert core_vertices(game, most=10) is None
    listed = core_vertices(game)
    assert listed is not None
    orders = set()
    for order in permutations(range(5)):
        gains = {player: 2 * place + 1 for place, player in enumerate(order)}
        orders.add(tuple(Fraction(gains[k]) for k in range(5)))
    assert set(listed) == orders  # of a convex game: one vertex for each order of joining


@given(games())
def test_the_least_total_at_which_a_core_exists(game: CoalitionGame) -> None:
    needed = total_needed(game)
    if game.n_players == 1:
        return
    worths = game.worths * needed.denominator
    worths[-1] = int(needed * game.unit * needed.denominator)
    unit = game.unit * needed.denominator
    just = CoalitionGame(worths, unit)
    assert core(just).excess == 0
    less = worths.copy()
    less[-1] -= 1
    assert core(CoalitionGame(less, unit)).empty


def ordered(game: CoalitionGame, shares: tuple[Fraction, ...]) -> list[Fraction]:
    misses, unit = game.excesses(shares)
    return sorted((Fraction(int(m), unit) for m in misses), reverse=True)


@settings(max_examples=60, deadline=None)
@given(games(spare=True), st.data())
def test_no_division_has_lexicographically_smaller_excesses(
    game: CoalitionGame, data: st.DataObject
) -> None:
    n = game.n_players
    found = nucleolus(game)
    assert sum(found.shares) == game.total
    alone = [game.at(1 << k) for k in range(n)]
    assert all(x >= worth for x, worth in zip(found.shares, alone, strict=True))
    best = ordered(game, found.shares)
    spare = game.total - sum(alone)
    for _ in range(15):
        parts = data.draw(st.lists(st.integers(0, 6), min_size=n, max_size=n).filter(any))
        other = tuple(
            worth + spare * Fraction(part, sum(parts))
            for worth, part in zip(alone, parts, strict=True)
        )
        assert best <= ordered(game, other)
        near = tuple(
            x + (y - x) / 50 for x, y in zip(found.shares, other, strict=True)
        )  # the set of divisions is convex
        assert best <= ordered(game, near)


@given(st.lists(st.integers(1, 20), min_size=1, max_size=5), st.fractions(0, 1, max_denominator=7))
def test_the_talmuds_rule_is_the_nucleolus(claims: list[int], share: Fraction) -> None:
    estate = share * sum(claims)
    assert nucleolus(CoalitionGame.bankruptcy(estate, claims)).shares == talmud(estate, claims)


@given(st.lists(st.integers(1, 20), min_size=1, max_size=5), st.fractions(0, 1, max_denominator=7))
def test_every_rule_pays_out_the_estate_and_nobody_more_than_its_claim(
    claims: list[int], share: Fraction
) -> None:
    estate = share * sum(claims)
    for rule in RULES.values():
        awards = rule(estate, claims)
        assert sum(awards) == estate
        assert all(0 <= a <= c for a, c in zip(awards, claims, strict=True))
    left = sum(claims) - estate
    lost = tuple(c - a for c, a in zip(claims, equal_losses(estate, claims), strict=True))
    assert lost == equal_awards(left, claims)


def test_between_two_what_both_claim_is_halved() -> None:
    assert talmud(1, [1, Fraction(1, 2)]) == (Fraction(3, 4), Fraction(1, 4))  # Bava Metzia 2a


def test_three_who_share_by_majority_have_no_stable_division() -> None:
    found = core(MAJORITY)
    assert found.empty
    assert found.balanced == {s: Fraction(1, 2) for s in (3, 5, 6)}
    assert total_needed(MAJORITY) == Fraction(3, 2)
    assert nucleolus(MAJORITY).shares == (Fraction(1, 3),) * 3


def test_what_coalitions_are_worth_that_are_not_listed() -> None:
    pairs = {number([0, 1]): Fraction(3), number([2, 3]): Fraction(2), 1: Fraction(1)}
    part, split = best_part(4, pairs), best_partition(4, pairs)
    assert (part.total, split.total) == (3, 5)
    assert part.worth([0, 2, 3]) == 2
    assert split.worth([0, 2, 3]) == 3
    assert split.superadditive
    assert part.monotone
    assert not part.superadditive


@given(games(most=3))
def test_what_a_game_is_called_it_is(game: CoalitionGame) -> None:
    every = range(2**game.n_players)
    worth = game.at
    assert game.monotone == all(worth(s) <= worth(t) for s in every for t in every if s & t == s)
    assert game.superadditive == all(
        worth(s) + worth(t) <= worth(s | t) for s in every for t in every if not s & t
    )
    assert game.convex == all(
        worth(s) + worth(t) <= worth(s | t) + worth(s & t) for s in every for t in every
    )


def test_who_wins_a_vote_and_with_whom() -> None:
    vote = Vote((3, 2, 1), 4)
    assert minimal_winning(vote.game) == [[0, 1], [0, 2]]
    assert vote.game.simple
    assert GLOVE.simple
    assert GLOVE.superadditive
    assert not GLOVE.convex


def test_numbers_of_any_size_are_added_without_rounding() -> None:
    huge = 10**30
    game = CoalitionGame.of(2, {(0,): huge, (1,): 1, (0, 1): huge + 3})
    assert shapley(game) == (huge + 1, 2)
    assert nucleolus(game).shares == (huge + 1, 2)
    assert sums([huge, 1]).tolist() == [0, huge, 1, huge + 1]


def test_games_that_make_no_sense_are_refused() -> None:
    with pytest.raises(InputError, match="1 to 20 players"):
        CoalitionGame.of(21, {})
    with pytest.raises(InputError, match="more alone than all together"):
        nucleolus(CoalitionGame.of(2, {(0,): 2, (1,): 2, (0, 1): 3}))
    for weights, quota, vetoes, said in (
        ((1, -1), 1, (), "negative"),
        ((1, 1), 3, (), "quota must lie between 1 and all votes, 2"),
        ((1, 1), 1, (4,), "vetoes"),
        ((10**6,) * 9, 10**6, (), "larger units"),
    ):
        with pytest.raises(InputError, match=said):
            Vote(weights, quota, vetoes)
    with pytest.raises(InputError) as told:
        talmud(-1, [0])
    assert str(told.value).count("\n") == 1
    with pytest.raises(InputError, match="covers all claims"):
        talmud(7, [1, 2])
    with pytest.raises(InputError, match="nobody claims"):
        talmud(0, [])
