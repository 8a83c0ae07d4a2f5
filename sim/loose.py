"""Interactions that tie too many issues to be listed, kept apart from the blocks.

Hyper-rectangles that overlap on many issues leave no group of issues small enough to list. They are
then not part of any block: an outcome's utility is what its blocks give and what the interactions
that it meets add. Only the integer programmes of `sim.search.packages` look at them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.ensemble import Ensemble

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Indices = NDArray[np.intp]

REFUSAL = (
    "the interactions of this scenario tie too many issues to list what is efficient among more "
    "than two parties; the zone, amendments and bargaining solutions can be had"
)
"""What is said where the integer programme has no answer."""


@dataclass(frozen=True, eq=False)
class Loose:
    """What a combination of options adds to each party's utility.

    Attributes
    ----------
    issues
        Places of the issues, ascending.
    options
        For each of them a mask over its options: those that are part of the combination.
    adds
        Shape ``(n_parties,)``.
    """

    issues: tuple[int, ...]
    options: tuple[Bools, ...]
    adds: Floats

    def met(self, choices: Indices) -> Bools:
        """Tell for each outcome, shape ``(n, n_issues)``, whether it is met."""
        masks = [mask[choices[:, i]] for i, mask in zip(self.issues, self.options, strict=True)]
        met: Bools = np.logical_and.reduce(masks)
        return met


def added(loose: Sequence[Loose], choices: Indices, n_parties: int) -> Floats:
    """Return what interactions add to outcomes, ``(n, n_issues)``, as ``(n, n_parties)``."""
    total = np.zeros((len(choices), n_parties))
    for term in loose:
        total += term.met(choices)[:, None] * term.adds
    return total


def loosened(one: Ensemble, columns: Sequence[int]) -> tuple[Loose, ...]:
    """Take the interactions and tables of some parties, in an ensemble of one draw, as they are."""
    found = []
    unit = np.eye(len(columns))
    place = {column: k for k, column in enumerate(columns)}
    for bonus in one.bonuses:
        if bonus.party in place:
            adds = unit[place[bonus.party]] * bonus.amount[0]
            found.append(Loose(bonus.condition.issues, bonus.condition.options, adds))
    for table in one.tables:
        if table.party in place:
            cells = table.utilities[0]
            for cell in np.ndindex(*cells.shape):
                masks = tuple(np.arange(n) == k for n, k in zip(cells.shape, cell, strict=True))
                found.append(Loose(table.issues, masks, unit[place[table.party]] * cells[cell]))
    return tuple(found)
