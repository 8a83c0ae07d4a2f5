"""What one party may offer, and what the others make of it in every draw.

The proposer knows its own numbers: they stand at the central reading. What it believes about the
others is the scenario's own uncertainty about them: their values, weights, thresholds, and which
of their red lines hold. An offer is accepted in a draw where it gives each of them its threshold
and crosses no line of theirs that holds there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sim.ensemble import Bools, Ensemble
from sim.equilibria.setting import Setting
from sim.errors import InputError
from sim.problem import TOLERANCE, Floats, Indices
from sim.search.many import Layout, layout_of

ROOM = 8_000_000
"""Numbers that a table of offers may hold: with what is worked out from it, 300 megabytes."""

MOST_ROWS, MOST_BEFORE = 1_000_000, 8_000_000
"""Combinations of tied options that may be looked through, and before constraints."""


NOTHING = "constraints and red lines leave no package"


@dataclass(frozen=True, eq=False)
class AtTimes:
    """A red line that holds in some draws.

    Attributes
    ----------
    whose
        Place among the others; -1 where it is a party's that was left out of the talks.
    rows, draws
        Which rows cross it, and in which draws it holds.
    taken
        What such a row has taken off in all of ``theirs`` there, so that all refuse.
    """

    whose: int
    rows: Bools
    draws: Bools
    taken: float


@dataclass(frozen=True, eq=False)
class Offers:
    """Every part of an offer, and what it gives in every draw.

    Attributes
    ----------
    groups, choices
        The issues of each block, and the joint choices that its rows stand for.
    start
        First row of each block and the end, shape ``(n_blocks + 1,)``.
    own
        What each row gives the proposer, shape ``(n_rows,)``.
    theirs
        What it gives each of the others, ``(n_rows, n_draws, n_others)``; a large negative number
        where it crosses a line that holds.
    asked
        What the others insist on, ``(n_draws, n_others)``.
    no_deal, floor
        The proposer's utility if refused, and what it insists on itself.
    lines
        Red lines that hold at times, which a whole row crosses or not.
    repeats
        Each draw stands for so many that are all alike.
    """

    groups: tuple[tuple[int, ...], ...]
    choices: tuple[Indices, ...]
    start: Indices
    own: Floats
    theirs: Floats
    asked: Floats
    no_deal: float
    floor: float
    lines: tuple[AtTimes, ...] = ()
    repeats: int = 1

    @property
    def n_blocks(self) -> int:
        """Number of blocks, which an offer takes one row each from."""
        return len(self.start) - 1

    @property
    def n_draws(self) -> int:
        """Number of draws that differ."""
        return len(self.asked)

    def outcome(self, rows: Indices) -> Indices:
        """Return the option indices, in issue order, of one row from every block."""
        chosen = np.zeros(sum(map(len, self.groups)), dtype=np.intp)
        for b, (issues, choices) in enumerate(zip(self.groups, self.choices, strict=True)):
            chosen[list(issues)] = choices[rows[b] - self.start[b]]
        return chosen

    def accepted(self, rows: Indices) -> Bools:
        """Tell in which draws all accept an offer, shape ``(n_draws,)``."""
        able: Bools = (self.theirs[rows].sum(axis=0) >= self.asked - TOLERANCE).all(axis=1)
        return able

    def refusals(self, rows: Indices) -> tuple[Bools, Bools]:
        """Tell who finds an offer too little, and whose lines it crosses, in which draw.

        Returns
        -------
        tuple of ndarray
            Both of shape ``(n_draws, n_others)``.
        """
        worth, crossed = self.theirs[rows].sum(axis=0), np.zeros(self.asked.shape, dtype=bool)
        for line in self.lines:
            if line.rows[rows].any():
                worth[line.draws] += line.taken
                crossed[line.draws, line.whose] |= line.whose >= 0
        return worth < self.asked - TOLERANCE, crossed

    def among(self, draws: Bools) -> Offers:
        """Return the same offers believed to meet some of the draws only."""
        theirs = np.ascontiguousarray(self.theirs[:, draws])
        lines = tuple(replace(line, draws=line.draws[draws]) for line in self.lines)
        return replace(self, theirs=theirs, asked=self.asked[draws], lines=lines, repeats=1)


def plain_offers(
    own: Floats, theirs: Floats, asked: Floats, *, no_deal: float, floor: float | None = None
) -> Offers:
    """Return offers from a plain list of packages.

    Parameters
    ----------
    own
        What each package gives the proposer, shape ``(n_packages,)``.
    theirs
        What it gives each of the others in every draw, ``(n_packages, n_draws, n_others)``.
    asked
        Shape ``(n_draws, n_others)``.
    no_deal
        What the proposer has if it is refused.
    floor
        The least it would sign itself; what it has without a deal where not given.
    """
    rows = np.arange(len(own))[:, None]
    least = no_deal if floor is None else max(floor, no_deal)
    start = np.array([0, len(own)], dtype=np.intp)
    return Offers(((0,),), (rows,), start, own, theirs, asked, no_deal, least)


def offers_of(setting: Setting, proposer: int) -> Offers | str:
    """Tabulate what a party can offer, or say why it cannot be done.

    Parameters
    ----------
    proposer
        Place among the players.
    """
    columns = list(setting.columns)
    who = columns[proposer]
    others = [column for column in columns if column != who]
    drawn = _with_own_lines(setting.drawn[0], setting, who)
    laid = _laid_out(drawn, columns, setting)
    if laid is None or laid.start[-1] > MOST_ROWS:
        return (
            f"issues are tied into more than {MOST_ROWS:,} combinations by constraints, red lines, "
            "interactions or tables: drop or narrow some of them"
        )
    n_rows = int(laid.start[-1])
    if not all(map(len, laid.choices)):
        return NOTHING
    repeats = drawn.n_draws if _alike(drawn, others) else 1
    most = 1 if repeats > 1 else max(ROOM // (n_rows * len(others)), 1)
    if drawn.n_draws > most:
        drawn = drawn.take(slice(0, most))
    own = np.concatenate([
        setting.one.row_utilities(issues, rows, [who])[0, :, 0]
        for issues, rows in zip(laid.groups, laid.choices, strict=True)
    ])  # fmt: skip
    theirs, lines = _theirs(drawn, laid, others)
    return Offers(
        laid.groups, laid.choices, laid.start, own, theirs,
        np.ascontiguousarray(drawn.thresholds[:, others]), float(setting.one.disagreement[0, who]),
        float(setting.one.thresholds[0, who]), lines, repeats,
    )  # fmt: skip


def _laid_out(drawn: Ensemble, columns: list[int], setting: Setting) -> Layout | None:
    """Lay out the blocks; ``None`` where ties make them too large."""
    try:
        return layout_of(drawn, columns, setting.red_lines, most=MOST_BEFORE)
    except InputError:  # too many even on the way
        return None


def _with_own_lines(drawn: Ensemble, setting: Setting, who: int) -> Ensemble:
    """Let all of the proposer's own red lines hold: it knows them."""
    lines = drawn.structure.lines
    own = [k for k in drawn.structure.binding(setting.red_lines) if lines[k].party == who]
    binds = drawn.binds.copy()
    binds[:, own] = True
    return replace(drawn, binds=binds)


