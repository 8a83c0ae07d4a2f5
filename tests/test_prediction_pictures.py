"""Pictures of what models of bargaining predict: legible, in words, the same bytes every time."""

import io
from functools import cache

import pytest
from legibility import check_legible

import sim
from sim.equilibria.game_files import GAMES
from sim.equilibria.side_by_side import predict_game
from sim.formats.games import find_game, read_game, shipped_games
from sim.plots import ASKED_BY, PICTURES, caption, draw
from sim.plots.style import SMALL, TINY, styled

SCENES = ("border-war", "job-offer", "ukraine-2025-12")
DENSE = ("state_graph", "best_responses")
"""Tables and graphs whose cells hold many words: small, but never smaller."""

PREDICTED = {name: picture for name, picture in PICTURES.items() if picture.of not in ASKED_BY}


@cache
def predictions(scene):
    return sim.predict(sim.read_scenario(scene), draws=200, time_limit=2.0)


@cache
def solved(game):
    path, kind = find_game(game)
    return predict_game(GAMES[kind], read_game(path, kind))


def shown(found):
    return [
        (model, name)
        for model, prediction in found.items()
        for name, picture in PREDICTED.items()
        if isinstance(prediction.picture, picture.of)
    ]


@pytest.mark.parametrize("scene", SCENES)
def test_every_picture_of_a_scenario_is_legible(scene):
    found = predictions(scene)
    for model, name in shown(found):
        check_legible(draw(name, found[model].picture), TINY if name in DENSE else SMALL)


@pytest.mark.parametrize("game", shipped_games())
def test_every_picture_of_a_game_is_legible(game):
    found = solved(game)
    for model, name in shown(found):
        check_legible(draw(name, found[model].picture), TINY if name in DENSE else SMALL)


def test_every_kind_of_picture_is_drawn_by_something_that_comes_with_zopa():
    drawn = {name for scene in SCENES for _, name in shown(predictions(scene))}
    drawn |= {name for game in shipped_games() for _, name in shown(solved(game))}
    assert drawn == set(PREDICTED)


@pytest.mark.parametrize("scene", SCENES)
def test_every_picture_says_in_words_what_it_shows_and_on_what_it_depends(scene):
    found = predictions(scene)
    for model, name in shown(found):
        words = caption(name, found[model].picture)
        assert words.alt.startswith(words.title)
        assert "onditional on these inputs" in words.subtitle
        assert "nan" not in words.alt.split()


def test_the_same_prediction_gives_the_same_pixels():
    found = predictions("border-war")
    for model, name in shown(found):
        first, second = (pixels(draw(name, found[model].picture)) for _ in range(2))
        assert first == second


def pixels(figure):
    with styled():
        figure.savefig(stream := io.BytesIO(), metadata={"Software": None})
    return stream.getvalue()
