"""Games among three and four players: every published equilibrium is found."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.errors import InputError
from sim.games.normal_form import NormalForm
from sim.games.several_players import isolated_equilibria

PUBLISHED = Path(__file__).parent / "published" / "several_players.json"
CASES = json.loads(PUBLISHED.read_text(encoding="utf-8"))["n_player"]


def game_of(case: dict[str, Any]) -> NormalForm:
    number = np.vectorize(lambda v: float(Fraction(v)))
    return NormalForm.of([number(np.array(table)) for table in case["payoffs"]])


@pytest.mark.parametrize("case", CASES, ids=[case["source"].split("/")[-1] for case in CASES])
def test_every_published_equilibrium_among_several_is_found(case: dict[str, Any]) -> None:
    game = game_of(case)
    found = isolated_equilibria(game)
    for wanted in case["equilibria"]:
        assert game.regret(wanted) < 1e-9
        assert any(
            all(np.allclose(a, b, atol=1e-9) for a, b in zip(profile, wanted, strict=True))
            for profile in found.equilibria
        )
    assert sorted(map(tuple, case["pure"])) == sorted(game.pure_equilibria())
    if "continuum" in case["title"]:
        assert not found.complete  # whole curves of equilibria: said, not listed
    else:
        assert found.complete
        assert len(found.equilibria) == len(case["equilibria"])


def test_what_is_no_game_among_several_is_refused_with_the_reason() -> None:
    with pytest.raises(InputError, match="as many tables"):
        NormalForm.of([np.zeros((2, 2)), np.zeros((2, 2)), np.zeros((2, 2))])
    with pytest.raises(InputError, match="finite"):
        NormalForm.of([[[np.inf]], [[0.0]]])
    with pytest.raises(InputError, match="at least one strategy"):
        NormalForm.of([np.zeros((0, 2)), np.zeros((0, 2))])
    with pytest.raises(InputError, match="too many to look through"):
        isolated_equilibria(NormalForm.of([np.zeros((2,) * 8)] * 8))


def test_a_game_of_indifference_among_three_says_that_it_is_not_listed() -> None:
    found = isolated_equilibria(NormalForm.of([np.zeros((2, 2, 2))] * 3))
    assert len([p for p in found.equilibria if all(own.max() == 1 for own in p)]) == 8
    assert not found.complete