def _theirs(drawn: Ensemble, laid: Layout, others: list[int]) -> tuple[Floats, tuple[AtTimes, ...]]:
    """Return what every row gives the others, less what crossing a line costs, and these lines.

    Lines that hold in every draw have left no row that crosses them.
    """
    table = np.empty((int(laid.start[-1]), drawn.n_draws, len(others)))
    for b, (issues, rows) in enumerate(zip(laid.groups, laid.choices, strict=True)):
        block = slice(laid.start[b], laid.start[b + 1])
        table[block] = np.moveaxis(drawn.row_utilities(issues, rows, others), 0, 1)
    much = float(np.abs(table).max(initial=0.0)) * len(laid.groups)
    much = 4.0 * (much + float(np.abs(drawn.thresholds).max(initial=0.0)) + 1.0)
    lines = []
    for k, crossing in laid.at_times.items():
        party, holds = drawn.structure.lines[k].party, drawn.binds[:, k]
        table[np.ix_(crossing, holds)] -= much
        whose = others.index(party) if party in others else -1
        lines.append(AtTimes(whose, crossing, holds, much))
    return table, tuple(lines)


def _alike(drawn: Ensemble, others: list[int]) -> bool:
    """Tell whether nothing about the others is uncertain, so that one draw speaks for all."""
    numbers = [*(term[:, :, others] for term in drawn.terms), drawn.thresholds[:, others]]
    numbers += [bonus.amount for bonus in drawn.bonuses if bonus.party in others]
    numbers += [table.utilities for table in drawn.tables if table.party in others]
    lines = bool((drawn.binds == drawn.binds[:1]).all())
    return lines and all(bool((each == each[:1]).all()) for each in numbers)
