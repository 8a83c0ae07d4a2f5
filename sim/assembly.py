"""From one draw of a scenario to blocks: which issues are tied, and what is allowed to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sim.blocks import Block, fitting
from sim.condition import Condition
from sim.ensemble import Ensemble
from sim.errors import InputError
from sim.loose import Loose, loosened
from sim.partition import MAX_ROWS, MERGED, allowed_choices, tied_groups

Indices = NDArray[np.intp]

ENTANGLED = 50_000
"""Between two parties, interactions that make a block larger than this are left to the integer
programme, which has the efficient packages sooner."""


def summed(
    one: Ensemble,
    columns: Sequence[int],
    excluded: Sequence[Condition],
    options: Sequence[Indices] | None = None,
) -> tuple[tuple[Block, ...], tuple[Loose, ...]]:
    """Do as `assemble` does, and leave interactions loose where blocks cannot hold them.

    Between two parties that is done sooner: the integer programme has every answer then.

    Raises
    ------
    InputError
        If constraints and red lines alone make a block too large to list.
    """
    wanted = list(columns)
    apart = not one.structure.averaged[wanted].any()
    loose = loosened(one, wanted) if apart else ()
    most = ENTANGLED if loose and len(wanted) <= 2 else MAX_ROWS
    try:
        return assemble(one, wanted, excluded, options, most=most), ()
    except InputError:
        if not loose:
            raise
        plain = replace(one, bonuses=(), tables=())
        return assemble(plain, wanted, excluded, options), loose


def assemble(
    one: Ensemble,
    columns: Sequence[int],
    excluded: Sequence[Condition],
    options: Sequence[Indices] | None = None,
    *,
    merged: int = MERGED,
    most: int = MAX_ROWS,
) -> tuple[Block, ...]:
    """Group the issues that are tied together and list what is allowed to each group.

    A block without rows says that no outcome is left.

    Parameters
    ----------
    one
        An ensemble of one draw.
    columns
        The parties whose utilities are wanted; only their interactions tie issues.
    excluded
        Conditions that no outcome may meet.
    options
        For each issue the option indices that are open; all of them by default.
    merged
        Joint choices up to which tied issues are one block rather than a tree of blocks.
    most
        Joint choices that a block may have.

    Raises
    ------
    InputError
        If ties between issues make a block too large to list.
    """
    structure = one.structure
    ties = [c.issues for c in excluded]
    ties += [b.condition.issues for b in one.bonuses if b.party in columns]
    ties += [t.issues for t in one.tables if t.party in columns]
    sizes = structure.space.sizes
    if structure.averaged[list(columns)].any():
        ties.append(tuple(range(len(sizes))))
    open_options = [np.arange(n) for n in sizes] if options is None else options
    n_open = tuple(len(some) for some in open_options)
    blocks = []
    for issues, shared in tied_groups(n_open, tuple(dict.fromkeys(ties)), merged):
        choices = allowed_choices(issues, open_options, excluded, structure.space.issues, most)
        utilities = one.row_utilities(issues, choices, columns, shared)[0]
        blocks.append(Block(issues, choices, np.ascontiguousarray(utilities), shared))
    return fitting(blocks) if any(block.shared for block in blocks) else tuple(blocks)
