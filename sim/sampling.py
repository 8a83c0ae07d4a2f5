"""From a scenario to numbers: the central reading, and draws of everything that is uncertain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from sim.condition import Condition
from sim.ensemble import Bonus, Ensemble, TableTerm
from sim.errors import InputError, did_you_mean
from sim.fighting import Fought, fought
from sim.ideal import Ideals
from sim.preferences.line import Line, along
from sim.preferences.ordinal import Order
from sim.preferences.readers import Central, Drawn, Reader, Repeated
from sim.preferences.streams import Streams, correlation_groups
from sim.preferences.uncertain import is_uncertain
from sim.scenario import AboveDisagreement, Fighting, Party, RedLines, Scenario, ShareOfBest
from sim.structure import Structure

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

BLOCK = 8192
"""Draws made at a time: small enough for the processor's cache, the same on every machine."""

MOST_CELLS = 16_000_000
"""Values held at a time (draws × options × parties); where options are many, draws are fewer."""


def central(
    scenario: Scenario, *, red_lines: RedLines = "stated", levers: Sequence[str] = ()
) -> Ensemble:
    """Return the central reading: every number at its central value, every red line holding.

    Parameters
    ----------
    scenario
        A valid scenario.
    red_lines
        The reading; it matters only where a level is a share of the best *within the red lines*.
    levers
        Those that are in place, by name; none of them by default. Levels that are written
        relative to another number, such as a share of the best, follow what the levers move.

    Raises
    ------
    InputError
        If a lever is unknown.
    """
    on = _in_place(scenario, levers)
    return _Reading(Structure(scenario), Central(), 1, red_lines, on).ensemble()


def sample(
    scenario: Scenario,
    n_draws: int,
    *,
    seed: int = 0,
    red_lines: RedLines = "stated",
    levers: Sequence[str] = (),
) -> Iterator[Ensemble]:
    """Draw everything that is uncertain, in ensembles of at most `BLOCK` draws.

    Numbers are drawn by name (`Streams`): the same seed gives the same draws whatever the order
    of issues and parties, and a number that is edited leaves the others' draws as they were.
    What the ``levers`` in place do is drawn from streams of their own, so with and without them
    all else is the same.
    """
    structure, on = Structure(scenario), _in_place(scenario, levers)
    streams = Streams(seed, _correlations(scenario))
    for n in _blocks(structure, n_draws):
        yield _Reading(structure, Drawn(streams, n), n, red_lines, on).ensemble()


def readers(
    scenario: Scenario, ensembles: Sequence[Ensemble], *, seed: int = 0
) -> Iterator[Reader]:
    """Read once more, from the start, what the draws of `sample` were read with.

    Numbers that an ensemble does not hold, such as patience, are so drawn along with it: one
    reader for each of the ensembles that `sample` gave, with the same seed.
    """
    streams = Streams(seed, _correlations(scenario))
    for ensemble in ensembles:
        yield Drawn(streams, ensemble.n_draws)


def _blocks(structure: Structure, n_draws: int) -> Iterator[int]:
    """Split draws into blocks, the same for every question asked of a scenario."""
    block = _at_a_time(structure)
    for start in range(0, n_draws, block):
        yield min(block, n_draws - start)


def _at_a_time(structure: Structure) -> int:
    """Return how many draws are made at a time."""
    cells = sum(structure.space.sizes) * len(structure.parties)
    return min(BLOCK, max(1, MOST_CELLS // cells))


class UnderLevers:
    """One reading of a scenario, central or drawn, under any combination of its levers.

    What stands in the file is read once, so that combinations differ by their levers alone
    (common random numbers).

    Attributes
    ----------
    n_draws
        Draws in the reading; 1 for the central one.
    room
        Combinations that fit into memory at a time.
    """

    def __init__(self, structure: Structure, read: Reader, n: int, red_lines: RedLines) -> None:
        self.structure, self.n_draws, self.red_lines = structure, n, red_lines
        self.room = max(1, _at_a_time(structure) // n)
        self._read = Repeated(read)

    def ensemble(self, combinations: Bools) -> Ensemble:
        """Return the reading under each combination, one behind the other.

        Parameters
        ----------
        combinations
            Which levers are in place, shape ``(n_combinations, n_levers)``, in file order.

        Returns
        -------
        Ensemble
            With ``n_combinations * n_draws`` draws, those of the first combination first.
        """
        self._read.times = len(combinations)
        in_place = np.repeat(combinations, self.n_draws, axis=0).astype(float)
        on = dict(zip(self.structure.scenario.levers, in_place.T, strict=True))
        on = {name: column for name, column in on.items() if column.any()}
        n = self.n_draws * len(combinations)
        return _Reading(self.structure, self._read, n, self.red_lines, on).ensemble()


def central_under(scenario: Scenario, *, red_lines: RedLines = "stated") -> UnderLevers:
    """Return the central reading, to be looked at under combinations of levers."""
    return UnderLevers(Structure(scenario), Central(), 1, red_lines)


def sample_under(
    scenario: Scenario, n_draws: int, *, seed: int = 0, red_lines: RedLines = "stated"
) -> Iterator[UnderLevers]:
    """Make the draws of `sample`, to be looked at under combinations of levers."""
    structure = Structure(scenario)
    streams = Streams(seed, _correlations(scenario))
    for n in _blocks(structure, n_draws):
        yield UnderLevers(structure, Drawn(streams, n), n, red_lines)


def _in_place(scenario: Scenario, levers: Sequence[str]) -> dict[str, float]:
    """Say of levers, by name, that they are in place."""
    unknown = [name for name in levers if name not in scenario.levers]
    if unknown:
        lines = (f"no lever is called '{n}'{did_you_mean(n, scenario.levers)}" for n in unknown)
        raise InputError("\n".join(lines))
    return dict.fromkeys(levers, 1.0)


def _correlations(scenario: Scenario) -> list[tuple[list[str], Floats]]:
    pairs = {
        frozenset((a, b)): tie.rank
        for tie in scenario.correlations
        for k, a in enumerate(tie.between)
        for b in tie.between[k + 1 :]
    }
    return correlation_groups(pairs)


class _Reading:
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
        if not any(map(is_uncertain, values.line.values())):
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
        best = Ideals(half, self.red_lines)
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
