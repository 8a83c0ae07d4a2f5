"""The picture of a graph model: every state named, no word outside its box, moves as they are."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from matplotlib.text import Text
from shipped import shipped

from sim.equilibria.game_files import GAMES
from sim.equilibria.graph.stability import stability
from sim.equilibria.setting import Setting
from sim.formats.games import find_game, read_game
from sim.graph_model.graph import Graph
from sim.graph_model.sketch import MOST_DRAWN, state_graph
from sim.graph_model.stability import CONCEPTS, equilibria, stable
from sim.plots import alt_text, caption, draw


@cache
def of_game(name):
    return GAMES["graph_model"].models["stability"](read_game(*find_game(name))).picture


def ring(n):
    """States in a circle, two parties moving round it in opposite directions."""
    there = [(k, (k + 1) % n) for k in range(n)]
    back = [(b, a) for a, b in there]
    graph = Graph.of([there, back], np.random.default_rng(n).integers(0, 9, (2, n)))
    held = {c: equilibria(stable(graph, c)) for c in CONCEPTS}
    names = [f"s{k + 1}" for k in range(n)]
    texts = [f"what state {k + 1} means in a few more words" for k in range(n)]
    return state_graph(
        graph, held, title="A ring", parties=["Ann", "Bob"], names=names, texts=texts
    )


PICTURES = {
    "elmira": lambda: of_game("elmira"),
    "syria-iraq": lambda: of_game("syria-iraq"),
    "flagship": lambda: stability(Setting(shipped("ukraine-2025-12"), red_lines="none")).picture,
    "water": lambda: stability(Setting(shipped("water-dispute"))).picture,
    "largest": lambda: ring(MOST_DRAWN),
}


@cache
def drawn(name):
    return draw("state_graph", PICTURES[name]())


def boxes(figure):
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    texts = [t for t in figure.findobj(Text) if t.get_text().strip() and t.get_visible()]
    return [(t.get_text(), t.get_window_extent(renderer)) for t in texts]


@pytest.mark.parametrize("name", PICTURES)
def test_no_word_covers_another_or_leaves_the_slide(name):
    figure = drawn(name)
    width, height = figure.get_size_inches() * figure.dpi
    found = boxes(figure)
    for k, (text, box) in enumerate(found):
        assert box.x0 >= 0, text
        assert box.x1 <= width, text
        assert box.y0 >= 0, text
        assert box.y1 <= height, text
        for other, that in found[k + 1 :]:
            across = min(box.x1, that.x1) - max(box.x0, that.x0)
            up = min(box.y1, that.y1) - max(box.y0, that.y0)
            assert across < 1 or up < 3, (text, other)


@pytest.mark.parametrize("name", ["elmira", "syria-iraq"])
def test_every_state_is_named_and_what_holds_is_said(name):
    graph = PICTURES[name]()
    words = [text for text, _ in boxes(drawn(name))]
    for state in graph.names:
        assert any(text.split(" · ")[0] == state for text in words)
    every = sum(len(held) == len(CONCEPTS) for held in graph.holds)
    assert words.count("holds") == every


def test_the_title_is_the_finding_and_the_description_carries_the_moves():
    graph = of_game("syria-iraq")
    assert caption("state_graph", graph).title == "s6 holds for all in every sense; s1 only in some"
    text = alt_text("state_graph", graph)
    assert "s1 (no option taken): holds: GMR; moves that pay: Iraq to s4." in text


def test_more_states_than_can_be_named_are_said_to_be_so():
    figure = draw("state_graph", ring(MOST_DRAWN + 1))
    assert any("more than a picture can name" in text for text, _ in boxes(figure))


def test_a_picture_is_the_same_each_time():
    first, second = (boxes(draw("state_graph", of_game("syria-iraq"))) for _ in range(2))
    assert [(t, b.bounds) for t, b in first] == [(t, b.bounds) for t, b in second]
