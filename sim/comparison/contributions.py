"""Through which issues a plan version gains or loses a party: a table that adds up.

For every party the rows sum to its utility of the plan at the central reading, so that what an
issue costs can be read off and compared between versions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.ensemble import Ensemble
from sim.plans import PlanReading

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Contributions:
    """What each term adds to each party's utility of one plan version.

    Attributes
    ----------
    terms
        One name a row, each different: the issues in order, then the combinations that
        interactions name, then tables by their issues. Parties may share a row.
    n_issues
        How many of the rows are issues.
    adds
        Shape ``(n_terms, n_parties)``; the columns sum to the parties' utilities.
    lost
        How much more each term could add at most, shape ``(n_terms, n_parties)``. For a party
        that takes the mean over included articles: how far the article pulls the mean below
        the party's threshold.
    """

    terms: tuple[str, ...]
    n_issues: int
    adds: Floats
    lost: Floats

    def worst(self, column: int, n: int = 3) -> list[int]:
        """Return the rows that cost a party most, the worst first, those that cost nothing out."""
        order = np.argsort(-self.lost[:, column], kind="stable")[:n]
        return [int(row) for row in order if self.lost[row, column] > 1e-9]


def contributions(central: Ensemble, plan: PlanReading) -> Contributions:
    """Split each party's central utility of a plan version into its terms.

    Parameters
    ----------
    central
        An ensemble of one draw.
    plan
        The version; an issue left open adds the mean over its options.
    """
    issues = central.structure.space.issues
    pairs = zip(central.terms, plan.central, strict=True)
    adds = [term[0, options, :].mean(axis=0) for term, options in pairs]
    most = [term[0].max(axis=0) for term in central.terms]
    for column in np.flatnonzero(central.structure.averaged):
        _split_the_mean(central, plan, int(column), adds, most)
    rows = {
        name: np.array([added, full]) for name, added, full in zip(issues, adds, most, strict=True)
    }

    def join(name: str, column: int, added: float, full: float) -> None:
        rows.setdefault(name, np.zeros((2, central.n_parties)))[:, column] += added, full

    for bonus in central.bonuses:
        amount = float(bonus.amount[0])
        share = bonus.condition.share(plan.central)
        join(bonus.condition.text, bonus.party, amount * share, max(amount, 0.0))
    for table in central.tables:
        cells = table.utilities[0]
        added = float(cells[np.ix_(*(plan.central[i] for i in table.issues))].mean())
        name = "table: " + " × ".join(issues[i] for i in table.issues)
        join(name, table.party, added, float(cells.max()))
    both = np.array(list(rows.values()))
    return Contributions(tuple(rows), len(issues), both[:, 0], both[:, 1] - both[:, 0])


def _split_the_mean(
    central: Ensemble, plan: PlanReading, column: int, adds: list[Floats], most: list[Floats]
) -> None:
    """Share out a mean over included articles: it is linear in each article's value."""
    threshold = float(central.thresholds[0, column])
    for issue in range(len(plan.central)):
        adds[issue][column] = central.share_of_mean(column, issue, plan.central)[0]
        most[issue][column] = threshold * central.weight_in_mean(column, issue, plan.central)
