"""PRIM, the patient rule induction method: under which assumptions does something hold?

Scenario discovery asks not how much a factor matters on average, but where in the space of
assumptions the cases of interest lie: "a zone exists in 9 of 10 cases where the threshold is
below 0.5 and only stated red lines bind, and 8 of 10 zones are there". PRIM peels a box down to
such a place; people choose the point of the trade between coverage and density.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError
from sim.experiment.analysis.boxes import Box, Limits, measured
from sim.experiment.analysis.columns import Column, columns_of
from sim.experiment.analysis.defined import Account, Outcome, Unanswered, account, nothing_varies
from sim.experiment.analysis.peeling import paste, peel

Bools = NDArray[np.bool_]

SLICE_SHARE, LEAST_SUPPORT = 0.05, 0.05

FEWEST = 10
"""Cases of interest below which no box is sought: one of them would be a tenth of the coverage, and
around a handful some box can always be drawn."""

BY_CHANCE = 0.05
"""A limit with a quasi-p-value above this is dropped."""


@dataclass(frozen=True)
class Reproduced:
    """What becomes of a box when PRIM is run again on random halves of the cases.

    Attributes
    ----------
    resamples
        How many halves.
    by_coverage, by_density
        Factor -> in which share of them it is limited, in the box nearest in coverage to the one
        found, and in the one nearest in density. A factor of the box that comes back in few of
        them is not to be relied on.
    density_elsewhere
        Mean density of the boxes nearest in coverage on the halves that they were *not* found
        on. It falls short of the box's own density by what that owes to choosing.
    """

    resamples: int
    by_coverage: dict[str, float]
    by_density: dict[str, float]
    density_elsewhere: float


@dataclass(frozen=True, eq=False)
class FoundBox:
    """A box, how it was come by, and how far it is to be relied on.

    Attributes
    ----------
    box
        The one chosen, after pasting, and without limits that chance may account for.
    inside
        Which cases are in it, shape ``(n_cases,)``; undefined cases never are.
    trajectory
        The boxes from all cases down to the smallest, each judged: the trade between coverage
        and density, to be drawn.
    chosen
        Place in the trajectory of the box that was then pasted.
    reproduced
        The check by resampling; ``None`` where it was not asked for.
    account
        What was undefined, and what was done about it.
    """

    box: Box
    inside: Bools
    trajectory: tuple[Box, ...]
    chosen: int
    reproduced: Reproduced | None
    account: Account


def prim(
    settings: Mapping[str, Any],
    interest: Outcome,
    *,
    density: float | None = None,
    boxes: int = 1,
    slice_share: float = SLICE_SHARE,
    least_support: float = LEAST_SUPPORT,
    resamples: int = 10,
    seed: int = 0,
) -> tuple[FoundBox, ...] | Unanswered:
    r"""Find boxes in the space of assumptions where cases of interest are dense.

    Of the box that is chosen, limits that chance may account for (a quasi-p-value above
    `BY_CHANCE`) are dropped one by one, the least significant first.

    .. math:: \text{coverage} = \frac{|B \cap I|}{|I|}, \qquad
              \text{density} = \frac{|B \cap I|}{|B|}

    Parameters
    ----------
    settings
        Factor -> its values, shape ``(n_cases,)``; numbers and categories.
    interest
        A case is of interest where this is not 0 (`Outcome.where` asks it of a number).
        Undefined cases are left out; `Outcome.whether_defined` asks about those.
    density
        Choose the box of largest coverage that is at least so dense, and the densest where none
        is. Without it, of the boxes denser than all cases together the one with the largest
        harmonic mean of coverage and density.
    boxes
        How many at most: each further one is sought among the cases outside those before it.
        Its density and support are on those cases; its coverage is a share of all of interest.
    slice_share, least_support
        How thin slices are, and the smallest share of the cases that a box may hold.
    resamples
        Random halves for the check by resampling; 0 for none.

    Returns
    -------
    tuple of FoundBox, or Unanswered
        One at least; fewer than asked for where nothing denser than the rest is left. No answer
        where fewer than `FEWEST` cases are of interest.

    References
    ----------
    Friedman, Fisher (1999), "Bump hunting in high-dimensional data", Statistics and Computing 9,
    123-143. Bryant, Lempert (2010), "Thinking inside the box: a participatory, computer-assisted
    approach to scenario discovery", Technological Forecasting & Social Change 77, 34-49.

    Examples
    --------
    >>> threshold, reading = np.tile(np.arange(50) / 50, 2), np.repeat(["none", "implied"], 50)
    >>> zone = Outcome.of((threshold < 0.5) & (reading == "none"), "a zone exists")
    >>> (found,) = prim({"threshold": threshold, "reading": reading}, zone)
    >>> print(found.box)
    threshold ≤ 0.48 and reading is none: 25 of 25 cases (density 100%, coverage 100%)
    """
    if not (0 < slice_share < 0.5 and 0 < least_support < 1 and boxes >= 1):
        raise InputError("prim: slices are above 0 and below 0.5, support between 0 and 1")
    columns = columns_of(settings, len(interest))
    counted = account(interest, f"those were left out; {interest.name} is asked of the others")
    declined = nothing_varies(interest, counted)
    if declined:
        return declined
    n_interest = int((interest.known != 0).sum())
    if n_interest < FEWEST:
        why = f"{n_interest} of {len(interest.known)} cases are of interest: too few to find a box"
        return Unanswered(counted, f"{why} by, {FEWEST} at least")
    search = _Search(density, slice_share, least_support, resamples, seed)
    rest = interest.defined.copy()
    yes = interest.values != 0
    found: list[FoundBox] = []
    while len(found) < boxes and FEWEST <= (yes & rest).sum() < rest.sum():
        one = search.box(columns, yes, rest, n_interest, counted)
        if one.chosen == 0 or not one.box.restrictions:
            break
        found.append(one)
        rest &= ~one.inside
    if not found:
        share = float(interest.known.astype(bool).mean())
        why = "of all cases are of interest, and no box was found to choose over them"
        return Unanswered(counted, f"{share:.0%} {why}, limits by chance aside")
    return tuple(found)


@dataclass(frozen=True)
class _Search:
    """How a box is looked for."""

    density: float | None
    slice_share: float
    least_support: float
    resamples: int
    seed: int

    def box(
        self, columns: Sequence[Column], yes: Bools, rest: Bools, total: int, counted: Account
    ) -> FoundBox:
        """Find one box among the cases of ``rest``."""
        here = [column.only(rest) for column in columns]
        peeled = self.peeled(here, yes[rest])
        trajectory = tuple(measured(limits, here, yes[rest], of=total) for limits in peeled)
        chosen = choose(trajectory, self.density)
        pasted = paste(peeled[chosen], here, yes[rest], slice_share=self.slice_share)
        kept, box = simplified(pasted, here, yes[rest], of=total)
        inside = np.zeros(len(rest), dtype=bool)
        inside[rest] = kept.inside(here)
        again = self._again(here, yes[rest], trajectory[chosen], total) if self.resamples else None
        return FoundBox(box, inside, trajectory, chosen, again, counted)

    def peeled(self, columns: Sequence[Column], yes: Bools) -> list[Limits]:
        return peel(columns, yes, slice_share=self.slice_share, least_support=self.least_support)

    def _again(
        self, columns: Sequence[Column], yes: Bools, box: Box, total: int
    ) -> Reproduced | None:
        """Run on random halves, and look for what is nearest to the box (Bryant, Lempert 2010)."""
        rng = np.random.default_rng(self.seed)
        names = [column.name for column in columns]
        near = {"coverage": np.zeros(len(names)), "density": np.zeros(len(names))}
        elsewhere = []
        wanted = {"coverage": box.interesting / max(int(yes.sum()), 1), "density": box.density}
        for _ in range(self.resamples):
            half = np.zeros(len(yes), dtype=bool)
            half[rng.permutation(len(yes))[: len(yes) // 2]] = True
            here = [column.only(half) for column in columns]
            peeled = self.peeled(here, yes[half])
            judged = [measured(limits, here, yes[half]) for limits in peeled]
            for by, counts in near.items():
                apart = [abs(getattr(one, by) - wanted[by]) for one in judged]
                # of boxes as near as each other the best: all cases have full coverage, too
                best = [(-one.density, -one.coverage) for one in judged]
                nearest = peeled[min(range(len(judged)), key=lambda k: (apart[k], best[k]))]
                counts += [nearest.limits(k) for k in range(len(names))]
                if by == "coverage":
                    other = nearest.inside([column.only(~half) for column in columns])
                    elsewhere += [yes[~half][other].mean()] if other.any() else []
        shares = {
            by: dict(zip(names, (counts / self.resamples).tolist(), strict=True))
            for by, counts in near.items()
        }
        fresh = float(np.mean(elsewhere)) if elsewhere else 0.0
        return Reproduced(self.resamples, shares["coverage"], shares["density"], fresh)


def simplified(
    limits: Limits, columns: Sequence[Column], interesting: Bools, *, of: int | None = None
) -> tuple[Limits, Box]:
    """Drop limits that chance may account for, one by one, the least significant first.

    Each time all are judged anew: of two factors that stand for the same, one stays.

    Parameters
    ----------
    limits
        A box.
    columns, interesting, of
        As in `measured`.

    References
    ----------
    Bryant, Lempert (2010): their quasi-p-values, and the step that drops restrictions by them.
    """
    while True:
        box = measured(limits, columns, interesting, of=of)
        worst = max(box.restrictions, key=lambda one: one.chance, default=None)
        if worst is None or worst.chance <= BY_CHANCE:
            return limits, box
        limits = limits.without([column.name for column in columns].index(worst.factor))


def choose(trajectory: Sequence[Box], density: float | None = None) -> int:
    """Choose a box of a trajectory.

    Parameters
    ----------
    trajectory
        As it was peeled.
    density
        See `prim`.

    Returns
    -------
    int
        Its place, the earliest of equals; 0, all cases, where nothing is to be chosen over them.
    """
    if density is None:
        denser = [k for k, b in enumerate(trajectory) if b.density > trajectory[0].density]
        return max(denser, key=lambda k: _balance(trajectory[k]), default=0)
    dense = [k for k, box in enumerate(trajectory) if box.density >= density]
    if dense:
        return max(dense, key=lambda k: (trajectory[k].coverage, trajectory[k].density))
    return int(np.argmax([box.density for box in trajectory]))


def _balance(box: Box) -> float:
    """Return the harmonic mean of coverage and density."""
    return 2 * box.coverage * box.density / (box.coverage + box.density)
