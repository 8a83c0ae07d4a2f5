"""Ways of reading a scenario's numbers: at their central values, drawn, or case by case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sim.preferences.ordinal import central_levels, draw_levels
from sim.preferences.streams import ManyStreams, Streams
from sim.preferences.uncertain import Distribution, Tier, central, draw, is_uncertain, support

Floats = NDArray[np.float64]
Tiers = Mapping[int, tuple[float, float]]


class Reader(Protocol):
    """Turns what stands in the file into one value for each draw; names say which stream."""

    def number(
        self, number: float | Distribution, path: str, low: float = -np.inf, high: float = np.inf
    ) -> Floats:
        """Read an uncertain number, shape ``(n_draws,)``; the ends cut off a bell's tails."""

    def weight(self, number: float | Distribution | Tier, path: str, tiers: Tiers) -> Floats:
        """Read a weight, never negative, shape ``(n_draws,)``."""

    def levels(self, n_levels: int, path: str) -> Floats:
        """Read the values of an order's levels, best first, shape ``(n_levels, n_draws)``."""

    def chance(self, number: float | Distribution, path: str) -> NDArray[np.bool_]:
        """Tell whether something that has this chance happens, shape ``(n_draws,)``."""

    def coin(self, path: str) -> Floats:
        """Throw the coin by which `chance` decides: it happens where the coin is below."""


class Central:
    """Every number at its central value; what may bind, binds."""

    def number(
        self, number: float | Distribution, path: str, low: float = -np.inf, high: float = np.inf
    ) -> Floats:
        """Return the mean, of a triangle the mode."""
        return np.array([central(number)])

    def weight(self, number: float | Distribution | Tier, path: str, tiers: Tiers) -> Floats:
        """Return the mean, for a tier over all tiers that it covers."""
        if isinstance(number, Tier):
            return np.array([number.ranges(dict(tiers)).mean()])
        return self.number(number, path)

    def levels(self, n_levels: int, path: str) -> Floats:
        """Return equal steps."""
        return central_levels(n_levels)[:, None]

    def chance(self, number: float | Distribution, path: str) -> NDArray[np.bool_]:
        """Say yes unless it cannot happen."""
        return np.array([support(number)[1] > 0])

    def coin(self, path: str) -> Floats:
        """Return 0, so that whatever can happen does."""
        return np.zeros(1)


class Drawn:
    """Every number drawn from the stream of its name."""

    def __init__(self, streams: Streams | ManyStreams, n_draws: int) -> None:
        self.streams, self.n = streams, n_draws

    def number(
        self, number: float | Distribution, path: str, low: float = -np.inf, high: float = np.inf
    ) -> Floats:
        """Return draws; a point takes no random number."""
        if not is_uncertain(number):
            return np.full(self.n, central(number))
        return draw(number, self.streams.uniform(path, self.n), low=low, high=high)

    def weight(self, number: float | Distribution | Tier, path: str, tiers: Tiers) -> Floats:
        """Return draws; of a tier first which one, then a weight inside its range."""
        if isinstance(number, Tier):
            ranges = number.ranges(dict(tiers))
            u = self.streams.uniform(path, self.n) * len(ranges)
            if len(ranges) == 1:
                weight: Floats = ranges[0, 0] + u * (ranges[0, 1] - ranges[0, 0])
                return weight
            which = u.astype(np.intp)
            low, width = ranges[:, 0], ranges[:, 1] - ranges[:, 0]
            drawn: Floats = low[which] + (u - which) * width[which]
            return drawn
        return self.number(number, path, low=0.0)

    def levels(self, n_levels: int, path: str) -> Floats:
        """Return Dirichlet(1) steps."""
        return draw_levels(n_levels, self.n, self.streams.of(path))

    def chance(self, number: float | Distribution, path: str) -> NDArray[np.bool_]:
        """Throw a coin that is as biased as the number, itself drawn, says."""
        chance: Floats | float = central(number)
        if is_uncertain(number):
            chance = draw(number, self.streams.uniform(path, self.n), low=0.0, high=1.0)
        if np.ndim(chance) == 0 and chance in (0.0, 1.0):
            return np.full(self.n, bool(chance))
        return self.coin(path) < chance

    def coin(self, path: str) -> Floats:
        """Return uniforms in [0, 1) from a stream of their own."""
        return self.streams.of(f"{path}?").random(self.n)


class Repeated:
    """What another reader reads, read once and repeated: the same draws in several situations.

    Attributes
    ----------
    times
        How often each number's draws are repeated, one whole set behind the other.
    """

    def __init__(self, read: Reader) -> None:
        self.read, self.times = read, 1
        self._known: dict[tuple[str, str], NDArray[Any]] = {}

    def number(
        self, number: float | Distribution, path: str, low: float = -np.inf, high: float = np.inf
    ) -> Floats:
        """Return the other's draws of a number."""
        return self._repeat("number", path, lambda: self.read.number(number, path, low, high))

    def weight(self, number: float | Distribution | Tier, path: str, tiers: Tiers) -> Floats:
        """Return the other's draws of a weight."""
        return self._repeat("weight", path, lambda: self.read.weight(number, path, tiers))

    def levels(self, n_levels: int, path: str) -> Floats:
        """Return the other's draws of an order's levels."""
        return self._repeat("levels", path, lambda: self.read.levels(n_levels, path))

    def chance(self, number: float | Distribution, path: str) -> NDArray[np.bool_]:
        """Return what happened in the other's draws."""
        return self._repeat("chance", path, lambda: self.read.chance(number, path))

    def coin(self, path: str) -> Floats:
        """Return the other's coins."""
        return self._repeat("coin", path, lambda: self.read.coin(path))

    def _repeat(self, kind: str, path: str, read: Callable[[], NDArray[Any]]) -> NDArray[Any]:
        if (kind, path) not in self._known:
            self._known[kind, path] = read()
        return np.tile(self._known[kind, path], self.times)  # along the draws, which come last


