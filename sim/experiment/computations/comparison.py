"""Plan versions against thresholds, for all cases of a group at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.comparison.acceptance import answers, chosen, thrown
from sim.comparison.differences import Difference, wilson
from sim.experiment.case_group import CaseGroup
from sim.experiment.computations.comparison_details import (
    CONTRIBUTIONS,
    DIFFERENCES,
    Pairs,
    contribution_rows,
    difference_rows,
    pairs_of_a_case,
)
from sim.experiment.computations.plans_at_the_centre import Centre, at_the_centre, texts
from sim.experiment.design import Experiment
from sim.experiment.job import Columns
from sim.experiment.outcomes import Computation, Found, of_cases
from sim.experiment.shape import Column, Kind, TableShape
from sim.plans import PlanReading, read_plans
from sim.preferences.streams import ManyStreams, Streams
from sim.sampling import SweptDraws
from sim.scenario import RedLines, Scenario
from sim.search.many import UNKNOWN, YES

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Indices = NDArray[np.intp]

QUANTILES = (0.05, 0.5, 0.95)

ACCEPTANCE = of_cases(
    "One plan version judged by one party.",
    {
        "plan": Column("text", "plan version"),
        "party": Column("text", "party"),
        "consent": Column("text", "required or advisory"),
        "utility": Column("number", "utility at the central reading"),
        "low": Column("number", "least utility over the completions of what the plan leaves open"),
        "high": Column("number", "greatest utility over those completions"),
        "utility_05": Column("number", "5 % point of the utility over the draws"),
        "utility_50": Column("number", "median of the utility over the draws"),
        "utility_95": Column("number", "95 % point of the utility over the draws"),
        "threshold": Column("number", "effective threshold at the central reading"),
        "surplus": Column("number", "utility less threshold"),
        "accepts": Column("truth", "accepts at the central reading"),
        "probability": Column("number", "share of draws in which the party accepts"),
        "probability_low": Column("number", "lower end of its 95 % Monte Carlo interval"),
        "probability_high": Column("number", "upper end of that interval"),
        "crossed": Column("text", "own binding red lines crossed by what the plan says"),
        "crossed_by_silence": Column("text", "own binding red lines crossed by silence alone"),
    },
)
JOINT = of_cases(
    "One plan version judged by all signatories together.",
    {
        "plan": Column("text", "plan version"),
        "accepted_by_all": Column(
            "truth", "all whose consent is required accept at the central reading"
        ),
        "probability_all": Column("number", "share of draws in which they all accept, jointly"),
        "probability_low": Column("number", "lower end of its 95 % Monte Carlo interval"),
        "probability_high": Column("number", "upper end of that interval"),
        "completable": Column(
            "truth", "some completion of what the plan leaves open is acceptable to all; proven"
        ),
        "infeasible": Column("text", "constraints that the plan breaks"),
        "blockers": Column("text", "parties whose consent is required and that refuse"),
    },
)

OF_A_PARTY: dict[str, tuple[Kind, str]] = {
    "utility": ("number", "utility at the central reading"),
    "surplus": ("number", "utility less threshold at the central reading"),
    "accepts": ("truth", "accepts at the central reading"),
    "probability": ("number", "share of draws in which it accepts"),
}
"""Outcomes of one plan version for one party."""


@dataclass(frozen=True, eq=False)
class _Drawn:
    """One plan version over the draws of every case."""

    probability: Floats  # (n_cases, n_parties)
    probability_all: Floats  # (n_cases,)
    quantiles: Floats  # (3, n_cases, n_parties)


@dataclass(frozen=True)
class ComparedPlans:
    """Who accepts which plan version at the central reading, and in how many draws.

    Attributes
    ----------
    plans
        Which plan versions; all where none are named.
    draws
        How many draws of what is uncertain.
    """

    plans: tuple[str, ...] | None
    draws: int

    def _plans(self, scenario: Scenario) -> tuple[str, ...]:
        return tuple(scenario.plans) if self.plans is None else self.plans

    def outcomes(self, scenario: Scenario) -> Mapping[str, Column]:
        """Name what each party makes of each plan version, and all of them together."""
        columns: dict[str, Column] = {}
        for plan in self._plans(scenario):
            for party in scenario.parties:
                columns |= {
                    f"{plan}.{party}.{what}": Column(kind, f"{plan}, {party}: {about}")
                    for what, (kind, about) in OF_A_PARTY.items()
                }
            columns |= {
                f"{plan}.all.accepts": Column(
                    "truth", f"{plan}: all whose consent is required accept at the central reading"
                ),
                f"{plan}.all.probability": Column(
                    "number", f"{plan}: share of draws in which they all accept, counted jointly"
                ),
                f"{plan}.all.completable": Column(
                    "truth", f"{plan}: some completion of it is acceptable to all; proven"
                ),
            }
        return columns

    def tables(self, scenario: Scenario) -> Mapping[str, TableShape]:
        """Party by party, and all together; with few cases also where the numbers come from."""
        return {
            "acceptance": ACCEPTANCE,
            "joint": JOINT,
            "contributions": CONTRIBUTIONS,
            "differences": DIFFERENCES,
        }

    def seconds(self, scenario: Scenario) -> float:
        """Count the numbers that are read, and those that are added up, in every draw."""
        cells = sum(len(issue.options) for issue in scenario.issues.values())
        sums = len(self._plans(scenario)) * len(scenario.issues)
        return len(scenario.parties) * (cells + 2 * sums) * (2e-7 + self.draws * 2.5e-9)

    def compute(self, group: CaseGroup) -> Found:
        """Compare the plan versions in all cases of a group."""
        plans = read_plans(group.scenario, self.plans)
        centres = [at_the_centre(group, plan) for plan in plans]
        drawn, pairs = self._drawn(group, plans)
        outcomes: dict[str, NDArray[np.generic]] = {}
        for plan, centre, draws in zip(plans, centres, drawn, strict=True):
            for k, party in enumerate(group.scenario.parties):
                name = f"{plan.name}.{party}"
                outcomes[f"{name}.utility"] = centre.utility[:, k]
                outcomes[f"{name}.surplus"] = centre.surplus[:, k]
                outcomes[f"{name}.accepts"] = centre.accepts[:, k]
                outcomes[f"{name}.probability"] = draws.probability[:, k]
            outcomes[f"{plan.name}.all.accepts"] = centre.accepted_by_all
            outcomes[f"{plan.name}.all.probability"] = draws.probability_all
            outcomes[f"{plan.name}.all.completable"] = _known(centre.completable)
        tables = {
            "acceptance": self._acceptance(group, plans, centres, drawn),
            "joint": self._joint(group, plans, centres, drawn),
        }
        if group.few:
            tables["contributions"] = contribution_rows(group, plans)
            tables["differences"] = difference_rows(group, plans, pairs)
        return Found(outcomes, tables)

    def _drawn(self, group: CaseGroup, plans: Sequence[PlanReading]) -> tuple[list[_Drawn], Pairs]:
        """Count who accepts in how many draws; where nothing is uncertain one speaks for all.

        With few cases plan versions are also set against each other, draw by draw.
        """
        certain = not group.uncertain and not any(plan.unsettled for plan in plans)
        n, n_parties = 1 if certain else self.draws, len(group.scenario.parties)
        accepts = np.zeros((len(plans), len(group), n_parties))
        by_all = np.zeros((len(plans), len(group)))
        quantiles = np.full((len(plans), len(QUANTILES), len(group), n_parties), np.nan)
        pairs: dict[int, Sequence[Difference]] = {}
        for places, seeds in group.by_seed():
            shape = (len(plans), len(places), n_parties, n) if group.detailed else (0,) * 4
            utility = np.empty(shape)
            together = np.empty((len(plans), len(places), n) if group.few else (0,) * 3, dtype=bool)
            for draws in _Asked.all(group, plans, places, n, seeds):
                rows, cases = places[draws.part.cases], draws.n_cases
                for k, plan in enumerate(plans):
                    worth, willing, all_of_them = draws.answers(plan, group.red_lines)
                    accepts[k, rows] += willing.T.reshape(n_parties, cases, -1).sum(axis=2).T
                    jointly = all_of_them.reshape(cases, -1)
                    by_all[k, rows] += jointly.sum(axis=1)
                    if group.few:
                        together[k, draws.part.cases, draws.part.draws] = jointly
                    if group.detailed:
                        each = worth.T.reshape(n_parties, cases, -1).swapaxes(0, 1)
                        utility[k, draws.part.cases, :, draws.part.draws] = each
            for k, place in enumerate(places.tolist() if group.few else []):
                pairs[place] = pairs_of_a_case(utility[:, k], together[:, k], self.draws)
            for k in range(len(utility)):
                quantiles[k][:, places] = np.quantile(
                    utility[k], QUANTILES, axis=-1, overwrite_input=True
                )
        counted = zip(accepts, by_all, quantiles, strict=True)
        return [_Drawn(a / n, b / n, q) for a, b, q in counted], pairs

    def _acceptance(
        self,
        group: CaseGroup,
        plans: Sequence[PlanReading],
        centres: Sequence[Centre],
        drawn: Sequence[_Drawn],
    ) -> Columns:
        """Lay out a row for each case, plan version and party, in that order."""
        parties = group.scenario.parties
        probability = _rows([d.probability for d in drawn])
        low, high = wilson(probability, self.draws)
        n = len(group) * len(plans)
        return {
            "case": np.repeat(group.cases, len(plans) * len(parties)),
            "plan": np.tile(texts([p.name for p in plans]).repeat(len(parties)), len(group)),
            "party": np.tile(texts(list(parties)), n),
            "consent": np.tile(texts([p.consent for p in parties.values()]), n),
            **{
                name: _rows([getattr(centre, name) for centre in centres])
                for name in ("utility", "low", "high")
            },
            "utility_05": _rows([d.quantiles[0] for d in drawn]),
            "utility_50": _rows([d.quantiles[1] for d in drawn]),
            "utility_95": _rows([d.quantiles[2] for d in drawn]),
            **{
                name: _rows([getattr(centre, name) for centre in centres])
                for name in ("threshold", "surplus", "accepts")
            },
            "probability": probability,
            "probability_low": low,
            "probability_high": high,
            "crossed": _rows([centre.crossed for centre in centres]),
            "crossed_by_silence": _rows([centre.by_silence for centre in centres]),
        }

    def _joint(
        self,
        group: CaseGroup,
        plans: Sequence[PlanReading],
        centres: Sequence[Centre],
        drawn: Sequence[_Drawn],
    ) -> Columns:
        """Lay out a row for each case and plan version, in that order."""
        parties = list(group.scenario.parties)
        required = group.central.structure.required
        probability = _rows([d.probability_all for d in drawn])
        low, high = wilson(probability, self.draws)
        refuse = np.stack([required & ~c.accepts for c in centres], axis=1)
        refuse = refuse.reshape(-1, len(parties))
        kinds, which = np.unique(refuse, axis=0, return_inverse=True)
        blockers = ["; ".join(parties[k] for k in np.flatnonzero(kind)) for kind in kinds]
        return {
            "case": np.repeat(group.cases, len(plans)),
            "plan": np.tile(texts([plan.name for plan in plans]), len(group)),
            "accepted_by_all": _rows([c.accepted_by_all for c in centres]),
            "probability_all": probability,
            "probability_low": low,
            "probability_high": high,
            "completable": _known(_rows([c.completable for c in centres])),
            "infeasible": np.tile(texts([c.broken for c in centres]), len(group)),
            "blockers": texts(blockers)[which.reshape(-1)],
        }


def comparison(experiment: Experiment) -> Computation:
    """Compare the plan versions that an experiment names."""
    asked = experiment.asked.compare
    plans = None if asked is None or asked.plans is None else tuple(asked.plans)
    return ComparedPlans(plans, experiment.draws)


@dataclass(frozen=True, eq=False)
class _Asked:
    """Draws of cases, with what each plan version comes to in them: the same in every case."""

    part: SweptDraws
    choices: Mapping[str, Sequence[int | Indices]]  # plan -> option of every issue, by draw
    known: Mapping[str, Mapping[int, Floats]]  # plan -> party -> utility in the first case

    @classmethod
    def all(
        cls,
        group: CaseGroup,
        plans: Sequence[PlanReading],
        places: Indices,
        n: int,
        seeds: tuple[int, ...],
    ) -> Iterator[_Asked]:
        """Yield all draws of some cases."""
        fillings: Streams | ManyStreams = Streams(seeds[0])
        cases, now = slice(0, 0), slice(0, 0)
        choices: dict[str, Sequence[int | Indices]] = {}
        known: dict[str, Mapping[int, Floats]] = {}
        for part in group.sample(places, n, seeds, whole=False):
            if part.apart and part.cases != cases:
                cases, now, fillings = part.cases, slice(0, 0), ManyStreams(seeds[part.cases])
            if part.draws != now:
                now, first, alike = part.draws, part.first, list(part.alike)
                luck = thrown(first.structure, plans, first.n_draws, fillings)
                for plan in plans:
                    choices[plan.name] = chosen(plan, luck)
                    worth = first.utility(choices[plan.name], alike).T[alike]
                    known[plan.name] = dict(zip(alike, worth, strict=True))
            yield cls(part, choices, known)

    @property
    def n_cases(self) -> int:
        """How many cases there are."""
        return self.part.cases.stop - self.part.cases.start

    def answers(self, plan: PlanReading, red_lines: RedLines) -> tuple[Floats, Bools, Bools]:
        """Ask every party about a plan version in every draw of every case."""
        if self.part.apart:
            return answers(self.part.ensemble, self.choices[plan.name], red_lines)
        known = {k: np.tile(each, self.n_cases) for k, each in self.known[plan.name].items()}
        choices = [
            np.tile(option, self.n_cases) if np.ndim(option) else option
            for option in self.choices[plan.name]
        ]
        return answers(self.part.ensemble, choices, red_lines, known)


def _rows(of_plans: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Put one array a plan, cases first, into rows: case after case, plan after plan."""
    return np.stack(of_plans, axis=1).reshape(-1)


def _known(answer: NDArray[np.int8]) -> np.ma.MaskedArray:
    """Turn yes, no and unknown into yes, no and missing."""
    return np.ma.masked_array(answer == YES, answer == UNKNOWN)
