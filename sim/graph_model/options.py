"""Option form: parties hold options; a state says of each whether it is taken.

Combinations that make no sense are ruled out by patterns, and some may count as one state. A
party moves by changing any of its own options at once, as far as they can be taken or given up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np

from sim.errors import InputError
from sim.graph_model.formulas import matches
from sim.graph_model.graph import Bools, Edges, Indices

MOST_OPTIONS = 12
"""More options than this span more states than can be looked at one by one."""

Direction = Literal["both", "N->Y", "Y->N"]
"""``N->Y``: once taken it cannot be given up. ``Y->N``: once given up it cannot be taken again."""


@dataclass(frozen=True, eq=False)
class OptionForm:
    """The states that options span.

    Attributes
    ----------
    taken
        Which options are taken, shape ``(n_combinations, n_options)``: the feasible combinations,
        in the order of binary numbers with the first option as the lowest digit.
    state
        The state to which each combination belongs, shape ``(n_combinations,)``.
    first
        One combination of each state, shape ``(n_states,)``.
    """

    taken: Bools
    state: Indices
    first: Indices

    @property
    def n_states(self) -> int:
        """Number of states."""
        return len(self.first)

    def words(self) -> list[str]:
        """Write every combination as Y and N, in the order of the options."""
        return ["".join("Y" if on else "N" for on in row) for row in self.taken.tolist()]

    def moves(self, own: Sequence[int], directions: Sequence[Direction]) -> Edges:
        """Return the moves of the party that holds some options.

        Parameters
        ----------
        own
            Columns of its options.
        directions
            Of every option, in which direction it can change.
        """
        n = self.taken.shape[1]
        code = self.taken @ (1 << np.arange(n))
        place = np.full(1 << n, -1, dtype=np.intp)
        place[code] = np.arange(len(code))
        no_giving_up = sum(1 << k for k in own if directions[k] == "N->Y")
        no_taking = sum(1 << k for k in own if directions[k] == "Y->N")
        changes = [0]
        for k in own:
            changes += [change | 1 << k for change in changes]
        pairs = []
        for change in changes[1:]:
            fits = (code & change & no_giving_up) | (~code & change & no_taking) == 0
            target = place[code ^ change]
            able = np.flatnonzero(fits & (target >= 0))
            pairs.append(np.column_stack([self.state[able], self.state[target[able]]]))
        return Edges.of(np.concatenate(pairs) if pairs else [])


def option_form(
    n_options: int, ruled_out: Sequence[str] = (), merged: Sequence[str] = ()
) -> OptionForm:
    """List the states that options span.

    Parameters
    ----------
    n_options
        How many options there are.
    ruled_out
        Patterns over Y, N and -: combinations that fit one are no states.
    merged
        Patterns: all combinations that fit one count as a single state. These states come last,
        in this order; a combination that fits several belongs to the first.

    Raises
    ------
    InputError
        If there are too many options, or nothing is left.

    Examples
    --------
    >>> syria_iraq = option_form(3, ["YY-"])
    >>> syria_iraq.words()
    ['NNN', 'YNN', 'NYN', 'NNY', 'YNY', 'NYY']
    """
    if n_options > MOST_OPTIONS:
        raise InputError(
            f"{n_options} options span {2**n_options:,} combinations, too many to look at one by "
            f"one: keep the {MOST_OPTIONS} that matter most, or give states and moves directly"
        )
    codes = np.arange(1 << n_options)
    taken = (codes[:, None] >> np.arange(n_options) & 1).astype(bool)
    for pattern in ruled_out:
        taken = taken[~matches(taken, pattern)]
    if not len(taken):
        raise InputError("the patterns rule out every combination of options: take one out")
    belongs = np.full(len(taken), -1, dtype=np.intp)
    for k, pattern in enumerate(merged):
        belongs[matches(taken, pattern) & (belongs < 0)] = k
    single = belongs < 0
    places = np.unique(belongs[~single], return_inverse=True)[1]
    state = np.empty(len(taken), dtype=np.intp)
    state[single] = np.arange(single.sum())
    state[~single] = single.sum() + places
    first = np.unique(state, return_index=True)[1]
    return OptionForm(taken, state, first)


def exclusive(columns: Sequence[int], n_options: int) -> list[str]:
    """Return the patterns that rule out taking two of some options.

    >>> exclusive([0, 2], 3)
    ['Y-Y']
    """
    return [pattern(dict.fromkeys(pair, "Y"), n_options) for pair in combinations(columns, 2)]


def at_least_one(columns: Sequence[int], n_options: int) -> str:
    """Return the pattern that rules out taking none of some options.

    >>> at_least_one([0, 2], 3)
    'N-N'
    """
    return pattern(dict.fromkeys(columns, "N"), n_options)


def needs(option: int, needed: int, n_options: int) -> str:
    """Return the pattern that rules out taking an option without another.

    >>> needs(0, 2, 3)
    'Y-N'
    """
    return pattern({option: "Y", needed: "N"}, n_options)


def pattern(signs: dict[int, str], n_options: int) -> str:
    """Write a pattern with some signs given and the rest left open."""
    return "".join(signs.get(k, "-") for k in range(n_options))
