"""Games of two players in files of their own: read strictly, answered, drawn."""

from __future__ import annotations

import json
from functools import cache
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from matplotlib.text import Text

from sim.equilibria.bimatrix.evolution_hinges import places, share_hinges
from sim.equilibria.bimatrix.file import BimatrixFile
from sim.equilibria.bimatrix.hinges import both, changed_payoff, payoff_hinges, weight_hinges
from sim.equilibria.bimatrix.strategic import Strategic, pair_of, solved
from sim.equilibria.game_files import GAMES
from sim.equilibria.prediction import Prediction
from sim.errors import ScenarioError
from sim.formats.games import find_game, read_game
from sim.games.bimatrix import Bimatrix
from sim.games.correlated import correlated_equilibrium
from sim.games.enumeration import all_equilibria
from sim.games.evolution import replicator
from sim.games.quantal import quantal_response
from sim.plots import alt_text, caption, draw

MODELS = GAMES["bimatrix"].models
SHIPPED = {
    "prisoners-dilemma": "prisoner's dilemma",
    "chicken": "chicken",
    "stag-hunt": "stag hunt",
    "battle-of-the-sexes": "battle of the sexes",
    "matching-pennies": "matching pennies",
    "demand-of-four": None,
}


def tables(m: int, n: int) -> st.SearchStrategy[np.ndarray]:
    """Payoffs of both in whole numbers, so that many are tied."""
    return arrays(float, (2, m, n), elements=st.integers(0, 5).map(float))


@cache
def answered(name: str, model: str = "nash") -> Prediction:
    found = find_game(name)
    assert found is not None
    return MODELS[model](read_game(*found))


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("model", MODELS)
def test_shipped_games_are_answered_by_every_model(name: str, model: str) -> None:
    found = answered(name, model)
    assert found.not_computed is None
    assert found.says.endswith(".")
    json.dumps(found.details, allow_nan=False)


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_games_are_what_they_are_called_and_cite_their_source(name: str) -> None:
    assert answered(name).details["famous"] == SHIPPED[name]
    found = find_game(name)
    assert found is not None
    file = read_game(*found)
    assert isinstance(file, BimatrixFile)
    assert file.source
    assert file.sources


def test_equilibria_of_chicken_come_in_exact_fractions_and_the_advice_beats_them() -> None:
    mixed = next(e for e in answered("chicken").details["equilibria"] if not e["pure"])
    assert mixed["exact"]["ann"] == {"dove": "2/3", "hawk": "1/3"}
    assert answered("chicken", "correlated").utilities == pytest.approx({"ann": 5.25, "bob": 5.25})


def test_the_best_reply_changes_at_the_payoff_that_the_hinge_names() -> None:
    hinge = answered("chicken").hinges[0]
    assert (hinge.now, hinge.flips_at) == (7.0, 6.0)
    assert "Ann holds out and Bob gives way" in hinge.parameter


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("model", MODELS)
def test_every_answer_says_on_what_it_hinges(name: str, model: str) -> None:
    assert answered(name, model).hinges


def pairs(game: Bimatrix) -> list[tuple[int, int]]:
    return sorted(p.pure for p in all_equilibria(game).extreme if p.pure is not None)


@given(tables(3, 4))
def test_equilibria_change_at_the_payoff_that_a_hinge_names_and_no_sooner(
    payoffs: np.ndarray,
) -> None:
    game = Bimatrix.of(*payoffs)
    table = game_of(*payoffs.tolist())
    # payoffs are whole numbers, so that half of one is on one side of each tie
    for k, hinge in enumerate(payoff_hinges(table)):
        assert hinge.flips_at is not None
        margin = abs(hinge.flips_at - hinge.now)
        own = (game.row, game.column)[k]
        here = [c for c in np.ndindex(own.shape) if hinge.parameter.endswith(both(table, *c))]
        (cell,) = here
        assert own[cell] == hinge.now
        beyond = [
            hinge.flips_at + side * 0.25
            for side in ((-1, 1) if margin == 0 else (np.sign(hinge.flips_at - hinge.now),))
        ]
        before = pairs(game)
        assert any(pairs(changed_payoff(game, k, cell, v)) != before for v in beyond)
        for other in np.ndindex(own.shape):
            for side in (-1, 1):
                sooner = own[other] + side * (margin - 0.25)
                assert margin == 0 or pairs(changed_payoff(game, k, other, sooner)) == before


