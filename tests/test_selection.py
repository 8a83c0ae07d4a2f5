"""Which equilibrium: risk dominance, trembling hands, dominated strategies, learning, evolution."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import InputError
from sim.games.bimatrix import Bimatrix
from sim.games.correlated import correlated_equilibrium
from sim.games.dominance import perfect, strictly_dominated, surviving, undominated
from sim.games.enumeration import all_equilibria
from sim.games.evolution import basins, moran, replicator
from sim.games.learning import fictitious_play, stochastic_fictitious_play
from sim.games.quantal import quantal_path, quantal_points
from sim.games.risk_dominance import risk_dominance
from sim.games.two_by_two import famous, situation, situations

CHICKEN = Bimatrix.of([[6, 2], [7, 0]], [[6, 7], [2, 0]])
DILEMMA = Bimatrix.of([[3, 0], [5, 1]], [[3, 5], [0, 1]])
STAG_HUNT = Bimatrix.of([[4, 1], [3, 3]], [[4, 3], [1, 3]])
PENNIES = Bimatrix.of([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
NOTHING = Bimatrix.of(np.zeros((2, 2)), np.zeros((2, 2)))


@pytest.mark.parametrize(
    ("game", "name"),
    [
        (CHICKEN, "chicken"),
        (DILEMMA, "prisoner's dilemma"),
        (STAG_HUNT, "stag hunt"),
        (PENNIES, "matching pennies"),
        (Bimatrix.of([[1, 0], [3, 2]], [[1, 3], [0, 2]]), "harmony"),
        (Bimatrix.of([[3, 2], [1, 0]], [[3, 1], [2, 0]]), "harmony"),
        (Bimatrix.of([[2, 0], [0, 1]], [[1, 0], [0, 2]]), "battle of the sexes"),
    ],
)
def test_famous_games_are_known_by_their_order_of_payoffs(game: Bimatrix, name: str) -> None:
    assert famous(game) == name
    turned = Bimatrix.of(game.row[::-1], game.column[::-1])
    assert famous(turned) == name


def test_a_tie_puts_a_player_on_the_border_between_two_games() -> None:
    assert situation(np.array([[3.0, 1.0], [5.0, 1.0]])).startswith("on the border between chicken")
    assert situation(np.array([[1.0, 0.0], [3.0, 2.0]])) == "deadlock"
    assert situations(CHICKEN) == ("chicken", "chicken")
    assert famous(Bimatrix.of([[1]], [[1]])) is None


def test_hunting_hare_is_safer_and_hunting_the_stag_is_better() -> None:
    found = risk_dominance(STAG_HUNT)
    assert found is not None
    assert (found.dominant, found.payoff_dominant) == ((1, 1), (0, 0))
    assert found.products == (1, 4)


@given(st.integers(0, 2**32 - 1))
def test_the_risk_dominant_equilibrium_is_best_against_even_doubt_in_symmetric_games(
    seed: int,
) -> None:
    own = np.random.default_rng(seed).integers(0, 9, (2, 2)).astype(float)
    found = risk_dominance(Bimatrix.of(own, own.T))
    if found is None or found.equilibria != ((0, 0), (1, 1)):
        return
    lead = own[0].sum() - own[1].sum()
    assert found.dominant == (None if lead == 0 else (0, 0) if lead > 0 else (1, 1))


def test_risk_dominance_is_not_computed_where_it_is_not_defined_here() -> None:
    assert risk_dominance(DILEMMA) is None
    assert risk_dominance(Bimatrix.of(np.eye(3), np.eye(3))) is None
    assert risk_dominance(NOTHING) is None
    even = risk_dominance(Bimatrix.of(np.eye(2), np.eye(2)))
    assert even is not None
    assert even.dominant is None


def test_refusing_an_offer_out_of_spite_does_not_survive_trembling_hands() -> None:
    game = Bimatrix.of([[1, 0], [0, 0]], [[1, 0], [0, 0]])
    found = all_equilibria(game).extreme
    assert [e.pure for e, fine in zip(found, perfect(game, found), strict=True) if fine] == [(0, 0)]


def weakly_dominated(payoffs: np.ndarray, chosen: np.ndarray) -> bool:
    """Tell by the definition, over a grid of mixtures of three strategies."""
    steps = 24
    grid = np.array([(i, j, steps - i - j) for i in range(steps + 1) for j in range(steps + 1 - i)])
    rivals = grid / steps @ payoffs
    own = chosen @ payoffs
    return bool(((rivals >= own - 1e-9).all(axis=1) & (rivals > own + 1e-9).any(axis=1)).any())


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_undominated_means_that_no_mixture_is_at_least_as_good_and_once_better(seed: int) -> None:
    rng = np.random.default_rng(seed)
    payoffs = rng.integers(0, 4, (3, 3)).astype(float)
    for k in range(3):
        if weakly_dominated(payoffs, np.eye(3)[k]):
            assert not undominated(payoffs, [k])
        if strictly_dominated(payoffs, k):
            assert not undominated(payoffs, [k])
    # every game has an equilibrium in undominated strategies (Selten 1975)
    game = Bimatrix.of(payoffs, rng.integers(0, 4, (3, 3)))
    found = all_equilibria(game).extreme
    assert any(perfect(game, found))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_what_is_struck_off_is_played_in_no_equilibrium(seed: int) -> None:
    rng = np.random.default_rng(seed)
    game = Bimatrix.of(*rng.integers(0, 4, (2, *rng.integers(1, 5, 2))))
    left = surviving(game)
    assert left.rows
    assert left.columns
    for e in all_equilibria(game).extreme:
        assert set(np.flatnonzero(e.x > 1e-9).tolist()) <= set(left.rows)
        assert set(np.flatnonzero(e.y > 1e-9).tolist()) <= set(left.columns)


def test_a_mediator_adds_most_in_chicken() -> None:
    assert sum(correlated_equilibrium(CHICKEN).payoffs) == pytest.approx(10.5)


@pytest.mark.parametrize("game", [CHICKEN, DILEMMA, STAG_HUNT, PENNIES])
def test_players_who_learn_in_small_games_come_to_an_equilibrium(game: Bimatrix) -> None:
    assert fictitious_play(game, 3000, seed=1).regret < 0.03 * game.scale()
    noisy = stochastic_fictitious_play(game, 3000, noise=0.02, seed=1)
    assert noisy.regret < 0.1 * game.scale()


def test_learning_and_copying_repeat_themselves_from_a_seed_and_leave_chance_alone() -> None:
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    first, second = (fictitious_play(PENNIES, 50, seed=3).x for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert moran([[1, 2], [2, 1]], [0, 0, 1, 1], seed=5) == moran(
        [[1, 2], [2, 1]], [0, 0, 1, 1], seed=5
    )
    np.testing.assert_array_equal(before, np.random.get_state()[1])  # noqa: NPY002


def test_defection_spreads_and_trust_does_where_it_began_strong() -> None:
    x, y = replicator(DILEMMA, [0.9, 0.1], [0.9, 0.1], [0.0, 10.0, 30.0])
    assert min(x[-1, 1], y[-1, 1]) > 0.999
    strong, weak = ([0.8, 0.2], [0.8, 0.2]), ([0.5, 0.5], [0.5, 0.5])
    assert replicator(STAG_HUNT, *strong, [0.0, 60.0])[0][-1, 0] > 0.99
    assert replicator(STAG_HUNT, *weak, [0.0, 60.0])[0][-1, 0] < 0.01


def test_basins_lead_where_nashpys_dynamics_lead() -> None:
    found = basins(STAG_HUNT, grid=15)
    for j in range(0, 14, 4):
        for i in range(0, 15, 4):
            p, q = (i + 0.5) / 15, (j + 0.5) / 14
            x, y = replicator(STAG_HUNT, [1 - p, p], [1 - q, q], [0.0, 300.0])
            end = found.corners[found.where[j, i]]
            np.testing.assert_allclose([x[-1, 1], y[-1, 1]], end, atol=1e-3)


def test_shares_that_go_round_for_ever_lead_to_no_corner() -> None:
    assert not len(basins(PENNIES, grid=15).corners)
    assert not len(basins(NOTHING, grid=15).corners)
    np.testing.assert_allclose(basins(CHICKEN, grid=15).shares, 0.5)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_quantal_path_read_at_once_is_the_path_followed_again(seed: int) -> None:
    game = Bimatrix.of(*np.random.default_rng(seed).random((2, 2, 3)))
    at_once = quantal_points(game, [0.0, 1.0, 4.0])
    for precision, here in zip([0.0, 1.0, 4.0], at_once, strict=True):
        path = quantal_path(game, precision)
        assert here is not None
        np.testing.assert_allclose(here[0], path.x[-1], atol=1e-7)


def test_questions_without_sense_are_refused_with_the_cure() -> None:
    with pytest.raises(InputError, match="at least one round"):
        fictitious_play(PENNIES, 0)
    with pytest.raises(InputError, match="noise must be above 0"):
        stochastic_fictitious_play(PENNIES, 5, noise=0.0)
    with pytest.raises(InputError, match="none negative"):
        moran([[1, -1], [0, 0]], [0, 1])
    with pytest.raises(InputError, match="strategies 0 to 1"):
        moran([[1, 1], [0, 0]], [0, 2])
    with pytest.raises(InputError, match="add up to 1"):
        replicator(PENNIES, [0.5, 0.6], [0.5, 0.5], [0.0, 1.0])
    with pytest.raises(InputError, match="each later"):
        replicator(PENNIES, [0.5, 0.5], [0.5, 0.5], [1.0, 0.0])
    with pytest.raises(InputError, match="two strategies each"):
        basins(Bimatrix.of(np.eye(3), np.eye(3)))
