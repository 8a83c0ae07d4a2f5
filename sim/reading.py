"""One pass over a scenario that turns its numbers into arrays, however they are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.condition import Condition
from sim.ensemble import Bonus, Ensemble, TableTerm
from sim.fighting import Fought, fought
from sim.ideal import Ideals
from sim.preferences.line import Line, along
from sim.preferences.ordinal import Order
from sim.preferences.readers import Reader
from sim.scenario import AboveDisagreement, Fighting, Party, RedLines, ShareOfBest
from sim.structure import Structure

Floats = NDArray[np.float64]


class Reading:
    """One pass over the scenario with a reader that turns its numbers into arrays.

    ``levers`` says of each lever how far it is in place, 0 or 1, for all draws or draw by draw.
    """

    def __init__(
        self,
        structure: Structure,
        read: Reader,
        n: int,
        red_lines: RedLines,
        levers: Mapping[str, Floats | float],
    ) -> None:
        self.structure, self.read, self.n, self.red_lines = structure, read, n, red_lines
        self.levers = levers
        self.scenario = structure.scenario
        self.parties = list(self.scenario.parties.items())
        self.left_out: Sequence[int] = ()  # parties whose terms are not wanted
        self.known: BestBefore | NotAsked | None = None

    def best_of(self, values: Mapping[str, Floats], alike: Sequence[int]) -> BestBefore:
        """Return the most that parties get in this case, where other cases cannot change it."""
        lines = any(path.endswith(".binds") for path in values)
        return BestBefore(self.best, alike, () if lines else alike)

    def ensemble(self) -> Ensemble:
        """Read every number once, in file order."""
        sizes = self.structure.space.sizes
        shape = (self.n, len(self.parties))
        terms = tuple(np.zeros((self.n, s, len(self.parties)), order="F") for s in sizes)
        included = tuple(np.zeros((s, len(self.parties)), dtype=bool) for s in sizes)
        for column in range(len(self.parties)):
            if column not in self.left_out:
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
            if isinstance(values, Order | Line):
                worth = self._curve(values, options, path, ends)
                np.multiply(worth, weights[:, k], out=terms[issue].T[column])
                included[issue][:, column] = True
                continue
            for option, option_name in enumerate(options):
                if values is not None and option_name in values:
                    value = self.read.number(values[option_name], f"{path}.{option_name}", *ends)
                    terms[issue][:, option, column] = weights[:, k] * value
                    included[issue][option, column] = True
        self._push_values(column, dict(zip(issues, weights.T, strict=True)), terms, included)

    def _push_values(
        self,
        column: int,
        weights: Mapping[int, Floats],
        terms: tuple[Floats, ...],
        included: tuple[NDArray[np.bool_], ...],
    ) -> None:
        """Add weight × shift where levers act on options; an article left out has no value."""
        name, space = self.parties[column][0], self.structure.space
        for lever, on in self.levers.items():
            shift = self.scenario.levers[lever].effects.get(name)
            for issue_name, options in shift.values.items() if shift else ():
                issue = space.issues.index(issue_name)
                for option_name, number in options.items() if issue in weights else ():
                    option = space.options[issue_name].index(option_name)
                    if included[issue][option, column]:
                        path = f"levers.{lever}.effects.{name}.values.{issue_name}.{option_name}"
                        pushed = on * self.read.number(number, path)
                        terms[issue][:, option, column] += weights[issue] * pushed

    def _curve(
        self, values: Order | Line, options: Sequence[str], path: str, ends: tuple[float, float]
    ) -> Floats:
        """Read the values of all options of an issue at once.

        Returns
        -------
        ndarray
            Shape ``(n_options, n)``, or ``(n_options, 1)`` where they are the same in all draws.
        """
        if isinstance(values, Order):
            levels = self.read.levels(len(values.levels), path)
            return levels[values.level_of(list(options))]
        points = values.points
        given = [self.read.number(values.line[p], f"{path}.line.{p}", *ends) for p in points]
        if all(bool((number == number[:1]).all()) for number in given):
            given = [number[:1] for number in given]  # one line for all draws
        return along([float(o) for o in options], [float(p) for p in points], np.stack(given))

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
            total = sum(weights.T, np.zeros(self.n))  # one by one: rounds alike for any n
            weights /= np.where(total > 0, total, 1.0)[:, None]  # who ranks nothing: indifferent
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
        self.best = best = Best(half, self.red_lines, self.known)
        war = self._war(half)
        for column, (name, party) in enumerate(self.parties):
            for level, into in ((party.disagreement, disagreement), (party.threshold, thresholds)):
                kind = "disagreement" if into is disagreement else "threshold"
                path = f"parties.{name}.{kind}"
                if level is None:
                    into[:, column] = disagreement[:, column]
                elif isinstance(level, ShareOfBest):
                    share = self.read.number(level.share_of_best, path)
                    into[:, column] = share * best.of(column, level.within)
                elif isinstance(level, Fighting):
                    assert war is not None  # checked in `sim.consistency`
                    believed = level.war == "believed"
                    into[:, column] = war.outset(column, believed=believed)
                elif isinstance(level, AboveDisagreement):
                    margin = self.read.number(level.above_disagreement, path)
                    into[:, column] = disagreement[:, column] + margin
                else:
                    into[:, column] = self.read.number(level, path)
                into[:, column] += self._pushed(name, kind)
        return disagreement, np.maximum(thresholds, disagreement)

    def _war(self, half: Ensemble) -> Fought | None:
        """Read the war that the parties' no-deal values follow from, where any does."""
        follows = any(isinstance(party.disagreement, Fighting) for _, party in self.parties)
        return fought(self.scenario, half, self.read) if follows else None

    def _pushed(self, name: str, kind: str) -> Floats | float:
        """Add up what the levers in place add to a level of a party."""
        total: Floats | float = 0.0
        for lever, on in self.levers.items():
            shift = self.scenario.levers[lever].effects.get(name)
            number = getattr(shift, kind, None)
            if number is not None:
                path = f"levers.{lever}.effects.{name}.{kind}"
                total = total + on * self.read.number(number, path)
        return total


