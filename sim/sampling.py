"""From a scenario to numbers: the central reading, and draws of everything that is uncertain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from sim.condition import Condition
from sim.ensemble import Bonus, Ensemble, TableTerm
from sim.ideal import ideal_utilities
from sim.preferences.ordinal import Order
from sim.preferences.readers import Central, Drawn, Reader
from sim.preferences.streams import Streams, correlation_groups
from sim.scenario import AboveDisagreement, Party, RedLines, Scenario, ShareOfBest
from sim.structure import Structure

Floats = NDArray[np.float64]

BLOCK = 8192
"""Draws made at a time: small enough for the processor's cache, the same on every machine."""


def central(scenario: Scenario, *, red_lines: RedLines = "stated") -> Ensemble:
    """Return the central reading: every number at its central value, every red line holding.

    Parameters
    ----------
    scenario
        A valid scenario.
    red_lines
        The reading; it matters only where a level is a share of the best *within the red lines*.
    """
    return _Reading(Structure(scenario), Central(), 1, red_lines).ensemble()


def sample(
    scenario: Scenario, n_draws: int, *, seed: int = 0, red_lines: RedLines = "stated"
) -> Iterator[Ensemble]:
    """Draw everything that is uncertain, in ensembles of at most `BLOCK` draws.

    Numbers are drawn by name (`Streams`): the same seed gives the same draws whatever the order
    of issues and parties, and a number that is edited leaves the others' draws as they were.
    """
    structure = Structure(scenario)
    streams = Streams(seed, _correlations(scenario))
    for start in range(0, n_draws, BLOCK):
        n = min(BLOCK, n_draws - start)
        yield _Reading(structure, Drawn(streams, n), n, red_lines).ensemble()


def _correlations(scenario: Scenario) -> list[tuple[list[str], Floats]]:
    pairs = {
        frozenset((a, b)): tie.rank
        for tie in scenario.correlations
        for k, a in enumerate(tie.between)
        for b in tie.between[k + 1 :]
    }
    return correlation_groups(pairs)


