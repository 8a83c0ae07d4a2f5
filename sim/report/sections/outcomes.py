"""What the outcomes of an experiment are about: versions, parties, solutions, the zone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.experiment.analysis.defined import Outcome
from sim.experiment.labels import factor_label, outcome_label, setting_label
from sim.experiment.scenario_job import ScenarioJob
from sim.experiment.study import Study
from sim.report.sections.numbers import Kind
from sim.scenario import Party
from sim.words import listed, name_of

Bools = NDArray[np.bool_]

MOST_LEVELS = 12
"""A factor with more values than this is no heading of a small table."""


def quoted(words: str) -> str:
    """Put words in quotation marks, and those that they have themselves in single ones.

    >>> quoted("Ann: “No ban” holds (chance)")
    '“Ann: ‘No ban’ holds (chance)”'
    """
    return f"“{words.replace('“', '‘').replace('”', '’')}”"


MOST_NAMED = 4
"""Factors that a sentence names, before it counts the others."""


@dataclass(frozen=True)
class Told:
    """A study, with its names in words.

    Attributes
    ----------
    study
        What was run.
    """

    study: Study

    @cached_property
    def names(self) -> frozenset[str]:
        """Outcomes that are numbers, or yes and no."""
        columns = self.study.tables["outcomes"]
        kinds = {name: np.ma.getdata(columns[name]).dtype.kind for name in self.study.outcome_names}
        return frozenset(name for name, kind in kinds.items() if kind in "biuf")

    @property
    def n_cases(self) -> int:
        """How many cases have outcomes."""
        return len(self.study.tables["outcomes"]["case"])

    @cached_property
    def versions(self) -> tuple[str, ...]:
        """Plan versions that were compared, as the file has them."""
        ends = (name.split(".") for name in self.study.outcome_names)
        return tuple(dict.fromkeys(e[0] for e in ends if len(e) == 3 and e[1:] == _ALL))

    @cached_property
    def judges(self) -> tuple[str, ...]:
        """Parties that judge plan versions."""
        ends = (name.split(".") for name in self.study.outcome_names)
        found = dict.fromkeys(e[1] for e in ends if len(e) == 3 and e[2] == "accepts")
        return tuple(party for party in found if party != "all")

    @cached_property
    def solutions(self) -> tuple[str, ...]:
        """Bargaining solutions that were found."""
        ends = (name.split(".") for name in self.study.outcome_names)
        return tuple(e[0] for e in ends if len(e) == 2 and e[1] == "acceptable")

    def has(self, name: str) -> bool:
        """Tell whether an outcome is there, with a value in some case."""
        return name in self.names and bool(self.outcome(name).defined.any())

    def outcome(self, name: str) -> Outcome:
        """Return an outcome of all cases."""
        return self.study.outcome(name)

    def is_yes_or_no(self, name: str) -> bool:
        """Tell whether an outcome is yes or no."""
        return np.ma.getdata(self.study.tables["outcomes"][name]).dtype.kind == "b"

    def kind(self, name: str) -> Kind:
        """Tell whether an outcome is a share of draws, a whole number, or any number."""
        if name.endswith(".probability"):
            return "share"
        kind = np.ma.getdata(self.study.tables["outcomes"][name]).dtype.kind
        return "whole" if kind in "iu" else "number"

    def party(self, name: str) -> str:
        """Name a party as a sentence does."""
        if name == "all":
            return "all signatories"
        for scenario in self.study.prepared.scenarios.values():
            if name in scenario.parties:
                return name_of(scenario.parties[name].name)
        return name

    def version(self, plan: str) -> str:
        """Name a plan version as a sentence does."""
        for scenario in self.study.prepared.scenarios.values():
            if plan in scenario.plans:
                return f"“{name_of(scenario.plans[plan].title)}”"
        return f"“{plan}”"

    def factor(self, path: str) -> str:
        """Say what varies, in words."""
        return factor_label(self.study, path)

    def label(self, name: str) -> str:
        """Say what an outcome is, in words; what a question adds to its name stays."""
        column, _, asked = name.partition(" ")
        if column in self.predicted:
            return f"{self.predicted[column]} {asked}".strip()
        return outcome_label(self.study, name)

    @cached_property
    def predicted(self) -> dict[str, str]:
        """Outcomes of equilibrium models, and what each is, with the parties' names."""
        job = ScenarioJob(self.study.prepared)
        found = {}
        for scenario in self.study.prepared.scenarios.values():
            if "equilibria" in job.computations:
                for name, column in job.computations["equilibria"].outcomes(scenario).items():
                    model, _, about = column.about.partition("; missing")[0].partition(": ")
                    found[name] = f"{model.replace('_', ' ')}: {self._named(name, about)}"
        return found

    def _named(self, outcome: str, about: str) -> str:
        """Put the names of parties, and the titles of plans, for what an outcome's name has."""
        for step in outcome.split("."):
            words = self.party(step) if self.party(step) != step else self.version(step)
            if words != f"“{step}”":
                said = words.replace("\\", r"\\")
                about = re.sub(rf"\b{re.escape(step)}\b", said, about)
        return about

    def setting(self, path: str, value: object) -> str:
        """Say what something is set to, in words."""
        return setting_label(self.study, path, value)

    def several(self, paths: Sequence[str], most: int = MOST_NAMED) -> str:
        """Name the first few of what varies, and count the others.

        Parameters
        ----------
        paths
            What varies, as the tables have it.
        most
            How many are named; one more is named rather than counted.
        """
        named = paths if len(paths) <= most + 1 else paths[:most]
        words = [f"{quoted(self.factor(path))}" for path in named]
        more = len(paths) - len(named)
        return listed([*words, *([f"{more:,} more"] if more else [])])

    def claim(self, name: str) -> str:
        """Say an outcome that is yes or no, or a condition on a number, as a clause.

        Parameters
        ----------
        name
            An outcome, or with a condition (``us28.russia.surplus ≥ 0``), as the tables have it.
        """
        outcome, _, condition = name.partition(" ")
        if self.is_yes_or_no(outcome) and condition in ("", "≥ 0.5", "≤ 0", "≤ 0.5"):
            most = " in most repeats" if condition.endswith("0.5") else ""
            yes, no = self._answers(outcome)
            return f"{no if condition.startswith('≤') else yes}{most}"
        words = condition.replace("≥", "at least").replace("≤", "at most")
        return f"{quoted(self.label(outcome))} is {words or 'not 0'}"

    def _answers(self, outcome: str) -> tuple[str, str]:
        """Say an outcome that is yes or no as a clause, and its opposite."""
        plan, *rest = outcome.split(".")
        if outcome == "zone.exists":
            zone = "zone of possible agreement exists"
            return f"a {zone}", f"no {zone}"
        if len(rest) == 2 and rest[1] == "accepts":
            version, who = self.version(plan), self.party(rest[0])
            if rest[0] == "all":
                return f"{version} is accepted by {who}", f"{version} is not accepted by {who}"
            return f"{who} accepts {version}", f"{who} does not accept {version}"
        label = quoted(self.label(outcome))
        return f"{label} holds", f"{label} does not hold"

    def required(self, party: str) -> Bools:
        """Tell in which cases a party's consent is required, shape ``(n_cases,)``."""
        prepared, cases = self.study.prepared, self.study.tables["outcomes"]["case"]
        paths = [
            path
            for path in self.study.settings
            if path in ("scenario", f"parties.{party}", f"parties.{party}.consent")
        ]
        kinds = np.zeros(len(cases), dtype=np.intp)
        for path in paths:
            words = np.array([str(value) for value in self.study.settings[path]])
            codes = np.unique(words, return_inverse=True)[1].reshape(-1)
            kinds = kinds * (codes.max(initial=0) + 1) + codes
        _, first, which = np.unique(kinds, return_index=True, return_inverse=True)
        answers = [
            _consents(prepared.scenario(prepared.case(int(cases[k]))).parties.get(party))
            for k in first
        ]
        return np.array(answers, dtype=bool)[which.reshape(-1)]

    def categories(self) -> list[tuple[str, list[tuple[str, Bools]]]]:
        """List the factors that take few values: path -> each value in words, with its cases.

        What is no number comes first.
        """
        found = []
        for factor in sorted(self.study.design.factors, key=lambda one: one.kind != "category"):
            levels = factor.levels
            if not 2 <= len(levels) <= MOST_LEVELS or factor.path not in self.study.settings:
                continue
            column = self.study.settings[factor.path].tolist()
            groups = [
                (self.setting(factor.path, level), np.array([value == level for value in column]))
                for level in levels
            ]
            found.append((factor.path, [(words, at) for words, at in groups if at.any()]))
        return found


_ALL = ["all", "accepts"]


def _consents(party: Party | None) -> bool:
    return party is not None and party.consent == "required"
