"""Games of two players in files of their own: read strictly, answered, drawn."""

from __future__ import annotations

import json
from functools import cache
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from matplotlib.text import Text

from sim.equilibria.bimatrix_file import BimatrixFile
from sim.equilibria.game_files import GAMES
from sim.equilibria.prediction import Prediction
from sim.equilibria.strategic import Strategic, solved
from sim.errors import ScenarioError
from sim.formats.games import find_game, read_game
from sim.games.bimatrix import Bimatrix
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