class _Reading:
    """One pass over the scenario with a reader that turns its numbers into arrays."""

    def __init__(self, structure: Structure, read: Reader, n: int, red_lines: RedLines) -> None:
        self.structure, self.read, self.n, self.red_lines = structure, read, n, red_lines
        self.scenario = structure.scenario
        self.parties = list(self.scenario.parties.items())

    def ensemble(self) -> Ensemble:
        """Read every number once, in file order."""
        sizes = self.structure.space.sizes
        shape = (self.n, len(self.parties))
        terms = tuple(np.zeros((self.n, s, len(self.parties)), order="F") for s in sizes)
        included = tuple(np.zeros((s, len(self.parties)), dtype=bool) for s in sizes)
        for column in range(len(self.parties)):
            self._fill_terms(column, terms, included)
        half = Ensemble(
            self.structure,
            terms,
            included,
            tuple(self._bonuses()),
            tuple(self._tables()),
            np.zeros(shape),
            np.zeros(shape),
            self._binds(),
        )
        disagreement, thresholds = self._levels(half)
        return Ensemble(**{**vars(half), "disagreement": disagreement, "thresholds": thresholds})

    def _fill_terms(
        self, column: int, terms: tuple[Floats, ...], included: tuple[NDArray[np.bool_], ...]
    ) -> None:
        name, party = self.parties[column]
        issues = self.structure.decides(column)
        weights = self._weights(name, party, issues)
        ends = (0.0, 1.0) if party.scale == "unit" else (-np.inf, np.inf)
        for k, issue in enumerate(issues):
            issue_name = self.structure.space.issues[issue]
            options = self.structure.space.options[issue_name]
            values = party.values.get(issue_name)
            path = f"parties.{name}.values.{issue_name}"
            if isinstance(values, Order):
                levels = self.read.levels(len(values.levels), path)
                for option, level in enumerate(values.level_of(list(options))):
                    np.multiply(weights[:, k], levels[level], out=terms[issue][:, option, column])
                included[issue][:, column] = True
                continue
            for option, option_name in enumerate(options):
                if values is not None and option_name in values:
                    value = self.read.number(values[option_name], f"{path}.{option_name}", *ends)
                    terms[issue][:, option, column] = weights[:, k] * value
                    included[issue][option, column] = True

    def _weights(self, name: str, party: Party, issues: list[int]) -> Floats:
        """Weights of the issues that count, shape ``(n, len(issues))``, normalised if unit."""
        weights = np.ones((self.n, len(issues)), order="F")
        if party.utility == "mean_of_included":
            return weights
        for k, issue in enumerate(issues):
            issue_name = self.structure.space.issues[issue]
            if party.weights is not None:
                path = f"parties.{name}.weights.{issue_name}"
                number = party.weights.get(issue_name, 0.0)
                weights[:, k] = self.read.weight(number, path, self.scenario.tiers)
            values = party.values.get(issue_name)
            if values is None or (isinstance(values, Order) and len(values.levels) == 1):
                weights[:, k] = 0.0  # nothing, or only a table, is said of it; or all is one
        if party.scale == "unit":
            total = weights.sum(axis=1, keepdims=True)
            weights /= np.where(total > 0, total, 1.0)  # who ranks nothing is indifferent to all
        return weights

    def _bonuses(self) -> Iterator[Bonus]:
        for column, (name, party) in enumerate(self.parties):
            for k, item in enumerate(party.interactions):
                if self._counts(column, item.when):
                    amount = self.read.number(item.add, f"parties.{name}.interactions.{k}.add")
                    yield Bonus(column, Condition.of(item.when, self.structure.space), amount)

    def _tables(self) -> Iterator[TableTerm]:
        for column, (name, party) in enumerate(self.parties):
            for k, table in enumerate(party.tables):
                if not self._counts(column, table.issues):
                    continue
                path = f"parties.{name}.tables.{k}.utilities"
                places = [self.structure.space.issues.index(issue) for issue in table.issues]
                cells = self._cells(table.utilities, list(table.issues), path)
                shape = [self.structure.space.sizes[place] for place in places]
                yield TableTerm(column, tuple(places), np.stack(cells, axis=1).reshape(-1, *shape))

    def _counts(self, column: int, issues: Iterable[str]) -> bool:
        """Tell whether all of these issues are the party's to decide."""
        say = self.parties[column][1].say
        return say is None or set(issues) <= set(say)

    def _cells(self, node: object, issues: list[str], path: str) -> list[Floats]:
        """Read a nested table from the outside in, last issue fastest."""
        if not issues:
            return [self.read.number(node, path)]  # type: ignore[arg-type]
        options = self.structure.space.options[issues[0]]
        inner = ((node[o], f"{path}.{o}") for o in options)  # type: ignore[index]
        return [cell for n, p in inner for cell in self._cells(n, issues[1:], p)]

    def _binds(self) -> NDArray[np.bool_]:
        binds = np.ones((self.n, len(self.structure.lines)), dtype=bool, order="F")
        for k, line in enumerate(self.structure.lines):
            name, index = self.parties[line.party][0], int(line.path.split(".")[-2])
            number = self.scenario.parties[name].red_lines[index].binds
            binds[:, k] = self.read.chance(number, line.path)
        return binds

    def _levels(self, half: Ensemble) -> tuple[Floats, Floats]:
        """Disagreement values and effective thresholds, shapes ``(n, n_parties)``."""
        disagreement = np.zeros((self.n, len(self.parties)), order="F")
        thresholds = np.zeros_like(disagreement)
        best = _Best(half, self.red_lines)
        for column, (name, party) in enumerate(self.parties):
            for level, into in ((party.disagreement, disagreement), (party.threshold, thresholds)):
                kind = "disagreement" if into is disagreement else "threshold"
                path = f"parties.{name}.{kind}"
                if level is None:
                    into[:, column] = disagreement[:, column]
                elif isinstance(level, ShareOfBest):
                    share = self.read.number(level.share_of_best, path)
                    into[:, column] = share * best.of(column, level.within)
                elif isinstance(level, AboveDisagreement):
                    margin = self.read.number(level.above_disagreement, path)
                    into[:, column] = disagreement[:, column] + margin
                else:
                    into[:, column] = self.read.number(level, path)
        return disagreement, np.maximum(thresholds, disagreement)


class _Best:
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
