"""Many readings of one scenario that share its structure: one for each draw of what is uncertain.

The central reading is an ensemble of one. Arrays have draws first; they are stored so that the
draws of one option of one party lie together in memory, which is how they are used.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.condition import Condition
from sim.structure import Structure

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Indices = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Bonus:
    """An interaction: what a combination of options adds to one party's utility."""

    party: int
    condition: Condition
    amount: Floats  # (n_draws,)


@dataclass(frozen=True, eq=False)
class TableTerm:
    """A tabulated term of one party over a few issues."""

    party: int
    issues: tuple[int, ...]
    utilities: Floats  # (n_draws, n_options of the first issue, of the second, …)


@dataclass(frozen=True, eq=False)
class Ensemble:
    """What every party wants, draw by draw.

    Attributes
    ----------
    structure
        The scenario's names and conditions.
    terms
        For each issue weight × value, shape ``(n_draws, n_options, n_parties)``. For a party
        that takes the mean over included articles: the value alone, 0 where left out.
    included
        For each issue which options count as included, shape ``(n_options, n_parties)``; used
        for parties that take the mean only.
    bonuses, tables
        Interactions and tabulated terms.
    disagreement, thresholds
        Shape ``(n_draws, n_parties)``; the threshold is the effective one, max(r, d).
    binds
        Which red lines hold when it comes to it, shape ``(n_draws, n_lines)``.
    """

    structure: Structure
    terms: tuple[Floats, ...]
    included: tuple[Bools, ...]
    bonuses: tuple[Bonus, ...]
    tables: tuple[TableTerm, ...]
    disagreement: Floats
    thresholds: Floats
    binds: Bools

    @property
    def n_draws(self) -> int:
        """Number of draws."""
        return len(self.disagreement)

    @property
    def n_parties(self) -> int:
        """Number of parties, advisory ones included."""
        return self.disagreement.shape[1]

    def utility(
        self, choices: Sequence[int | Indices], columns: Sequence[int] | None = None
    ) -> Floats:
        """Return each party's utility of an outcome, which may differ from draw to draw.

        Parameters
        ----------
        choices
            For each issue an option index, or one for each draw, shape ``(n_draws,)``.
        columns
            The parties wanted; what stands for the others means nothing. All by default.

        Returns
        -------
        ndarray
            Shape ``(n_draws, n_parties)``.
        """
        wanted = range(self.n_parties) if columns is None else columns
        total = np.zeros((self.n_draws, self.n_parties), order="F")
        for issue, choice in enumerate(choices):
            self._add(total, self.terms[issue], choice, wanted)
        self._average(total, choices)
        for bonus in self.bonuses:
            total[:, bonus.party] += bonus.amount * bonus.condition.met(choices)
        for table in self.tables:
            where = tuple(choices[i] for i in table.issues)
            total[:, table.party] += table.utilities[(np.arange(self.n_draws), *where)]
        return total

    def _add(
        self, total: Floats, term: Floats, choice: int | Indices, columns: Iterable[int]
    ) -> None:
        """Add what an issue gives some parties; whole runs of draws lie together in memory."""
        if np.ndim(choice) == 0:
            for k in columns:
                total.T[k] += term.T[k, int(choice)]
            return
        place = np.asarray(choice) * self.n_draws + np.arange(self.n_draws)
        flat = term.reshape(-1, self.n_parties, order="F")
        for k in columns:
            total.T[k] += flat[:, k].take(place)

    def _average(self, total: Floats, choices: Sequence[int | Indices]) -> None:
        """Divide the sums of those who take the mean by the number of articles included."""
        averaged = self.structure.averaged
        if averaged.any():
            n = np.zeros((self.n_draws, self.n_parties))
            for included, choice in zip(self.included, choices, strict=True):
                n += included[choice]
            np.divide(total, np.maximum(n, 1), out=total, where=averaged)

    def expected_utility(self, options: Sequence[Indices]) -> Floats:
        """Return the mean utility when each issue is drawn from a set of options.

        Parameters
        ----------
        options
            For each issue the indices of its possible options, equally likely and independent.

        Returns
        -------
        ndarray
            Shape ``(n_draws, n_parties)``.
        """
        total = np.zeros((self.n_draws, self.n_parties))
        for term, possible in zip(self.terms, options, strict=True):
            total += term[:, possible, :].mean(axis=1)
        for column in np.flatnonzero(self.structure.averaged):
            total[:, column] = self._expected_average(int(column), options)
        for bonus in self.bonuses:
            total[:, bonus.party] += bonus.amount * bonus.condition.share(options)
        for table in self.tables:
            part = table.utilities
            for axis, issue in enumerate(table.issues, start=1):
                part = part.take(options[issue], axis=axis).mean(axis=axis, keepdims=True)
            total[:, table.party] += part.reshape(self.n_draws)
        return total

    def _expected_average(self, column: int, options: Sequence[Indices]) -> Floats:
        parts = [self.share_of_mean(column, k, options) for k in range(len(options))]
        return np.sum(parts, axis=0)

    def share_of_mean(self, column: int, issue: int, options: Sequence[Indices]) -> Floats:
        """Return what one article adds to a mean over included ones, shape ``(n_draws,)``.

        The number of other articles included is a sum of independent coins, so that the
        expectation over the option sets is exact.
        """
        counts = self.included[issue][options[issue], column]
        gained = self.terms[issue][:, options[issue], column][:, counts].sum(axis=1)
        return gained / len(counts) * self._mean_of_reciprocal(column, issue, options)

    def weight_in_mean(self, column: int, issue: int, options: Sequence[Indices]) -> float:
        """Return the expected weight of one article in a mean over included ones."""
        inside = float(self.included[issue][options[issue], column].mean())
        return inside * self._mean_of_reciprocal(column, issue, options)

    def _mean_of_reciprocal(self, column: int, issue: int, options: Sequence[Indices]) -> float:
        """Expectation of 1 / (1 + how many other articles are included)."""
        chance = np.zeros(len(options))
        chance[0] = 1.0
        for other, possible in enumerate(options):
            if other != issue:
                inside = float(self.included[other][possible, column].mean())
                chance = chance * (1 - inside) + np.roll(chance, 1) * inside
        return float((chance / np.arange(1, len(options) + 1)).sum())

    def row_utilities(
        self,
        issues: Sequence[int],
        choices: Indices,
        columns: Sequence[int],
        shared: Sequence[int] = (),
    ) -> Floats:
        """Return what joint choices on a group of issues add to the utility of some parties.

        Parameters
        ----------
        issues
            The group, ascending.
        choices
            Option indices, shape ``(n_rows, len(issues))``.
        columns
            Which parties.
        shared
            What depends on these issues alone is counted in another group, which holds them too.

        Returns
        -------
        ndarray
            Shape ``(n_draws, n_rows, len(columns))``.
        """
        wanted = list(columns)
        total = np.zeros((self.n_draws, len(choices), len(wanted)), order="F")
        for place, issue in enumerate(issues):
            if issue in shared:
                continue
            for k, party in enumerate(wanted):  # whole runs of draws are copied at a time
                total.T[k] += self.terms[issue].T[party].take(choices[:, place], axis=0)
        column_of = {issue: place for place, issue in enumerate(issues)}
        for k, party in enumerate(wanted):
            if self.structure.averaged[party]:
                n = sum(self.included[i][choices[:, p], party] for i, p in column_of.items())
                total[:, :, k] /= np.maximum(n, 1)
            for bonus in self.bonuses:
                if bonus.party == party and _counts(bonus.condition.issues, issues, shared):
                    picks = [choices[:, column_of[i]] for i in bonus.condition.issues]
                    met = np.logical_and.reduce(
                        [m[c] for m, c in zip(bonus.condition.options, picks, strict=True)]
                    )
                    total[:, :, k] += bonus.amount[:, None] * met
            for table in self.tables:
                if table.party == party and _counts(table.issues, issues, shared):
                    where = tuple(choices[:, column_of[i]] for i in table.issues)
                    cells = np.moveaxis(table.utilities, 0, -1)[where]
                    total[:, :, k] += cells.T
        return total

    def draw(self, k: int) -> Ensemble:
        """Return one draw as an ensemble of its own."""
        return self.take(slice(k, k + 1))

    def take(self, draws: slice | Indices) -> Ensemble:
        """Return some draws, given as a slice or by number, as an ensemble of their own."""
        return Ensemble(
            self.structure,
            tuple(term[draws] for term in self.terms),
            self.included,
            tuple(Bonus(b.party, b.condition, b.amount[draws]) for b in self.bonuses),
            tuple(TableTerm(t.party, t.issues, t.utilities[draws]) for t in self.tables),
            self.disagreement[draws],
            self.thresholds[draws],
            self.binds[draws],
        )


def _counts(tie: Sequence[int], issues: Sequence[int], shared: Sequence[int]) -> bool:
    """Tell whether what depends on some issues is counted in a group, not in another."""
    return set(tie) <= set(issues) and not set(tie) <= set(shared)
