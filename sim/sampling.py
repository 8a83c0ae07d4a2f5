"""From a scenario to numbers: the central reading, and draws of everything that is uncertain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.ensemble import Ensemble
from sim.errors import InputError, did_you_mean
from sim.preferences.readers import Central, Drawn, Noted, Reader, Repeated, Swept, SweptApart
from sim.preferences.streams import ManyStreams, Streams, correlation_groups
from sim.reading import NotAsked, Reading
from sim.scenario import RedLines, Scenario
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
    return Reading(Structure(scenario), Central(), 1, red_lines, on).ensemble()


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
        yield Reading(structure, Drawn(streams, n), n, red_lines, on).ensemble()


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


@dataclass(frozen=True, eq=False)
class SweptDraws:
    """Some draws of some cases, as one ensemble: cases outermost, draws inside.

    Attributes
    ----------
    cases, draws
        Which they are.
    ensemble
        With as many draws as there are cases times draws.
    first
        The same draws in the first case alone.
    alike
        Columns of the parties to whom every outcome is worth the same in all cases. Where
        ``sample_swept`` was told so, their terms are in ``first`` alone.
    apart
        Whether every case has draws of its own.
    """

    cases: slice
    draws: slice
    ensemble: Ensemble
    first: Ensemble
    alike: tuple[int, ...]
    apart: bool = False


def numbers_read(
    scenario: Scenario, *, red_lines: RedLines = "stated", levers: Sequence[str] = ()
) -> Noted:
    """Note which numbers of a scenario are read, and which of them are uncertain."""
    noted = Noted(Central())
    reading = Reading(Structure(scenario), noted, 1, red_lines, _in_place(scenario, levers))
    reading.known = NotAsked()
    reading.ensemble()
    return noted


def central_swept(
    scenario: Scenario,
    values: Mapping[str, Floats],
    n_cases: int,
    *,
    red_lines: RedLines = "stated",
    levers: Sequence[str] = (),
) -> Ensemble:
    """Return the central reading of many cases, one draw each, that differ in some numbers.

    Parameters
    ----------
    scenario
        Any of the cases: where the numbers that differ stand, it has plain numbers.
    values
        Path of a number, as it is drawn by -> its value in each case, shape ``(n_cases,)``.
    n_cases
        How many there are.
    red_lines, levers
        As for `central`.
    """
    read, on = Swept(Central(), 1, values), _in_place(scenario, levers)
    read.look_at(slice(0, n_cases))
    return Reading(Structure(scenario), read, n_cases, red_lines, on).ensemble()


def sample_swept(
    scenario: Scenario,
    n_draws: int,
    values: Mapping[str, Floats],
    n_cases: int,
    *,
    seed: int = 0,
    red_lines: RedLines = "stated",
    levers: Sequence[str] = (),
    whole: bool = True,
) -> Iterator[SweptDraws]:
    """Make the draws of `sample` in many cases that differ in some numbers.

    All cases meet the same draws, those that `sample` makes for each of them alone.

    Parameters
    ----------
    scenario, values, n_cases
        As for `central_swept`.
    n_draws, seed, red_lines, levers
        As for `sample`.
    whole
        Whether the ensembles hold also what is the same in all cases, repeated.
    """
    structure, on = Structure(scenario), _in_place(scenario, levers)
    streams = Streams(seed, _correlations(scenario))
    alike = _alike_to(structure, values)
    start = 0
    for n in _blocks(structure, n_draws):
        read = Swept(Drawn(streams, n), n, values)
        read.look_at(slice(0, 1))
        once = Reading(structure, read, n, red_lines, on)
        first = once.ensemble()
        room = max(1, _at_a_time(structure) // n)
        for begin in range(0, n_cases, room):
            cases = slice(begin, min(begin + room, n_cases))
            read.look_at(cases)
            drawn = Reading(structure, read, n * (cases.stop - begin), red_lines, on)
            drawn.known = once.best_of(values, alike)
            if not whole:
                drawn.left_out = [k for k in alike if drawn.known.holds_levels(k, structure)]
            yield SweptDraws(cases, slice(start, start + n), drawn.ensemble(), first, alike)
        start += n


def sample_apart(
    scenario: Scenario,
    n_draws: int,
    values: Mapping[str, Floats],
    seeds: Sequence[int],
    *,
    red_lines: RedLines = "stated",
    levers: Sequence[str] = (),
) -> Iterator[SweptDraws]:
    """Make the draws of `sample` in many cases, each from a seed of its own.

    Parameters
    ----------
    scenario, values
        As for `central_swept`.
    n_draws
        In each case.
    seeds
        One for each case.
    red_lines, levers
        As for `sample`.

    Returns
    -------
    iterator of SweptDraws
        All draws of some cases, then those of the next. No case says anything of another, so none
        is `SweptDraws.alike`.
    """
    structure, on = Structure(scenario), _in_place(scenario, levers)
    correlations, blocks = _correlations(scenario), list(_blocks(structure, n_draws))
    room = max(1, _at_a_time(structure) // max(blocks))
    for begin in range(0, len(seeds), room):
        cases = slice(begin, min(begin + room, len(seeds)))
        streams, start = ManyStreams(seeds[cases], correlations), 0
        for n in blocks:
            total = n * (cases.stop - begin)
            read = SweptApart(Drawn(streams, total), n, values, cases)
            drawn = Reading(structure, read, total, red_lines, on).ensemble()
            yield SweptDraws(cases, slice(start, start + n), drawn, drawn, (), apart=True)
            start += n


def _alike_to(structure: Structure, values: Mapping[str, Floats]) -> tuple[int, ...]:
    """Return the columns of the parties whose utilities none of these numbers changes."""
    touched = set()
    for path in values:
        steps = path.split(".")
        if steps[0] == "levers":
            touched |= {steps[3]} if steps[4] == "values" else set()
        elif steps[2] in {"weights", "values", "interactions", "tables"}:
            touched.add(steps[1])
    return tuple(k for k, party in enumerate(structure.parties) if party not in touched)


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
        return Reading(self.structure, self._read, n, self.red_lines, on).ensemble()


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
