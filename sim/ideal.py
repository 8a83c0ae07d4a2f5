"""The most that a party could get if the others agreed to anything: its ideal, draw by draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import moocore
import numpy as np
from numpy.typing import NDArray

from sim.blocks import NONE, Block, fitted
from sim.condition import Condition
from sim.ensemble import Ensemble
from sim.partition import MERGED, allowed_choices, meets, tied_groups
from sim.scenario import RedLines

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Indices = NDArray[np.intp]

AT_A_TIME = 64
"""Joint choices looked at together, in all draws."""


def ideal_utilities(
    ensemble: Ensemble, column: int, red_lines: RedLines = "none", *, merged: int = MERGED
) -> Floats:
    """Return one party's highest utility over the outcomes that are allowed.

    Parameters
    ----------
    ensemble
        One reading or many.
    column
        Which party.
    red_lines
        Outcomes that cross a signatory's line under this reading, in draws in which it holds,
        are left out too; ``none`` keeps to the constraints.
    merged
        Joint choices up to which tied issues are looked at as one rather than along a tree.

    Returns
    -------
    ndarray
        Shape ``(n_draws,)``; minus infinity where nothing is allowed.
    """
    structure = ensemble.structure
    lines = {
        structure.lines[k].condition: ensemble.binds[:, k] for k in structure.binding(red_lines)
    }
    excluded = [*structure.constraints, *(c for c, binds in lines.items() if binds.all())]
    at_times = {c: binds for c, binds in lines.items() if binds.any() and not binds.all()}
    own = [b.condition.issues for b in ensemble.bonuses if b.party == column]
    own += [t.issues for t in ensemble.tables if t.party == column]
    sizes = structure.space.sizes
    if structure.averaged[column]:
        own.append(tuple(range(len(sizes))))
    ties = tuple(dict.fromkeys([*(c.issues for c in (*excluded, *at_times)), *own]))
    groups = tied_groups(tuple(sizes), ties, merged)
    blocks = []
    others = [*(c.issues for c in at_times), *own, *(g.shared for g in groups)]
    looked_at = set().union(*others)
    for issues, shared in groups:
        rows = allowed_choices(issues, [np.arange(size) for size in sizes], excluded)
        if not len(rows):
            return np.full(ensemble.n_draws, -np.inf)
        if len(issues) > 1 and not looked_at & set(issues):
            rows = _candidates(ensemble, column, issues, rows)
        blocks.append(Block(issues, rows, np.zeros((len(rows), 0)), shared))
    return _best_along(ensemble, column, blocks, at_times)


def _best_along(
    ensemble: Ensemble, column: int, blocks: Sequence[Block], at_times: Mapping[Condition, Bools]
) -> Floats:
    """Find the most in every draw, from the last block back to the first."""
    row, ties = fitted(blocks)
    below = np.full((len(ties.home) + 2, ensemble.n_draws), -np.inf)  # whole runs of draws
    below[NONE] = 0.0
    for k in range(len(blocks) - 1, -1, -1):
        block, first = blocks[k], ties.start[k]
        here = {c: binds for c, binds in at_times.items() if set(c.issues) <= set(block.issues)}
        for begin in range(first, first + len(block), AT_A_TIME):
            rows = slice(begin, min(begin + AT_A_TIME, first + len(block)))
            some = block.choices[row[rows]]
            worth = ensemble.row_utilities(block.issues, some, [column], block.shared).T[0]
            for condition, binds in here.items():
                worth[np.ix_(meets(condition, block.issues, some), binds)] = -np.inf
            for leads in ties.link[rows].T:
                if (leads != NONE).any():
                    worth = worth + below[leads]
            states, starts = np.unique(ties.state[rows], return_index=True)
            for state, own in zip(states, np.split(worth, starts[1:]), strict=True):
                np.maximum(below[state], own.max(axis=0), out=below[state])
    total: Floats = below[np.flatnonzero(ties.root)].sum(axis=0)
    return total


def _candidates(ensemble: Ensemble, column: int, issues: tuple[int, ...], rows: Indices) -> Indices:
    """Strike off joint choices that some other one matches on every issue in every draw.

    Only where the party ranks the options of each issue alike in all draws; as a rule it does.
    """
    ranks = [_ranks(ensemble.terms[issue][:, :, column]) for issue in issues]
    if any(rank is None for rank in ranks):
        return rows
    places = np.stack([r[rows[:, k]] for k, r in enumerate(ranks) if r is not None], axis=1)
    best = moocore.is_nondominated(places.astype(float), maximise=True, keep_weakly=False)
    kept: Indices = rows[best]
    return kept


def _ranks(worth: Floats) -> Indices | None:
    """Rank options by worth, shape ``(n_draws, n_options)``; None if the draws disagree."""
    order = np.argsort(worth[0], kind="stable")
    steps = np.diff(worth[:, order], axis=1)
    if (steps < 0).any():
        return None
    ranks = np.zeros(len(order), dtype=np.intp)
    ranks[order[1:]] = np.cumsum((steps > 0).any(axis=0))
    return ranks


class Ideals:
    """The most that each party could get, worked out only where a level is written so."""

    def __init__(self, ensemble: Ensemble, red_lines: RedLines) -> None:
        self.ensemble, self.red_lines = ensemble, red_lines
        self._known: dict[tuple[int, str], Floats] = {}

    def of(self, column: int, within: str) -> Floats:
        """Return the best utility of one party in each draw, shape ``(n_draws,)``.

        Where red lines leave no outcome, it is the best within the constraints.
        """
        if (column, within) not in self._known:
            reading: RedLines = self.red_lines if within == "red_lines" else "none"
            best = ideal_utilities(self.ensemble, column, reading)
            if reading != "none" and np.isneginf(best).any():
                best = np.where(np.isneginf(best), self.of(column, "constraints"), best)
            self._known[column, within] = best
        return self._known[column, within]