@pytest.mark.parametrize("seed", range(8))
def test_other_advice_is_best_beyond_the_weight_that_a_hinge_names(seed: int) -> None:
    table = game_of(*np.random.default_rng(seed).random((2, 3, 3)).tolist())
    best = correlated_equilibrium(table.game)
    (hinge,) = weight_hinges(table, best)

    def lacks(weight: float) -> float:
        """How much more than the present advice gives can be had at a weight."""
        weights = np.array([weight, 1 - weight])
        other = correlated_equilibrium(table.game, weights)
        return float(weights @ (np.array(other.payoffs) - best.payoffs))

    if hinge.flips_at is None:
        assert max(lacks(0.0), lacks(1.0)) < 1e-6
        return
    beyond = np.sign(hinge.flips_at - 0.5) * 1e-3
    assert lacks(hinge.flips_at - beyond) < 1e-6 < lacks(hinge.flips_at + beyond)
    assert lacks(0.5 - (hinge.flips_at - 0.5) + beyond) < 1e-6  # nothing is nearer
    found = correlated_equilibrium(
        table.game, (hinge.flips_at + beyond, 1 - hinge.flips_at - beyond)
    )
    assert hinge.then == f"the best advice gives {pair_of(found.payoffs)}"


def test_the_weight_that_turns_the_advice_in_chicken_is_a_known_fraction() -> None:
    # from (5.25, 5.25) to (7, 2): 1.75 w = 3.25 (1 - w)
    (hinge,) = answered("chicken", "correlated").hinges
    assert hinge.flips_at == pytest.approx(0.65)


def test_the_likelier_strategy_changes_at_a_known_precision() -> None:
    # Bob earns 1 more on the right, and Ann is even where he goes left 2 times in 5
    file = file_of(np.array([[4.0, 0], [1, 2]]), np.array([[0.0, 1], [0, 1]]))
    (hinge,) = MODELS["quantal_response"](file).hinges
    assert hinge.flips_at == pytest.approx(np.log(1.5))
    assert hinge.then == "Ann most often does 0"


@pytest.mark.parametrize("seed", [0, 1, 3])
def test_players_do_something_else_below_the_precision_that_a_hinge_names(seed: int) -> None:
    file = file_of(*np.random.default_rng(seed).random((2, 3, 3)))
    for hinge in MODELS["quantal_response"](file).hinges:
        k = 0 if hinge.then.startswith("Ann") else 1
        assert hinge.flips_at is not None
        low, high = (
            quantal_response(file.game, hinge.flips_at * near)[k] for near in (0.999, 1.001)
        )
        last = quantal_response(file.game, hinge.now)[k]
        assert high.argmax() == last.argmax() != low.argmax()
        assert hinge.then.endswith(f"does {low.argmax()}")


@pytest.mark.parametrize("k", [0, 1])
def test_a_hunt_for_the_stag_needs_a_golden_share_of_hunters(k: int) -> None:
    # from the middle of the other population; followed anew by nashpy
    hinge = answered("stag-hunt", "evolution").hinges[k]
    assert hinge.flips_at == pytest.approx((1 + 5**0.5) / 4, abs=1e-5)
    table = answered("stag-hunt").picture
    assert isinstance(table, Strategic)
    for side in (-0.002, 0.002):
        start = [[0.5, 0.5], [0.5, 0.5]]
        start[k] = [hinge.flips_at + side, 1 - hinge.flips_at - side]
        x, y = replicator(table.game, *start, np.linspace(0, 60, 10))
        assert x[-1, 0] == pytest.approx(float(side > 0), abs=1e-2)
        assert y[-1, 0] == pytest.approx(float(side > 0), abs=1e-2)


