"""Whose consent makes an agreement: all, or so many of them, some with a veto."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from sim.equilibria.offers.backward_induction import NEAR, PASSES, Floats, Indices, Rules
from sim.errors import InputError

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Consent:
    """How many must agree, and without whom nothing is agreed.

    Attributes
    ----------
    n
        How many parties there are.
    quota
        How many must agree, the proposer among them.
    vetoes
        Parties that must be among them.
    """

    n: int
    quota: int
    vetoes: tuple[int, ...] = ()

    @classmethod
    def of(cls, n: int, quota: int | None = None, vetoes: Sequence[int] = ()) -> Consent:
        """Check a rule of decision.

        Raises
        ------
        InputError
            If the quota is not among 1 to n, or a veto belongs to nobody.
        """
        needed = n if quota is None else quota
        held = tuple(sorted(set(vetoes)))
        if not 1 <= needed <= n:
            raise InputError(f"a quota among {n} parties lies between 1 and {n}, not {needed}")
        if any(not 0 <= who < n for who in held):
            raise InputError(f"vetoes belong to parties 0 to {n - 1}, not {list(held)}")
        return cls(n, needed, held)

    @property
    def unanimous(self) -> bool:
        """Whether all must agree."""
        return self.quota == self.n or len(self.vetoes) == self.n

    def given(self, yes: Bools, proposer: int) -> Bools:
        """Tell which rows have enough consents with the proposer's own.

        Parameters
        ----------
        yes
            Who says yes to each point, shape ``(n_points, n_parties)``.
        """
        agree = yes.copy()
        agree[:, proposer] = True
        enough: Bools = agree.sum(axis=1) >= self.quota
        return enough & agree[:, list(self.vetoes)].all(axis=1)

    def coalitions(self) -> list[tuple[int, ...]]:
        """List the smallest coalitions that can decide."""
        rest = [who for who in range(self.n) if who not in self.vetoes]
        more = max(self.quota - len(self.vetoes), 0)
        return [tuple(sorted((*self.vetoes, *some))) for some in combinations(rest, more)]


@dataclass(frozen=True, eq=False)
class Shelf:
    """The points from the best for one proposer down, for choosing what enough will accept."""

    who: int
    places: Indices
    table: Floats
    outside: Floats
    consent: Consent

    @classmethod
    def of(cls, table: Floats, who: int, rules: Rules, consent: Consent) -> Shelf:
        """Order the points by what the proposer gets, then by the leximin of all gains."""
        gains = np.sort(table - rules.no_deal(0), axis=1)
        places = np.lexsort([*(-gains.T)[::-1], -np.rint(table[:, who] / NEAR)])
        return cls(who, places, table[places], rules.outside, consent)

    def choose(self, wait: Floats) -> int:
        """Return what to propose, given what waiting is worth; `PASSES` for nothing."""
        demands = np.maximum(wait, self.outside) - NEAR
        able = self.consent.given(self.table >= demands, self.who)
        first = int(able.argmax())
        if able[first] and self.table[first, self.who] >= wait[self.who] - NEAR:
            return int(self.places[first])
        return PASSES
