"""Pictures of divisions and of shares: no word covers another, whatever there is to show."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from itertools import combinations

import pytest
from matplotlib.text import Text

from sim.equilibria.coalitions.models import Sharing
from sim.equilibria.division.adjusted_winner import divide
from sim.plots import alt_text, caption, draw
from sim.plots.style import TINY, styled

LONG = "The question of who would have to pay for what, and when, number"


def division(items: int, *, equal: bool = False) -> object:
    first = [Fraction(1 + (7 * k) % 11) for k in range(items)]
    second = first if equal else [Fraction(1 + (5 * k) % 13, 3) for k in range(items)]
    names = {"a": "The Federated Republic of Ruritania", "b": "Graustark"}
    titles = {f"i{k}": f"{LONG} {k}" for k in range(items)}
    return divide(names, titles, [first, second], title="A division")


def sharing(players: int, rules: int, *, whole: bool = True, costs: bool = False) -> object:
    total = Fraction(60 if whole else 1) / (1 if whole else 7)
    shares = [total * 2 * k / (players * (players + 1)) for k in range(1, players + 1)]
    given = {
        name: tuple(shares[k:] + shares[:k])
        for k, name in enumerate(("Nucleolus", "Shapley value", "Proportional")[:rules])
    }
    corners = (tuple(shares), tuple(shares[::-1])) if players < 8 else None
    names = tuple(f"Delegation {k} of the federated republics" for k in range(players))
    return Sharing("Shares of a long title", names, total, given, corners, costs)


CASES: dict[str, tuple[str, Callable[[], object]]] = {
    "two issues": ("adjusted_winner", lambda: division(2)),
    "one issue": ("adjusted_winner", lambda: division(1)),
    "all tied": ("adjusted_winner", lambda: division(9, equal=True)),
    "many issues": ("adjusted_winner", lambda: division(24)),
    "two players": ("coalition_shares", lambda: sharing(2, 2)),
    "one rule": ("coalition_shares", lambda: sharing(3, 1, costs=True)),
    "three rules": ("coalition_shares", lambda: sharing(7, 3, whole=False)),
    "a council": ("coalition_shares", lambda: sharing(40, 1)),
}


@cache
def subject_of(case: str) -> tuple[str, object]:
    name, made = CASES[case]
    return name, made()


@pytest.mark.parametrize("case", CASES)
def test_no_word_covers_another_or_leaves_the_slide(case: str) -> None:
    name, subject = subject_of(case)
    figure = draw(name, subject)
    with styled():
        figure.canvas.draw()
        texts = [text for text in figure.findobj(Text) if text.get_text() and text.get_visible()]
        renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
        boxes = [text.get_window_extent(renderer).padded(-1) for text in texts]
    edge = figure.bbox
    for text, box in zip(texts, boxes, strict=True):
        assert text.get_fontsize() >= TINY
        assert box.x0 >= 0, text.get_text()
        assert box.y0 >= 0, text.get_text()
        assert box.x1 <= edge.x1, text.get_text()
        assert box.y1 <= edge.y1, text.get_text()
    for (one, a), (two, b) in combinations(zip(texts, boxes, strict=True), 2):
        assert not a.overlaps(b), (one.get_text(), two.get_text())


@pytest.mark.parametrize("case", CASES)
def test_the_picture_in_words_has_every_number(case: str) -> None:
    name, subject = subject_of(case)
    words = alt_text(name, subject)
    assert caption(name, subject).title in words or name == "adjusted_winner"
    if isinstance(subject, Sharing):
        assert all(player in words for player in subject.names)
    else:
        assert words.count(LONG) >= len(subject.items)  # type: ignore[attr-defined]
