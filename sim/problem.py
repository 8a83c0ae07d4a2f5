"""The bargaining problem as arrays: a sum of blocks, from which every solver starts.

A block is a group of issues that must be looked at together because a constraint, a red line
or an interaction ties them. Most blocks hold one issue. The utility of an outcome is the sum
of one row from every block, so a space of 10¹⁶ packages is held in a few hundred numbers. Where
ties chain many issues up, blocks overlap and hang together as a tree (`sim.blocks`).
Conventions: rows are outcomes or points, columns are parties; the last issue turns fastest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.assembly import summed
from sim.blocks import Block, extremes, fitted, joined, n_outcomes
from sim.ensemble import Ensemble
from sim.loose import Loose, added
from sim.sampling import central
from sim.scenario import RedLines, Scenario

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

TOLERANCE = 1e-9
"""Utilities closer than this count as equal, in every comparison of the program."""


@dataclass(frozen=True, eq=False)
class Problem:
    """Who can get what: blocks to be summed, no-deal utilities, and what each party insists on.

    Attributes
    ----------
    blocks
        They partition the issues, or overlap as `Block.shared` says. A block without rows means
        that no outcome is left.
    disagreement
        Utility of no deal, shape ``(n_parties,)``.
    thresholds
        Utility below which a party says no, shape ``(n_parties,)``; never below
        ``disagreement``.
    floor
        Utility that an agreement must give each party to be looked at, shape ``(n_parties,)``;
        the disagreement values where it is left out. Gains are counted from ``disagreement``
        whatever the floor.
    loose
        Interactions that tie too many issues for blocks to hold them; integer programmes answer
        what is asked then, see `sim.search.packages`.

    Examples
    --------
    Two issues, two parties: what one wins the other loses, but they care differently.

    >>> land = Block((0,), np.array([[0], [1]]), np.array([[0.0, 0.4], [0.7, 0.0]]))
    >>> money = Block((1,), np.array([[0], [1]]), np.array([[0.0, 0.6], [0.3, 0.0]]))
    >>> deal = Problem((land, money), np.zeros(2), np.array([0.5, 0.5]))
    >>> deal.n_outcomes
    4
    >>> deal.utility([1, 0])
    array([0.7, 0.6])
    """

    blocks: tuple[Block, ...]
    disagreement: Floats
    thresholds: Floats
    floor: Floats | None = None
    loose: tuple[Loose, ...] = ()

    @classmethod
    def enumerated(
        cls, utilities: ArrayLike, disagreement: ArrayLike, thresholds: ArrayLike | None = None
    ) -> Problem:
        """Build a problem from a plain list of outcomes, one row each.

        Parameters
        ----------
        utilities
            Shape ``(n_outcomes, n_parties)``.
        disagreement, thresholds
            Shape ``(n_parties,)``; the thresholds default to the disagreement values.
        """
        table = np.atleast_2d(np.asarray(utilities, dtype=float))
        block = Block((0,), np.arange(len(table))[:, None], table)
        d = np.asarray(disagreement, dtype=float)
        r = d if thresholds is None else np.maximum(np.asarray(thresholds, dtype=float), d)
        return cls((block,), d, r)

    @classmethod
    def from_scenario(
        cls,
        scenario: Scenario,
        *,
        red_lines: RedLines = "stated",
        parties: Sequence[str] | None = None,
    ) -> Problem:
        """Build the problem at the scenario's central reading.

        Parameters
        ----------
        scenario
            A valid scenario.
        red_lines
            Which red lines of the signatories rule outcomes out.
        parties
            Whose utilities are the columns, and in which order; the signatories by default.
        """
        ensemble = central(scenario, red_lines=red_lines)
        return cls.from_draw(ensemble, red_lines=red_lines, parties=parties)

    @classmethod
    def from_draw(
        cls,
        ensemble: Ensemble,
        k: int = 0,
        *,
        red_lines: RedLines = "stated",
        parties: Sequence[str] | None = None,
        options: Sequence[Indices] | None = None,
    ) -> Problem:
        """Build the problem of one draw of an ensemble.

        Parameters
        ----------
        ensemble, k
            Which draw of which ensemble.
        red_lines, parties
            As for `from_scenario`. A line that does not hold in this draw rules nothing out.
        options
            For each issue the option indices that are open; all of them by default.

        Raises
        ------
        InputError
            If a party is unknown, or ties between issues make a block too large to list.
        """
        structure, one = ensemble.structure, ensemble.draw(k)
        columns = structure.columns(parties)
        binding = [i for i in structure.binding(red_lines) if one.binds[0, i]]
        excluded = [*structure.constraints, *(structure.lines[i].condition for i in binding)]
        blocks, loose = summed(one, columns, excluded, options)
        return cls(blocks, one.disagreement[0, columns], one.thresholds[0, columns], loose=loose)

    @property
    def n_parties(self) -> int:
        """Number of parties whose utilities are the columns."""
        return len(self.disagreement)

    @property
    def n_issues(self) -> int:
        """Number of issues, which is the length of an outcome."""
        return sum(len(block.issues) - len(block.shared) for block in self.blocks)

    @property
    def n_outcomes(self) -> int:
        """How many outcomes the blocks leave, as an exact integer of any length."""
        return n_outcomes(self.blocks)

    def utility(self, outcome: Sequence[int] | Indices) -> Floats:
        """Return each party's utility of an outcome given by option indices.

        Raises
        ------
        KeyError
            If the outcome is not among those that the blocks allow.
        """
        total = np.zeros(self.n_parties)
        for block in self.blocks:
            wanted = np.asarray(outcome)[list(block.issues)]
            rows = np.flatnonzero((block.choices == wanted).all(axis=1))
            if not len(rows):
                raise KeyError(f"options {wanted.tolist()} on issues {block.issues}: not allowed")
            total += block.utilities[rows[0]]
        total += self._loose(np.asarray(outcome)[None, :])[0]
        return total

    def _loose(self, choices: Indices) -> Floats:
        return added(self.loose, choices, self.n_parties)

    def outcome(self, rows: Sequence[int] | Indices) -> Indices:
        """Return the option indices, in issue order, of one row from every block."""
        choices = np.zeros(self.n_issues, dtype=np.intp)
        for block, row in zip(self.blocks, rows, strict=True):
            choices[list(block.issues)] = block.choices[row]
        return choices

    def best(self) -> Floats:
        """Return each party's highest utility, shape ``(n_parties,)``; −∞ where nothing is left.

        With loose interactions: what no outcome exceeds.
        """
        more = sum((np.maximum(term.adds, 0.0) for term in self.loose), np.zeros(self.n_parties))
        return extremes(self.blocks, np.maximum, -np.inf) + more

    def worst(self) -> Floats:
        """Return each party's lowest utility, shape ``(n_parties,)``; ∞ where nothing is left.

        With loose interactions: what no outcome falls below.
        """
        less = sum((np.minimum(term.adds, 0.0) for term in self.loose), np.zeros(self.n_parties))
        return extremes(self.blocks, np.minimum, np.inf) + less

    @property
    def least(self) -> Floats:
        """Utility that an agreement must give each party, shape ``(n_parties,)``."""
        return self.disagreement if self.floor is None else self.floor

    def within_zone(self) -> Problem:
        """Return the problem narrowed to what meets every threshold; gains stay over no deal."""
        return replace(self, floor=self.thresholds)

    def at_thresholds(self) -> Problem:
        """Return the problem with the thresholds in the place of the disagreement point."""
        return replace(self, disagreement=self.thresholds, floor=None)

    def for_parties(self, columns: Sequence[int]) -> Problem:
        """Return the problem among some of the parties, in the order given."""
        keep = list(columns)
        blocks = tuple(replace(b, utilities=b.utilities[:, keep]) for b in self.blocks)
        floor = None if self.floor is None else self.floor[keep]
        terms = (replace(term, adds=term.adds[keep]) for term in self.loose)
        loose = tuple(term for term in terms if term.adds.any())
        return Problem(blocks, self.disagreement[keep], self.thresholds[keep], floor, loose)

    def with_columns(
        self, extra: Sequence[Floats], thresholds: ArrayLike, disagreement: ArrayLike | None = None
    ) -> Problem:
        """Return the problem with further columns, which count as parties to every search.

        A cost, a distance, a sum of utilities with its sign turned: whatever is a sum over blocks
        can so be bounded or maximised beside the parties' utilities.

        Parameters
        ----------
        extra
            For each block what its rows add to the new columns, shape ``(n_rows, n_new)``.
        thresholds, disagreement
            Of the new columns, shape ``(n_new,)``; the disagreement values are the thresholds
            where not given.
        """
        none = np.zeros((len(self.loose), np.size(thresholds)))
        return self._wider(extra, none, thresholds, disagreement)

    def with_combinations(
        self, weights: ArrayLike, thresholds: ArrayLike, disagreement: ArrayLike | None = None
    ) -> Problem:
        """Return the problem with weighted sums of the parties' utilities as further columns.

        Parameters
        ----------
        weights
            Shape ``(n_new, n_parties)``, of any sign.
        thresholds, disagreement
            As for `with_columns`.

        Examples
        --------
        >>> deals = Problem.enumerated([[1.0, 2.0], [3.0, 1.0]], [0.0, 0.0])
        >>> deals.with_combinations([[1, 1]], [0.0]).utility([1])
        array([3., 1., 4.])
        """
        each = np.atleast_2d(np.asarray(weights, dtype=float)).T
        extra = [block.utilities @ each for block in self.blocks]
        adds = np.array([term.adds @ each for term in self.loose]).reshape(-1, each.shape[1])
        return self._wider(extra, adds, thresholds, disagreement)

    def _wider(
        self,
        extra: Sequence[Floats],
        adds: Floats,
        thresholds: ArrayLike,
        disagreement: ArrayLike | None,
    ) -> Problem:
        """Put columns beside the parties', given what rows and loose interactions add to them."""
        blocks = tuple(
            replace(block, utilities=np.hstack([block.utilities, more]))
            for block, more in zip(self.blocks, extra, strict=True)
        )
        loose = tuple(
            replace(term, adds=np.append(term.adds, more))
            for term, more in zip(self.loose, adds, strict=True)
        )
        more = np.asarray(thresholds, dtype=float)
        d = more if disagreement is None else np.asarray(disagreement, dtype=float)
        floor = None if self.floor is None else np.append(self.floor, more)
        levels = np.append(self.disagreement, d), np.append(self.thresholds, more)
        return Problem(blocks, *levels, floor, loose)

    def only(self, issue: int, options: ArrayLike) -> Problem:
        """Return the problem in which an issue has only some of its options, given by index."""
        allowed = np.asarray(options)
        blocks = []
        for block in self.blocks:
            if issue in block.issues:
                own = block.choices[:, block.issues.index(issue)]
                blocks.append(block.take(np.isin(own, allowed)))
            else:
                blocks.append(block)
        return replace(self, blocks=tuple(blocks))

    def enumerate(self, limit: int = 10_000_000) -> tuple[Indices, Floats]:
        """List every outcome with its utilities: the slow definition, for small problems only.

        Returns
        -------
        choices, utilities
            Shapes ``(n_outcomes, n_issues)`` and ``(n_outcomes, n_parties)``, in the order of
            outcome numbers.

        Raises
        ------
        ValueError
            If there are more than ``limit`` outcomes.
        """
        if self.n_outcomes > limit:
            raise ValueError(f"{self.n_outcomes:,} outcomes are too many to list ({limit:,})")
        if not self.n_outcomes:
            return np.zeros((0, self.n_issues), dtype=np.intp), np.zeros((0, self.n_parties))
        row, ties = fitted(self.blocks)
        places = row[joined(ties)]
        choices = np.zeros((len(places), self.n_issues), dtype=np.intp)
        utilities = np.zeros((len(places), self.n_parties))
        for block, rows in zip(self.blocks, places.T, strict=True):
            choices[:, list(block.issues)] = block.choices[rows]
            utilities += block.utilities[rows]
        utilities += self._loose(choices)
        order = np.lexsort(choices.T[::-1])
        return choices[order], utilities[order]