@pytest.mark.parametrize("name", ["chicken", "battle-of-the-sexes"])
def test_the_middle_is_just_at_the_turn_where_two_equilibria_are_alike(name: str) -> None:
    assert [h.flips_at for h in answered(name, "evolution").hinges] == [0.5, 0.5]
    table = answered(name).picture
    assert isinstance(table, Strategic)
    less, more = places(table.game, 0, 0, np.array([0.499, 0.501]))
    assert less != more


@pytest.mark.parametrize("seed", [2, 4, 7, 11])
def test_larger_populations_end_elsewhere_beyond_the_share_that_a_hinge_names(seed: int) -> None:
    table = game_of(*np.random.default_rng(seed).random((2, 3, 3)).tolist())
    for hinge in share_hinges(table):
        if hinge.flips_at is None:
            continue
        k = 1 if "second" in hinge.parameter else 0
        strategy = int(hinge.parameter[-1])
        side = np.sign(hinge.flips_at - hinge.now) * 1e-4
        ends = []
        for share in (hinge.flips_at - side, hinge.flips_at + side):
            start = [np.full(3, 1 / 3), np.full(3, 1 / 3)]
            start[k] = np.full(3, (1 - share) / 2)
            start[k][strategy] = share
            x, y = replicator(table.game, *start, np.linspace(0, 100 / table.game.scale(), 50))
            rests = table.game.regret(x[-1], y[-1]) < 1e-3 * table.game.scale()
            ends.append((int(x[-1].argmax()), int(y[-1].argmax())) if rests else None)
        assert ends[0] != ends[1]
        if ends[1] is not None:
            assert both(table, *ends[1]) in hinge.then


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "game.yaml"
    path.write_text(text, encoding="utf-8")
    return path


