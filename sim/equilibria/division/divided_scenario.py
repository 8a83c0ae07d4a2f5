"""Adjusted Winner on a scenario of two parties: points from what each has at stake in an issue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from sim.agreement import Indices
from sim.equilibria.division.adjusted_winner import (
    MODEL,
    TITLE,
    Dividing,
    details,
    divide,
    in_words,
    predicted,
)
from sim.equilibria.exact_numbers import exact
from sim.equilibria.prediction import Prediction
from sim.equilibria.setting import Setting
from sim.problem import TOLERANCE, Floats
from sim.words import counted, listed, name_of, plain

FROM_A_SCENARIO = (
    "points in proportion to what an issue's best option is worth to a party over the other's "
    "best; an issue that goes to a party is decided as that party likes best, which says "
    "nothing of who holds what; issues can be shared; no deal, red lines, constraints and "
    "interactions play no part"
)


def divide_scenario(setting: Setting) -> Prediction:
    """Divide the issues of a scenario between two parties by Adjusted Winner."""
    blank = Prediction(MODEL, TITLE, FROM_A_SCENARIO, parties=setting.parties)
    if len(setting.parties) != 2:
        return blank.because(
            f"Adjusted Winner divides between two parties, and there are {len(setting.parties)}: "
            "name two with --parties"
        )
    if setting.structure.averaged[list(setting.columns)].any():
        return blank.because(
            "a party takes the mean over the articles that a text includes, so that issues have no "
            "worth of their own to give points to"
        )
    stakes = _Stakes.of(setting)
    if not (stakes.amounts.sum(axis=1) > TOLERANCE).all():
        who = setting.names[int(stakes.amounts.sum(axis=1).argmin())]
        return blank.because(
            f"{who} loses nothing if the other has its best option on every issue, so it would "
            "give points to none"
        )
    dividing = _divided(setting, stakes)
    return replace(
        predicted(dividing),
        assumptions=FROM_A_SCENARIO,
        says=f"{in_words(dividing)} {_signed(setting, dividing, stakes)}",
        outcome=_whole_package(setting, dividing, stakes),
        utilities=setting.by_party(_expected(setting, dividing, stakes)),
        details=details(dividing) | _about_packages(setting, dividing, stakes),
    )


@dataclass(frozen=True, eq=False)
class _Stakes:
    """What is disputed between two parties, issue by issue.

    Attributes
    ----------
    best
        Each party's best option of each issue, ``(2, n_issues)``: of several the one that is
        best for the other.
    amounts
        What a party loses on an issue if the other has its best option, ``(2, n_issues)``.
    """

    best: Indices
    amounts: Floats

    @classmethod
    def of(cls, setting: Setting) -> _Stakes:
        columns = list(setting.columns)
        best, amounts = [], []
        for term in setting.one.terms:
            worth = term[0][:, columns]
            picks = [_best_option(worth[:, k], worth[:, 1 - k]) for k in (0, 1)]
            best.append(picks)
            amounts.append([worth[picks[k], k] - worth[picks[1 - k], k] for k in (0, 1)])
        return cls(np.array(best, dtype=np.intp).T, np.array(amounts).T)

    @property
    def disputed(self) -> Indices:
        """Issues in which one at least loses by the other's best option."""
        return np.flatnonzero((self.amounts > TOLERANCE).any(axis=0))

    def package(self, shares: Sequence[Fraction]) -> Indices:
        """Return the package in which each issue goes to whoever has more than half of it."""
        chosen: Indices = self.best[0].copy()
        for issue, share in zip(self.disputed, shares, strict=True):
            chosen[issue] = self.best[0 if share > Fraction(1, 2) else 1, issue]
        return chosen


def _best_option(own: Floats, other: Floats) -> int:
    able = np.flatnonzero(own >= own.max() - TOLERANCE)
    return int(able[other[able].argmax()])


def _divided(setting: Setting, stakes: _Stakes) -> Dividing:
    """Turn stakes into points and divide."""
    issues = setting.structure.space.issues
    names = list(issues)
    titles = [name_of(setting.scenario.issues[name].title) for name in names]
    items = {names[k]: titles[k] for k in stakes.disputed.tolist()}
    points = [[exact(max(v, 0.0)) for v in row[stakes.disputed]] for row in stakes.amounts]
    parties = dict(zip(setting.parties, setting.names, strict=True))
    return divide(parties, items, points, title=setting.scenario.title)


def _ends(dividing: Dividing, stakes: _Stakes) -> list[tuple[Fraction, Indices]]:
    """Return the packages between which the issue that is shared lies, with their weights."""
    shares, split = dividing.division.shares, dividing.division.split
    if split is None:
        return [(Fraction(1), stakes.package(shares))]
    ends = []
    for whole in (1, 0):
        rounded = [Fraction(whole) if k == split else x for k, x in enumerate(shares)]
        weight = shares[split] if whole else 1 - shares[split]
        ends.append((weight, stakes.package(rounded)))
    return ends


def _expected(setting: Setting, dividing: Dividing, stakes: _Stakes) -> Floats:
    """Return what both get, the shared issue counted in proportion; interactions included."""
    columns = list(setting.columns)
    total = np.zeros(2)
    for weight, package in _ends(dividing, stakes):
        total += float(weight) * setting.one.utility(package.tolist())[0, columns]
    return total


def _whole_package(
    setting: Setting, dividing: Dividing, stakes: _Stakes
) -> Mapping[str, str] | None:
    ends = _ends(dividing, stakes)
    return setting.package(ends[0][1]) if len(ends) == 1 else None


def _signed(setting: Setting, dividing: Dividing, stakes: _Stakes) -> str:
    """Say whether both would sign what the procedure leaves them with."""
    got = _expected(setting, dividing, stakes)
    least = setting.problem.thresholds
    short = [
        f"{name} {plain(got[k])} where it needs {plain(least[k])}"
        for k, name in enumerate(setting.names)
        if got[k] < least[k] - TOLERANCE
    ]
    disputed = counted(len(stakes.disputed), "issue")
    if short:
        return f"It would not be signed: it gives {listed(short)} ({disputed} in dispute)."
    return f"Both get at least their thresholds ({disputed} in dispute)."


def _about_packages(setting: Setting, dividing: Dividing, stakes: _Stakes) -> dict[str, Any]:
    """Return the packages that come nearest, with what really becomes of them."""
    structure, one = setting.structure, setting.one
    names = list(structure.space.issues)
    lines = [structure.lines[k] for k in structure.binding(setting.red_lines) if one.binds[0, k]]
    found = []
    for weight, package in _ends(dividing, stakes):
        picks = package.tolist()
        got = one.utility(picks)[0, list(setting.columns)]
        found.append({
            "weight": float(weight),
            "outcome": setting.package(package),
            "utilities": setting.by_party(got),
            "accepted": bool((got >= setting.problem.thresholds - TOLERANCE).all()),
            "constraints_broken": [c.text for c in structure.constraints if c.met(picks).all()],
            "red_lines_crossed": [ln.text for ln in lines if ln.condition.met(picks).all()],
        })  # fmt: skip
    agreed = [k for k in range(len(names)) if k not in set(stakes.disputed.tolist())]
    return {
        "packages": found,
        "agreed": {
            names[k]: setting.structure.space.name(stakes.best[0])[names[k]] for k in agreed
        },
    }
