"""How the order of plan versions changes from case to case: how often each is first, second, ….

A version's rank is one more than the number of versions that do better in the same case. Where
several do equally well they share a rank, and the part of the bar is hatched.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError, did_you_mean
from sim.experiment.study import Study
from sim.plots.answers import MOST
from sim.plots.caption import Caption
from sim.plots.named_rows import NamedRows
from sim.plots.study_words import given
from sim.plots.style import (
    GREY,
    INK,
    SMALL,
    Sheet,
    diverging,
    ink_on,
    text_width,
)
from sim.problem import TOLERANCE
from sim.words import capital, counted, name_of, percent, plain

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]

HEAD, MEAN = 0.4, 0.95
HATCH = "////"


@dataclass(frozen=True, eq=False)
class Ranks:
    """How plan versions rank in all cases.

    Attributes
    ----------
    plans
        By their mean rank, the best first.
    alone, shared
        Share of the cases in which a plan has a rank for itself, and with others, shape
        ``(n_plans, n_plans)``: plan by rank.
    mean
        Mean rank, where those that share ranks 1 and 2 have 1.5, shape ``(n_plans,)``.
    level
        Share of the cases in which all versions do equally well.
    cases, left_out
        Cases that were counted, and those in which some version has no value.
    nothing
        Share of the cases in which no version does better than 0.
    """

    plans: tuple[str, ...]
    alone: Floats
    shared: Floats
    mean: Floats
    level: float
    cases: int
    left_out: int
    nothing: float

    @property
    def first(self) -> Floats:
        """Share of the cases in which no version does better, shape ``(n_plans,)``."""
        return np.asarray(self.alone[:, 0] + self.shared[:, 0])

    @property
    def leader(self) -> int:
        """The version that is first in most cases."""
        return int(np.argmax(self.first))


def plan_ranks(ax: Axes, study: Study, *, party: str = "all") -> None:
    """Show in which share of the cases each plan version ranks first, second, and so on.

    Parameters
    ----------
    ax
        Taken over whole.
    study
        An experiment that compares at least two plan versions.
    party
        Whose surplus ranks them; ``all`` ranks by the joint probability that all accept.
    """
    ranks, sheet = ranked(study, party), Sheet.on(ax)
    shown = ranks.plans[:MOST]
    names = [_title_of(study, plan) for plan in shown]
    rows = NamedRows.on(sheet, names, (0.0, 1.0), head=HEAD, spare=lambda _: (0.0, MEAN))
    places = [0.0, 0.25, 0.5, 0.75, 1.0]
    rows.axis(places, [percent(p) for p in places], "Share of the cases")
    for k in range(len(shown)):
        start = 0.0
        for rank, share, is_shared in _parts(ranks, k):
            _segment(rows, k, (start, start + share), rank, len(ranks.plans), is_shared)
            start += share
        sheet.write(sheet.width, rows.y(k), plain(float(ranks.mean[k]), 1), ha="right", size=SMALL)
    sheet.write(sheet.width, HEAD - 0.16, "mean rank", ha="right", size=SMALL, color=GREY)
    _key(sheet, rows.left, len(ranks.plans), bool(ranks.shared.any()))


def ranked(study: Study, party: str) -> Ranks:
    """Rank the plan versions in every case.

    Raises
    ------
    InputError
        If the experiment compares fewer than two versions, or has no such party.
    """
    what = "probability" if party == "all" else "surplus"
    parts = [name.split(".") for name in study.outcome_names if name.count(".") == 2]
    known = list(dict.fromkeys(who for _, who, what in parts if what == "accepts"))
    if known and party not in known:
        raise InputError(f"no party is called '{party}'{did_you_mean(party, known)}")
    plans = [plan for plan, who, column in parts if (who, column) == (party, what)]
    if len(plans) < 2:
        raise InputError(
            "ranks are of two plan versions or more: ask for `compute: [compare]` with them"
        )
    return _ranked(study, party, what, tuple(plans))


def _ranked(study: Study, party: str, what: str, plans: tuple[str, ...]) -> Ranks:
    outcomes = [study.outcome(f"{plan}.{party}.{what}") for plan in plans]
    whole = np.logical_and.reduce([one.defined for one in outcomes])
    values = np.stack([one.values[whole] for one in outcomes], axis=1)
    if not len(values):
        raise InputError("in no case do all plan versions have a value, so none can be ranked")
    n = len(plans)
    alone, shared, mean = np.zeros((n, n)), np.zeros((n, n)), np.zeros(n)
    level = np.ptp(values, axis=1) <= TOLERANCE
    for k in range(n):
        behind = values - values[:, [k]]
        rank = (behind > TOLERANCE).sum(axis=1)
        equal = (np.abs(behind) <= TOLERANCE).sum(axis=1)
        alone[k] = np.bincount(rank[equal == 1], minlength=n) / len(values)
        shared[k] = np.bincount(rank[equal > 1], minlength=n) / len(values)
        mean[k] = (1 + rank + (equal - 1) / 2).mean()
    order = np.argsort(mean, kind="stable")
    best_first = tuple(plans[k] for k in order)
    return Ranks(
        best_first, alone[order], shared[order], mean[order],
        float(level.mean()), len(values), int((~whole).sum()),
        float((values <= TOLERANCE).all(axis=1).mean()),
    )  # fmt: skip


def _parts(ranks: Ranks, k: int) -> Iterator[tuple[int, float, bool]]:
    """Yield the parts of a bar: rank from 0, share of the cases, whether it is shared."""
    for rank in range(len(ranks.plans)):
        for shares, is_shared in ((ranks.alone, False), (ranks.shared, True)):
            if shares[k, rank] > 0:
                yield rank, float(shares[k, rank]), is_shared


def _colour(rank: int, n: int) -> tuple[float, float, float]:
    """Return the colour of a rank: dark for the first, pale for the last."""
    return diverging(1.0 - rank / max(n - 1, 1), 1.0)


def _segment(
    rows: NamedRows, k: int, ends: tuple[float, float], rank: int, n: int, is_shared: bool
) -> None:
    colour = _colour(rank, n)
    rows.bar(k, *ends, thick=0.78, zorder=3, **_look(colour, is_shared))
    x0, x1 = (rows.x(end) for end in ends)
    text = f"{rank + 1}{'=' if is_shared else ''}"
    if x1 - x0 > text_width(text, SMALL) + 0.12 and rows.height > 0.2:
        behind = {"facecolor": colour, "edgecolor": "none", "pad": 1.5} if is_shared else None
        rows.sheet.write((x0 + x1) / 2, rows.y(k), text, ha="center", size=SMALL, zorder=6,
                         color=ink_on(colour), bbox=behind)  # fmt: skip


def _look(colour: tuple[float, float, float], is_shared: bool) -> dict[str, Any]:
    edge = ink_on(colour) if is_shared else INK  # the colour of the hatching, too
    look: dict[str, Any] = {"facecolor": colour, "edgecolor": edge, "linewidth": 0.6}
    return look | ({"hatch": HATCH} if is_shared else {})


def _key(sheet: Sheet, x: float, n: int, any_shared: bool) -> None:
    """Explain colours and hatching in one line."""
    y = HEAD - 0.16
    sheet.write(x, y, "rank", size=SMALL)
    x += text_width("rank", SMALL) + 0.12
    for rank in range(n):
        colour, width = _colour(rank, n), max(0.24, text_width(str(rank + 1), SMALL) + 0.08)
        sheet.box(x, y - 0.11, width, 0.22, facecolor=colour, edgecolor=INK, linewidth=0.4)
        sheet.write(x + width / 2, y, str(rank + 1), ha="center", size=SMALL, color=ink_on(colour))
        x += width
    if any_shared:
        sheet.box(x + 0.3, y - 0.11, 0.36, 0.22, edgecolor=INK, linewidth=0.4, hatch=HATCH)
        sheet.write(x + 0.76, y, "shared with others", size=SMALL)


def _title_of(study: Study, plan: str) -> str:
    for scenario in study.prepared.scenarios.values():
        if plan in scenario.plans:
            return name_of(scenario.plans[plan].title or plan)
    return plan


def _whose(study: Study, party: str) -> str:
    for scenario in study.prepared.scenarios.values():
        if party in scenario.parties:
            return name_of(scenario.parties[party].name)
    return party


def caption(study: Study, *, party: str = "all") -> Caption:
    """Say which version is first in most cases, and how often nothing tells them apart."""
    ranks, subtitle = ranked(study, party), given(study)
    title = _title(study, ranks, party)
    by = (
        "the share of draws in which all whose consent is required accept"
        if party == "all"
        else f"the surplus of {_whose(study, party)} at the central reading"
    )
    left_out = (
        f" Left out: {counted(ranks.left_out, 'case')} in which a version has no value."
        if ranks.left_out
        else ""
    )
    more = len(ranks.plans) - MOST
    note = (
        f"Ranked in each case by {by}; a rank is one more than the number of versions that do "
        "better, and versions that do equally well share it (hatched). Ordered by mean rank, for "
        f"which a shared rank counts as the mean of the places shared.{left_out}"
    ) + (f" {counted(more, 'more version')} not shown." if more > 0 else "")
    told = "; ".join(_told(study, ranks, k) for k in range(len(ranks.plans)))
    return Caption(title, subtitle, note, f"{title}. {subtitle} {told}.{left_out}")


def _title(study: Study, ranks: Ranks, party: str) -> str:
    n, k = len(ranks.plans), ranks.leader
    if party == "all" and ranks.nothing == 1:
        return f"In no draw of any case do all accept any of the {n} plan versions"
    if ranks.level == 1:
        chance = "are equally likely to be accepted by all"
        level = chance if party == "all" else f"are worth the same to {_whose(study, party)}"
        return f"No case tells the {n} plan versions apart: in each they {level}"
    head = "" if party == "all" else f"{_whose(study, party)}: "
    first = "is likeliest to be accepted by all" if party == "all" else "ranks first"
    none = ranks.nothing if party == "all" else 0.0  # there all are first together, with 0
    share, shared, alike = (
        float(part) - none for part in (ranks.first[k], ranks.shared[k, 0], ranks.level)
    )
    title = f"{head}{_title_of(study, ranks.plans[k])} {first} in {percent(share)} of cases"
    every = percent(shared) == percent(alike)
    others = "others" if not every else "the others" if n > 2 else "the other"
    if shared > TOLERANCE:
        title += f", in {percent(shared)} together with {others}"
    if alike > TOLERANCE and not every:
        title += f"; in {percent(alike)} all do equally well"
    if none:
        title += f"; in {percent(none)} no version has any chance"
    return capital(title)


def _told(study: Study, ranks: Ranks, k: int) -> str:
    parts = [
        f"rank {rank + 1}{' shared' if is_shared else ''} in {percent(share)}"
        for rank, share, is_shared in _parts(ranks, k)
    ]
    mean = plain(float(ranks.mean[k]), 1)
    return f"{_title_of(study, ranks.plans[k])} (mean rank {mean}): {', '.join(parts)}"
