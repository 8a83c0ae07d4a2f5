"""The models of bargaining side by side: one call for a scenario, or for a game in a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sim.clock import SEARCHING
from sim.equilibria.game_files import GameKind
from sim.equilibria.models import MODELS
from sim.equilibria.prediction import Prediction
from sim.equilibria.setting import Setting
from sim.errors import InputError, did_you_mean
from sim.scenario import RedLines, Scenario

Told = Callable[[str], None]
"""Is told the name of each model before it is asked."""


def predict(  # noqa: PLR0913
    scenario: Scenario,
    models: Sequence[str] | None = None,
    *,
    parties: Sequence[str] | None = None,
    red_lines: RedLines = "stated",
    draws: int = 1000,
    seed: int = 0,
    time_limit: float | None = None,
    hinges: bool = True,
    told: Told | None = None,
) -> dict[str, Prediction]:
    """Ask models of bargaining what they predict for a scenario.

    Parameters
    ----------
    scenario
        A valid scenario; certain numbers are its central reading, and models of what is not
        known use the draws.
    models
        Names from `sim.equilibria.MODELS`; all of them by default.
    parties
        The players; the signatories by default.
    red_lines
        Which red lines rule packages out.
    draws, seed
        Draws of what is uncertain, at least one.
    time_limit
        Seconds for each search; `SEARCHING` where not given.
    hinges
        Whether to search for the values at which predictions flip, and for what pictures show of
        other values. Without, a sweep over such values takes a fraction of the time.
    told
        Is told the name of each model before it is asked.

    Returns
    -------
    dict
        One prediction for each model, or why there is none; conditional on its assumptions.

    Raises
    ------
    InputError
        If a model or a party is unknown.
    """
    names = chosen_models(models, MODELS)
    if draws < 1:
        raise InputError(f"what is not known is read from draws: ask for at least one, not {draws}")
    seconds = SEARCHING if time_limit is None else time_limit
    players = None if parties is None else tuple(parties)
    if players and len(set(players)) < len(players):
        raise InputError(f"every player is named once: {', '.join(players)}")
    setting = Setting(scenario, players, red_lines, draws, seed, seconds, hinges)
    setting.structure.columns(players)
    called = dict(zip(setting.parties, setting.names, strict=True))
    found = {
        name: replace(_asked(name, MODELS[name], setting, told), names=called) for name in names
    }
    return found if hinges else {name: replace(one, hinges=()) for name, one in found.items()}


def predict_game(
    kind: GameKind, game: Any, models: Sequence[str] | None = None, *, told: Told | None = None
) -> dict[str, Prediction]:
    """Ask the models of a kind of game file what they predict for one.

    Raises
    ------
    InputError
        If a model is none of this kind's.
    """
    names = chosen_models(models, kind.models)
    return {name: _asked(name, kind.models[name], game, told) for name in names}


def chosen_models(models: Sequence[str] | None, known: Mapping[str, object]) -> list[str]:
    """Return the models that are asked for, each once.

    Raises
    ------
    InputError
        With every name that is unknown.
    """
    names = list(known) if models is None else list(dict.fromkeys(models))
    wrong = [
        f"no model here is called '{name}'{did_you_mean(name, known)}"
        for name in names
        if name not in known
    ]
    if wrong:
        raise InputError("\n".join([*wrong, f"the models are {', '.join(known)}"]))
    return names


def _asked(
    name: str, model: Callable[[Any], Prediction], about: Any, told: Told | None
) -> Prediction:
    if told is not None:
        told(name)
    return model(about)