GAME = """
bimatrix: 1
title: A game
players:
  ann: {name: Ann, strategies: {up: goes up, down: goes down}}
  bob: {name: Bob, strategies: {left: goes left, right: goes right}}
payoffs:
  up: {left: [1, 2], right: [3, 4]}
  down: {left: [5, 6], right: [7, 8]}
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("  down: {left", "  dwon: {left", "did you mean 'down'"),
        ("  down: {left: [5, 6], right: [7, 8]}\n", "", "no payoffs for 'down'"),
        (", right: [3, 4]", "", "no payoffs for 'right'"),
        ("right: [3, 4]", "rihgt: [3, 4]", "did you mean 'right'"),
        ("[1, 2]", "[1, .nan]", "payoffs.up.left"),
        ("[1, 2]", "[1, .inf]", "payoffs.up.left"),
        ("[1, 2]", "[1, two]", "payoffs.up.left"),
        ("[1, 2]", "[1]", "payoffs.up.left"),
        ("title: A game", "title: A game\nsource: nobody", "no source is called 'nobody'"),
        ("title: A game", "title: A game\nextra: 1", "extra"),
        ("  bob: {name: Bob, strategies: {left: goes left, right: goes right}}\n", "", "players"),
    ],
)
def test_every_mistake_is_told_with_its_place_and_cure(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    assert old in GAME
    path = written(tmp_path, GAME.replace(old, new))
    with pytest.raises(ScenarioError, match="game") as caught:
        read_game(path, "bimatrix")
    assert said in str(caught.value)


def test_mistakes_are_told_all_at_once(tmp_path: Path) -> None:
    path = written(tmp_path, GAME.replace("up: {left", "pu: {lft"))
    with pytest.raises(ScenarioError) as caught:
        read_game(path, "bimatrix")
    assert len(caught.value.mistakes) >= 2


def file_of(row: np.ndarray, column: np.ndarray) -> BimatrixFile:
    m, n = row.shape
    return BimatrixFile.model_validate(
        {
            "bimatrix": 1,
            "title": "A game",
            "players": {
                "ann": {"name": "Ann", "strategies": {f"a{i}": f"does {i}" for i in range(m)}},
                "bob": {"name": "Bob", "strategies": {f"b{j}": f"does {j}" for j in range(n)}},
            },
            "payoffs": {
                f"a{i}": {f"b{j}": [float(row[i, j]), float(column[i, j])] for j in range(n)}
                for i in range(m)
            },
        }
    )


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("shape", [(1, 1), (1, 3), (3, 1), (2, 2), (3, 4)])
def test_games_of_one_strategy_or_of_indifference_are_answered(
    model: str, shape: tuple[int, int]
) -> None:
    for payoffs in (np.zeros((2, *shape)), np.arange(2.0 * np.prod(shape)).reshape(2, *shape)):
        found = MODELS[model](file_of(*payoffs))
        assert found.not_computed is None
        json.dumps(found.details, allow_nan=False)


def test_a_game_too_large_to_list_says_that_one_equilibrium_was_found() -> None:
    rng = np.random.default_rng(1)
    large = MODELS["nash"](file_of(*rng.random((2, 20, 20))))
    assert "not all equilibria are listed" in large.says
    assert "there may be others" in large.says
    assert large.details["complete"] is False
    assert large.details["equilibria"][0]["regret"] < 1e-8
    zero = rng.random((20, 20))
    value = MODELS["nash"](file_of(zero, -zero))
    assert "its value is unique" in value.says
    assert large.utilities is None


def game_of(row: list[list[float]], column: list[list[float]]) -> Strategic:
    m, n = np.array(row).shape
    ids = tuple(f"a{i}" for i in range(m)), tuple(f"b{j}" for j in range(n))
    labels = tuple(f"does {i}" for i in range(m)), tuple(f"does {j}" for j in range(n))
    return solved("A game", ("Ann", "Bob"), ids, Bimatrix.of(row, column), labels=labels)


PICTURES = {
    **{name: (lambda name=name: answered(name).picture) for name in SHIPPED},
    "indifferent": lambda: game_of([[0, 0], [0, 0]], [[0, 0], [0, 0]]),
    "a line": lambda: game_of([[1, 1], [1, 0]], [[1, 1], [0, 1]]),
    "one row": lambda: game_of([[1, 2, 3]], [[3, 2, 1]]),
    "many": lambda: game_of(
        *np.random.default_rng(0).random((2, 12, 12)).tolist()  # numbers in small type
    ),
    "shades": lambda: game_of(*np.random.default_rng(0).random((2, 30, 30)).tolist()),
    "long names": lambda: solved(
        "A game with a title that goes on and on",
        ("The Federated Republic of Ruritania", "The Principality of Zenda and its Dependencies"),
        (("a", "b"), ("c", "d")),
        Bimatrix.of([[6, 2], [7, 0]], [[6, 7], [2, 0]]),
        labels=(
            ("compromises for the sake of peace", "holds out to the very end"),
            ("compromises for the sake of peace", "holds out to the very end"),
        ),
    ),
}


def texts_apart(figure) -> None:
    """No word covers another, none leaves the slide."""
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    boxes = [
        (t.get_text(), t.get_window_extent(renderer))
        for t in figure.findobj(Text)
        if t.get_text().strip() and t.get_visible()
    ]
    for text, box in boxes:
        assert box.x0 >= -1, text
        assert box.x1 <= figure.bbox.width + 1, text
        assert box.y0 >= -1, text
        assert box.y1 <= figure.bbox.height + 1, text
    for (one, a), (two, b) in combinations(boxes, 2):
        across = min(a.x1, b.x1) - max(a.x0, b.x0)
        up = min(a.y1, b.y1) - max(a.y0, b.y0)
        assert across < 2 or up < 3, f"{one!r} and {two!r}"


@pytest.mark.parametrize("name", PICTURES)
def test_in_pictures_of_best_responses_no_word_covers_another(name: str) -> None:
    texts_apart(draw("best_responses", PICTURES[name]()))


@pytest.mark.parametrize("name", ["chicken", "stag-hunt", "matching-pennies", "a line",
                                  "indifferent", "long names"])  # fmt: skip
def test_in_pictures_of_basins_no_word_covers_another(name: str) -> None:
    texts_apart(draw("basin", PICTURES[name]()))


def test_pictures_say_what_they_show() -> None:
    game = answered("chicken").picture
    assert caption("best_responses", game).title == "Chicken: 3 equilibria, 2 of them pure"
    assert "50\N{NO-BREAK SPACE}%" in caption("basin", game).title
    assert "4.67" in alt_text("best_responses", game)
    pennies = answered("matching-pennies").picture
    assert "no corner" in caption("basin", pennies).title