class Best(Ideals):
    """The most that each party could get, taken over from a case before where it is the same."""

    def __init__(
        self,
        ensemble: Ensemble,
        red_lines: RedLines,
        before: BestBefore | NotAsked | None = None,
    ) -> None:
        super().__init__(ensemble, red_lines)
        self.before = before

    def of(self, column: int, within: str) -> Floats:
        """Return the best utility of one party in each draw, shape ``(n_draws,)``."""
        if self.before is not None and self.before.holds(column, within):
            first = self.before.of(column, within)
            return np.tile(first, self.ensemble.n_draws // len(first))
        return super().of(column, within)


@dataclass(frozen=True, eq=False)
class BestBefore:
    """The most that parties get in one case, for those to whom other cases are alike."""

    best: Best
    alike: Sequence[int]
    alike_within_red_lines: Sequence[int]

    def holds(self, column: int, within: str) -> bool:
        """Tell whether it is the same in the other cases."""
        return column in (self.alike_within_red_lines if within == "red_lines" else self.alike)

    def of(self, column: int, within: str) -> Floats:
        """Return what it is in that case, shape ``(n_draws,)``."""
        return self.best.of(column, within)

    def holds_levels(self, column: int, structure: Structure) -> bool:
        """Tell whether all that the party's levels are shares of is the same in other cases."""
        party = structure.scenario.parties[structure.parties[column]]
        if isinstance(party.disagreement, Fighting):
            return False  # what the war's ends are worth to it may differ from case to case
        shares = [level for level in (party.disagreement, party.threshold)
                  if isinstance(level, ShareOfBest)]  # fmt: skip
        return all(self.holds(column, share.within) for share in shares)


class NotAsked:
    """Stands for the most that parties get where only the reading matters, not what comes of it."""

    def holds(self, column: int, within: str) -> bool:
        """Spare every search for it."""
        return True

    def of(self, column: int, within: str) -> Floats:
        """Return 0."""
        return np.zeros(1)
