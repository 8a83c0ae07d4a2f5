"""Morris's screening: which inputs matter at all, from few cases.

Each walk through the design moves every input once. How much the outcome changes for a step is
the input's elementary effect there. Its mean size over the walks (mu*) says how much the input
matters; its spread (sigma) says how much that hangs on where the others stand: interaction, or a
bend. It ranks inputs and finds those that may be left alone; it does not share out variance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError
from sim.experiment.analysis.defined import Account, Outcome, Unanswered, account, nothing_varies

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

MOST_WALKS_DROPPED = 0.5
"""Walks are independent of each other, so many may go; but those left are where all is defined."""

FEWEST_WALKS = 4
"""With fewer there is no spread worth the name."""


@dataclass(frozen=True, eq=False)
class MorrisEffects:
    """Elementary effects of every input, in units of the outcome for the input's whole range.

    Attributes
    ----------
    inputs
        Names, in the order of the design; a group is one input.
    mean, mean_size, spread
        mu, mu* and sigma, shape ``(n_inputs,)``. The mean has a sign, and near 0 with a large
        mu* means that the input works either way. Of a group neither sign nor spread has a
        meaning: both are masked.
    low, high
        95 % interval of mu*, shape ``(n_inputs,)``.
    walks
        How many were used.
    account
        What was undefined, and what was done about it.
    """

    inputs: tuple[str, ...]
    mean: np.ma.MaskedArray[Any, Any]
    mean_size: Floats
    spread: np.ma.MaskedArray[Any, Any]
    low: Floats
    high: Floats
    walks: int
    account: Account


def morris_effects(
    owners: Sequence[str],
    units: Floats,
    outcome: Outcome,
    *,
    places: int = 4,
    resamples: int = 1000,
    seed: int = 0,
    most_dropped: float = MOST_WALKS_DROPPED,
) -> MorrisEffects | Unanswered:
    """Screen inputs by their elementary effects, with SALib.

    SALib turns one missing value into missing effects for every input. Here a walk with an
    undefined case is left out as a whole before SALib sees anything.

    Parameters
    ----------
    owners
        For each coordinate of the design the name of its input; a name that stands several
        times is a group, whose coordinates move together.
    units
        The design in the unit cube, shape ``(n_walks * (n_inputs + 1), n_coordinates)``.
    outcome
        In the order of the design.
    places
        Places on each axis of the grid that the walks keep to.
    resamples
        Bootstrap resamples of the walks; with fewer than two the intervals are infinite.
    most_dropped
        Where more than this share of the walks would be left out, there is no answer.

    Returns
    -------
    MorrisEffects or Unanswered

    Raises
    ------
    InputError
        If these are not the walks of a Morris design.

    References
    ----------
    Morris (1991), "Factorial Sampling Plans for Preliminary Computational Experiments",
    Technometrics 33 (2), 161-174. Campolongo, Cariboni, Saltelli (2007), "An effective screening
    design for sensitivity analysis of large models", Environmental Modelling & Software 22,
    1509-1518: mu*, and groups. Herman, Usher (2017), "SALib", Journal of Open Source Software 2.
    """
    inputs = tuple(dict.fromkeys(owners))
    _check_walks(owners, inputs, units, outcome)
    steps = len(inputs) + 1
    whole: Bools = np.logical_and.reduce(outcome.defined.reshape(-1, steps), axis=1)
    done = f"{int((~whole).sum())} of {len(whole)} walks were left out as a whole"
    counted = account(outcome, done)
    kept = np.repeat(whole, steps)
    declined = nothing_varies(outcome, counted) or _too_few(outcome, whole, most_dropped, counted)
    declined = declined or nothing_varies(Outcome.of(outcome.values[kept], outcome.name), counted)
    if declined:
        return declined
    found = _salib(owners, inputs, units[kept], outcome.values[kept], places, resamples, seed)
    group = np.array([owners.count(name) > 1 for name in inputs])
    return MorrisEffects(
        inputs,
        np.ma.array(np.where(group, 0.0, found["mu"]), mask=group),
        found["mu_star"],
        np.ma.array(np.where(group, 0.0, found["sigma"]), mask=group),
        np.maximum(found["mu_star"] - found["mu_star_conf"], 0.0),
        found["mu_star"] + found["mu_star_conf"],
        int(whole.sum()),
        counted,
    )


def _check_walks(
    owners: Sequence[str], inputs: Sequence[str], units: Floats, outcome: Outcome
) -> None:
    steps = len(inputs) + 1
    if not inputs or units.shape != (len(outcome), len(owners)) or len(outcome) % steps:
        raise InputError(
            f"{outcome.name}: {len(outcome)} cases with a design of shape {units.shape} are no "
            f"walks of {len(inputs)} inputs, which take {steps} cases each"
        )
    moved = np.diff(units.reshape(-1, steps, len(owners)), axis=1) != 0
    together = np.stack(
        [moved[..., [owner == name for owner in owners]].any(axis=2) for name in inputs], axis=2
    )
    once = (together.sum(axis=1) == 1).all(axis=1) & (together.sum(axis=2) == 1).all(axis=1)
    if not once.all():
        walk = int(np.flatnonzero(~once)[0])
        raise InputError(f"{outcome.name}: walk {walk} does not move every input once, one a step")


def _too_few(
    outcome: Outcome, whole: Bools, most_dropped: float, counted: Account
) -> Unanswered | None:
    kept = int(whole.sum())
    if kept >= FEWEST_WALKS and kept >= (1 - most_dropped) * len(whole):
        return None
    return Unanswered(
        counted,
        f"only {kept} of {len(whole)} walks are defined from end to end, and it takes "
        f"{FEWEST_WALKS} and {1 - most_dropped:.0%} of them; ask instead what decides "
        f"whether {outcome.name} is defined",
    )


def _salib(
    owners: Sequence[str],
    inputs: Sequence[str],
    units: Floats,
    values: Floats,
    places: int,
    resamples: int,
    seed: int,
) -> dict[str, Floats]:
    """Hand complete walks to SALib; groups by number, so that their order stays ours."""
    from SALib.analyze import morris  # noqa: PLC0415  slow to import, seldom needed

    problem: dict[str, Any] = {
        "num_vars": len(owners),
        "names": [f"x{k}" for k in range(len(owners))],
        "bounds": [[0.0, 1.0]] * len(owners),
    }
    if len(inputs) < len(owners):
        problem["groups"] = [f"g{inputs.index(owner)}" for owner in owners]
    largest = np.abs(values).max()  # squares of huge outcomes would overflow
    found = morris.analyze(
        problem,
        units,
        values / largest,
        num_resamples=max(resamples, 2),
        num_levels=places,
        seed=seed,
    )
    if resamples < 2:
        found["mu_star_conf"] = np.full(len(inputs), np.inf)
    names = ["mu", "mu_star", "sigma", "mu_star_conf"]
    return {name: np.ma.getdata(found[name]).astype(float) * largest for name in names}