class Swept:
    """Numbers that have one value for each case, and another reader for all that do not.

    Cases come outermost and draws inside: draw ``j`` of case ``c`` stands at ``c * n_draws + j``.
    What is uncertain has the same draws in every case, so that cases differ by their values alone.

    Parameters
    ----------
    read
        Reads everything else.
    n_draws
        How many draws it makes.
    values
        Path -> one value for each case, shape ``(n_cases,)``.

    Attributes
    ----------
    cases
        Which of the cases are read.
    """

    def __init__(self, read: Reader, n_draws: int, values: Mapping[str, Floats]) -> None:
        self._rest, self.n, self._values = Repeated(read), n_draws, values
        self.cases = slice(0, 0)

    def look_at(self, cases: slice) -> None:
        """Read these cases from now on, with the same draws as before."""
        self.cases, self._rest.times = cases, cases.stop - cases.start

    def number(
        self, number: float | Distribution, path: str, low: float = -np.inf, high: float = np.inf
    ) -> Floats:
        """Return each case's value in all of its draws."""
        if path in self._values:
            return np.repeat(self._values[path][self.cases], self.n)
        return self._rest.number(number, path, low, high)

    def weight(self, number: float | Distribution | Tier, path: str, tiers: Tiers) -> Floats:
        """Return each case's value in all of its draws."""
        if path in self._values:
            return np.repeat(self._values[path][self.cases], self.n)
        return self._rest.weight(number, path, tiers)

    def levels(self, n_levels: int, path: str) -> Floats:
        """Return the other's draws: an order has no value of its own."""
        return self._rest.levels(n_levels, path)

    def chance(self, number: float | Distribution, path: str) -> NDArray[np.bool_]:
        """Hold each case's chance against the same coins."""
        if path in self._values:
            return self.coin(path) < np.repeat(self._values[path][self.cases], self.n)
        return self._rest.chance(number, path)

    def coin(self, path: str) -> Floats:
        """Return the other's coins."""
        return self._rest.coin(path)


class SweptApart:
    """Numbers that have one value for each case, where what is uncertain is drawn case by case.

    Parameters
    ----------
    read
        Reads everything else, cases outermost and draws inside.
    n_draws
        How many draws a case has.
    values
        Path -> one value for each case, shape ``(n_cases,)``.
    cases
        Which of the cases are read.
    """

    def __init__(
        self, read: Reader, n_draws: int, values: Mapping[str, Floats], cases: slice
    ) -> None:
        self._rest = read
        self._values = {path: np.repeat(column[cases], n_draws) for path, column in values.items()}

    def number(
        self, number: float | Distribution, path: str, low: float = -np.inf, high: float = np.inf
    ) -> Floats:
        """Return each case's value in all of its draws."""
        known = self._values.get(path)
        return self._rest.number(number, path, low, high) if known is None else known

    def weight(self, number: float | Distribution | Tier, path: str, tiers: Tiers) -> Floats:
        """Return each case's value in all of its draws."""
        known = self._values.get(path)
        return self._rest.weight(number, path, tiers) if known is None else known

    def levels(self, n_levels: int, path: str) -> Floats:
        """Return the other's draws: an order has no value of its own."""
        return self._rest.levels(n_levels, path)

    def chance(self, number: float | Distribution, path: str) -> NDArray[np.bool_]:
        """Hold each case's chance against its coins."""
        known = self._values.get(path)
        return self._rest.chance(number, path) if known is None else self.coin(path) < known

    def coin(self, path: str) -> Floats:
        """Return the other's coins."""
        return self._rest.coin(path)


class Noted:
    """Another reader, with a note of what it was asked for.

    Attributes
    ----------
    paths
        Names of the numbers that were read.
    uncertain
        Those that differ from draw to draw.
    """

    def __init__(self, read: Reader) -> None:
        self._read = read
        self.paths: set[str] = set()
        self.uncertain: set[str] = set()

    def _note(self, path: str, *, uncertain: bool) -> None:
        self.paths.add(path)
        if uncertain:
            self.uncertain.add(path)

    def number(
        self, number: float | Distribution, path: str, low: float = -np.inf, high: float = np.inf
    ) -> Floats:
        """Note a number."""
        self._note(path, uncertain=is_uncertain(number))
        return self._read.number(number, path, low, high)

    def weight(self, number: float | Distribution | Tier, path: str, tiers: Tiers) -> Floats:
        """Note a weight."""
        self._note(path, uncertain=is_uncertain(number))
        return self._read.weight(number, path, tiers)

    def levels(self, n_levels: int, path: str) -> Floats:
        """Note an order; between best and worst its levels lie anywhere."""
        self._note(path, uncertain=n_levels > 2)
        return self._read.levels(n_levels, path)

    def chance(self, number: float | Distribution, path: str) -> NDArray[np.bool_]:
        """Note a chance."""
        sure = not is_uncertain(number) and central(number) in (0.0, 1.0)
        self._note(path, uncertain=not sure)
        return self._read.chance(number, path)

    def coin(self, path: str) -> Floats:
        """Throw the other's coin."""
        return self._read.coin(path)
