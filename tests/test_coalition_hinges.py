"""What coalition games hinge on: solved again just inside and just outside of each turn."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.division.bankruptcy import talmud
from sim.division.coalition_game import CoalitionGame
from sim.division.core import core
from sim.division.nucleolus import nucleolus
from sim.division.shapley import Vote, shapley
from sim.equilibria.coalitions.file import CoalitionFile, played
from sim.equilibria.coalitions.models import fairest, power, stability
from sim.equilibria.coalitions.played_game import Played
from sim.equilibria.game_files import GAMES
from sim.equilibria.prediction import Hinge
from sim.findings.predictions import hinge_in_words
from sim.formats.games import find_game, read_game, shipped_games

NAMES = {"a": "Ann", "b": "Bob", "c": "Eve", "d": "Dan"}
STEP = Fraction(1, 1000)


def file(n: int = 3, **parts: Any) -> CoalitionFile:
    players = dict(list(NAMES.items())[:n])
    whole = {"coalitions": 1, "title": "A game", "players": players} | parts
    return CoalitionFile.model_validate(whole)


def at(hinge: Hinge) -> Fraction:
    assert hinge.flips_at is not None
    return Fraction(hinge.flips_at).limit_denominator(10**6)


SHIPPED = [found for name in shipped_games() if (found := find_game(name))
           and found[1] in ("coalitions", "division")]  # fmt: skip


@pytest.mark.parametrize("found", SHIPPED)
def test_every_answer_to_a_shipped_game_says_what_it_hinges_on(found: tuple[Path, str]) -> None:
    path, kind = found
    for ask in GAMES[kind].models.values():
        assert ask(read_game(path, kind)).hinges


VOTES = [
    Vote((4, 3, 2, 1), 6),
    Vote((3, 1, 1), 3),
    Vote((5, 3, 3, 2), 7, (3,)),
    Vote((1, 1, 1), 2),
    Vote((2, 2, 0), 4),
]


def asked(vote: Vote) -> CoalitionFile:
    keys = list(NAMES)[: len(vote.weights)]
    weights = dict(zip(keys, vote.weights, strict=True))
    vetoes = [keys[k] for k in vote.vetoes]
    votes = {"weights": weights, "quota": vote.quota, "vetoes": vetoes}
    return file(len(keys), vote=votes)


@pytest.mark.parametrize("vote", VOTES)
def test_the_nearest_quota_that_moves_power_is_found(vote: Vote) -> None:
    hinge = power(played(asked(vote))).hinges[0]
    moved = [q for q in range(1, sum(vote.weights) + 1)
             if Vote(vote.weights, q, vote.vetoes).shapley != vote.shapley]  # fmt: skip
    check_nearest(hinge, vote, moved)


def check_nearest(hinge: Hinge, vote: Vote, moved: list[int]) -> None:
    if not moved:
        assert hinge.flips_at is None
        assert hinge.then == f"from 1 to {sum(vote.weights)}"
        return
    assert hinge.whole
    assert at(hinge) in moved
    assert abs(at(hinge) - vote.quota) == min(abs(q - vote.quota) for q in moved)


@pytest.mark.parametrize("vote", VOTES)
def test_a_voter_loses_or_gains_power_where_its_votes_say(vote: Vote) -> None:
    names = list(NAMES.values())
    for hinge in power(played(asked(vote))).hinges[1:]:
        who = names.index(hinge.parameter.removeprefix("votes of "))
        has = []
        step = 1 if hinge.flips_at > hinge.now else -1  # type: ignore[operator]
        for votes in (int(at(hinge)) - step, int(at(hinge))):
            weights = tuple(votes if k == who else w for k, w in enumerate(vote.weights))
            passes = sum(weights) >= vote.quota
            has.append(passes and Vote(weights, vote.quota, vote.vetoes).shapley[who] > 0)
            assert passes is not (votes == at(hinge) and "no motion can pass" in hinge.then)
        assert has == [step < 0, step > 0]


@pytest.mark.parametrize("vote", VOTES)
@pytest.mark.parametrize("model", [stability, fairest])
def test_the_nearest_quota_that_moves_the_core_or_the_nucleolus_is_found(
    vote: Vote, model: Any
) -> None:
    def answer(quota: int) -> Any:
        found = model(played(asked(Vote(vote.weights, quota, vote.vetoes))))
        if found.not_computed is not None:
            return None
        parts = ("vertices", "empty") if model is stability else ("nucleolus",)
        return [found.details[part] for part in parts]

    hinge = model(played(asked(vote))).hinges[0]
    now, most = answer(vote.quota), sum(vote.weights)
    moved = [q for q in range(1, most + 1) if answer(q) != now]
    check_nearest(hinge, vote, moved)


def test_a_council_too_large_to_list_tells_the_quota_at_which_all_have_a_veto() -> None:
    names = {f"p{k}": f"Member {k}" for k in range(27)}
    votes = {"weights": dict.fromkeys(names, 1), "quota": 20}
    council = file(players=names, vote=votes)
    (hinge,) = stability(played(council)).hinges
    assert (hinge.flips_at, hinge.whole) == (27.0, True)
    assert "each with a veto" in hinge.then


WORTHS = {"a": 2, "b": 1, "c": 0, "ab": 5, "ac": 4, "bc": 2, "abc": 7}


def listed_game(**changed: int) -> CoalitionFile:
    worths = WORTHS | changed
    return file(worths=[{"of": list(of), "worth": worth} for of, worth in worths.items()])


def changed(game: CoalitionGame, coalition: int, worth: Fraction) -> CoalitionGame:
    return CoalitionGame.from_numbers(
        game.n_players, lambda s: worth if s == coalition else game.at(s)
    )


def test_the_second_overtakes_the_first_where_the_value_is_linear() -> None:
    game = played(listed_game()).game
    assert game is not None
    (hinge,) = power(played(listed_game())).hinges
    assert hinge.parameter == "worth of Bob and Eve, all other worths kept"
    assert hinge.then == "Bob gets more than Ann"
    inside, outside = (shapley(changed(game, 0b110, at(hinge) + s)) for s in (-STEP, STEP))
    assert inside[0] > inside[1]
    assert outside[0] < outside[1]
    exactly = shapley(changed(game, 0b110, at(hinge)))
    assert exactly[0] == exactly[1]


@pytest.mark.parametrize("seed", range(10))
def test_of_any_four_the_second_overtakes_the_first_where_it_says(seed: int) -> None:
    worths = np.random.default_rng(seed).integers(-5, 20, 16)
    worths[0] = 0
    game = CoalitionGame(worths, 3)
    (hinge,) = power(Played("A game", NAMES, game)).hinges
    values = shapley(game)
    first = values.index(max(values))
    second = list(NAMES.values()).index(hinge.then.removeprefix("above it ").split(" gets")[0])
    gaps = []
    for worth in (at(hinge) - STEP, at(hinge), at(hinge) + STEP):
        after = shapley(changed(game, 15 - (1 << first), worth))
        gaps.append(after[first] - after[second])
    assert gaps[0] > gaps[1] == 0 > gaps[2]


def test_costs_of_all_empty_the_core_above_what_the_hinge_says() -> None:
    players = played(file(shared_costs={"a": 6, "b": 12, "c": 42}))
    game = players.game
    assert game is not None
    (hinge,) = stability(players).hinges
    assert (hinge.now, hinge.flips_at, hinge.then) == (42.0, 48.0, "the core is empty")
    assert fairest(players).hinges[1].flips_at == 48.0
    assert core(changed(game, 0b111, -at(hinge) - STEP)).empty
    assert not core(changed(game, 0b111, -at(hinge))).empty


@pytest.mark.parametrize("worth", [3, 9])
def test_all_together_need_as_much_as_the_hinge_says(worth: int) -> None:
    parts = {"bc": 4, "ac": 5, "abc": worth}
    players = played(listed_game(**parts))
    game = players.game
    assert game is not None
    (hinge,) = stability(players).hinges
    assert ("not empty" in hinge.then) == (at(hinge) > worth)
    assert core(changed(game, 0b111, at(hinge) - STEP)).empty
    assert not core(changed(game, 0b111, at(hinge))).empty
    if worth == 9:
        (same,) = fairest(players).hinges
        assert same.flips_at == hinge.flips_at
        misses = [nucleolus(changed(game, 0b111, at(hinge) + s)).levels[0][0] for s in (-STEP, 0)]
        assert misses[0] > 0 >= misses[1]


@pytest.mark.parametrize("model", [power, fairest])
def test_who_pays_most_turns_where_needs_cross(model: Any) -> None:
    def pays(bob: Fraction) -> dict[str, float]:
        shares = model(played(file(shared_costs={"a": 6, "b": float(bob), "c": 42}))).utilities
        assert shares is not None
        return dict(shares)

    hinge = model(played(file(shared_costs={"a": 6, "b": 12, "c": 42}))).hinges[0]
    assert hinge_in_words(hinge) == "cost of Bob (now 12): above 42, Bob pays more than Eve"
    inside, outside = pays(at(hinge) - STEP), pays(at(hinge) + STEP)
    assert inside["b"] < inside["c"]
    assert outside["b"] > outside["c"]


@pytest.mark.parametrize("estate", [120, 200, 300, 430, 480])
def test_an_estate_turns_where_the_talmud_does(estate: int) -> None:
    claims = [Fraction(x) for x in (100, 200, 300)]
    players = played(file(estate={"amount": estate, "claims": {"a": 100, "b": 200, "c": 300}}))
    half, turn = fairest(players).hinges
    assert [hinge.parameter for hinge in stability(players).hinges] == ["estate", "estate"]
    assert half.flips_at == 300.0
    gains = []
    for start in (at(turn) - STEP, at(turn)):
        before, after = talmud(start, claims), talmud(start + STEP, claims)
        game = CoalitionGame.bankruptcy(start, claims)
        assert nucleolus(game).shares == before  # the rule is the nucleolus
        gains.append([k for k in range(3) if after[k] > before[k]])
    assert gains[0] != gains[1]
    beyond = gains[int(at(turn) >= estate)]
    names = [list(NAMES.values())[k] for k in beyond]
    assert all(name in turn.then for name in names) or (len(names) == 3 and "all a" in turn.then)
    assert ("goes to" in turn.then) == (at(turn) >= estate)
    nearest = min((150, 250, 350, 450), key=lambda t: abs(t - estate))
    assert turn.flips_at == nearest


@pytest.mark.parametrize("estate", [150, 200, 250])
def test_the_largest_claim_gets_more_once_the_next_fits_in_the_estate(estate: int) -> None:
    claims = (100, 200, 300)
    players = played(
        file(estate={"amount": estate, "claims": dict(zip("abc", claims, strict=True))})
    )
    (hinge,) = power(players).hinges
    inside, outside = (
        shapley(CoalitionGame.bankruptcy(at(hinge) + s, claims)) for s in (-STEP, STEP)
    )
    assert inside[1] == inside[2]
    assert outside[1] < outside[2]
    assert ("get the same" in hinge.then) == (estate > 200)


def test_equal_claims_and_lone_players_say_that_nothing_flips() -> None:
    same = played(file(estate={"amount": 90, "claims": {"a": 100, "b": 100, "c": 100}}))
    for model in (power, fairest):
        assert [hinge.flips_at for hinge in model(same).hinges] == [None]
    lone = played(file(1, worths=[{"of": ["a"], "worth": 2}]))
    assert power(lone).hinges[0].flips_at is None
    toll = played(file(1, shared_costs={"a": 2}))
    assert power(toll).hinges[0].now == 2.0
