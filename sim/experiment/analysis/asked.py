"""All analyses that an experiment file asks for, from the outcomes of all cases to tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from sim.errors import InputError, did_you_mean
from sim.experiment.analysis.break_even import break_even_of_factors
from sim.experiment.analysis.defined import Outcome, Unanswered
from sim.experiment.analysis.morris import morris_effects
from sim.experiment.analysis.one_at_a_time import tornado
from sim.experiment.analysis.pawn import pawn_indices
from sim.experiment.analysis.prim import prim
from sim.experiment.analysis.robustness import Robustness, robustness
from sim.experiment.analysis.sobol import sobol_indices
from sim.experiment.analysis.tables import TABLES, Row, rows
from sim.experiment.analysis.tree import decision_tree
from sim.experiment.cases import Design
from sim.experiment.design import Discovery, Sensitivity
from sim.experiment.job import Columns
from sim.experiment.outcomes import Rowwise

FITTING: Mapping[str, tuple[str, ...]] = {
    "sobol": ("sobol",),
    "morris": ("morris",),
    "one_at_a_time": ("tornado",),
    "full": ("pawn", "tornado"),
    "lhs": ("pawn",),
    "halton": ("pawn",),
    "table": ("pawn",),
}
"""What is computed for a design where the file does not say."""


MOST_SEARCHED = 100_000
"""Boxes and trees are sought in so many cases at most: a share among these is known to 0.3 points,
and in ten times as many the search takes minutes."""


@dataclass(frozen=True, eq=False)
class Analyst:
    """Asks the outcomes of all cases what an experiment file wants to know.

    Attributes
    ----------
    design
        The cases.
    outcomes
        Name -> its column, shape ``(n_cases,)``; undefined is masked, ``None`` or NaN.
    seed
        Of resampling.
    """

    design: Design
    outcomes: Mapping[str, Any]
    seed: int = 0

    @cached_property
    def settings(self) -> dict[str, Any]:
        """The settings of all points, a column each."""
        every = self.design.all_settings()
        return {path: column[:: self.design.repeats] for path, column in every.items()}

    def outcome(self, name: str) -> Outcome:
        """Return an outcome, its mean where cases are repeated."""
        return Outcome.of(self.outcomes[name], name).mean_of_repeats(self.design.repeats)

    def ask(
        self, sensitivity: Sensitivity | None, discovery: list[Discovery] | None
    ) -> dict[str, Columns]:
        """Run every analysis asked for.

        Returns
        -------
        dict
            Key of `TABLES` -> its columns; tables that stay empty are left out.
        """
        tables = {name: Rowwise(shape) for name, shape in TABLES.items()}
        asked = [
            *self._sensitivity(sensitivity),
            *(self._robustness() if sensitivity and self.design.n_cases > 1 else ()),
            *self._discovery(discovery or []),
        ]
        for name, method, found in asked:
            if isinstance(found, dict):
                flips = [row for k, v in found.items() for row in rows(name, v, factor=k)]
                for table, row in flips:
                    tables[table].add(*row)
                continue
            first = found[0] if isinstance(found, tuple) else found
            why = first.why if isinstance(first, Unanswered) else None
            counted = first.account
            tables["analyses"].add(
                name, method, counted.cases, counted.undefined, counted.done or None, why
            )
            written: Iterator[tuple[str, Row]] = rows(name, found)
            for table, row in written:
                tables[table].add(*row)
        return {name: table.columns() for name, table in tables.items() if table.rows}

    def _sensitivity(self, wanted: Sensitivity | None) -> Iterator[tuple[str, str, Any]]:
        if wanted is None or not self.design.factors:
            return
        methods: dict[str, Callable[[Outcome], Any]] = {
            "sobol": lambda o: sobol_indices(
                [one.name for one in self.design.inputs],
                o, resamples=wanted.resamples, seed=self.seed,
            ),
            "morris": lambda o: morris_effects(
                self.design.coordinates, self.design.units()[:: self.design.repeats],
                o, resamples=wanted.resamples, seed=self.seed,
            ),
            "pawn": lambda o: pawn_indices(
                self.settings, o, resamples=wanted.resamples, seed=self.seed
            ),
            "tornado": lambda o: tornado(
                self.settings, o, threshold=self.threshold(o.name), groups=self._groups
            ),
        }  # fmt: skip
        for name in wanted.outcomes or self._numbers:
            for method in wanted.methods or FITTING[self.design.name]:
                if method not in methods:
                    raise InputError(f"{method}: no such analysis{did_you_mean(method, methods)}")
                outcome = self.outcome(name)
                yield name, method, methods[method](outcome)
                turns = self.threshold(name)
                if method == "tornado" and turns is not None:
                    found = break_even_of_factors(
                        self.settings, outcome, threshold=turns, jumping=self._chances(name)
                    )
                    yield name, "break_even", found

    def _robustness(self) -> Iterator[tuple[str, str, Robustness | Unanswered]]:
        """Judge plan versions over all cases: for each party by its surplus, for all by chance."""
        parts = [name.split(".") for name in self.outcomes if name.count(".") == 2]
        parties = dict.fromkeys(party for _, party, what in parts if what == "accepts")
        for party in parties:
            payoff = "probability" if party == "all" else "surplus"
            plans = [p for p, who, what in parts if (who, what) == (party, payoff)]
            if len(plans) > 1:
                table = [self.outcome(f"{plan}.{party}.{payoff}") for plan in plans]
                values = np.ma.array(
                    np.stack([one.values for one in table], axis=1),
                    mask=~np.stack([one.defined for one in table], axis=1),
                )
                verdicts = [self.outcome(f"{plan}.{party}.accepts") for plan in plans]
                accepted = np.stack([one.values > 0.5 for one in verdicts], axis=1)
                yield party, "robustness", robustness(plans, values, accepted=accepted)

    def _discovery(self, wanted: list[Discovery]) -> Iterator[tuple[str, str, Any]]:
        for question in wanted if self.design.factors else []:
            above = question.above
            if above is None and question.below is None and self.design.repeats > 1:
                above = 0.5  # yes in most repeats
            interest = self.outcome(question.outcome).where(above=above, below=question.below)
            settings, seen, note = self._searched(interest)
            for method in question.methods or ["prim", "tree"]:
                search = prim if method == "prim" else decision_tree
                found = search(settings, seen, seed=self.seed)
                yield interest.name, method, _noted(found, note) if note else found

    def _searched(self, interest: Outcome) -> tuple[Mapping[str, Any], Outcome, str]:
        """Return the cases that boxes and trees are sought in: some, openly, of very many."""
        n = len(interest)
        if n <= MOST_SEARCHED:
            return self.settings, interest, ""
        rng = np.random.default_rng(self.seed)
        some = np.sort(rng.choice(n, MOST_SEARCHED, replace=False))
        settings = {path: column[some] for path, column in self.settings.items()}
        seen = Outcome(interest.values[some], interest.defined[some], interest.name)
        return settings, seen, f"sought in {MOST_SEARCHED:,} of {n:,} cases, drawn at random"

    def _chances(self, name: str) -> list[str]:
        """List the chances of red lines, where an outcome is one of the central reading.

        There a line holds for any chance above 0; only over draws does its chance count.
        """
        over_draws = name.endswith(("probability", "in_draws"))
        return [] if over_draws else [path for path in self.settings if path.endswith(".binds")]

    def threshold(self, name: str) -> float | None:
        """Say where the verdict of an outcome turns: a surplus at 0, a yes or no between them."""
        if name.endswith("surplus"):
            return 0.0
        column = np.ma.getdata(self.outcomes[name])
        return 0.5 if np.asarray(column).dtype.kind == "b" else None

    @cached_property
    def _groups(self) -> dict[str, tuple[str, ...]]:
        """Settings that one factor moves together, such as the weights of a party."""
        return {f.path: f.columns for f in self.design.factors if len(f.columns) > 1}

    @cached_property
    def _numbers(self) -> list[str]:
        """Outcomes that are numbers, or yes and no."""
        kinds = {name: np.ma.getdata(column).dtype.kind for name, column in self.outcomes.items()}
        return [name for name, kind in kinds.items() if kind in "biuf" and name != "case"]


def _noted(found: Any, note: str) -> Any:
    """Say beside an answer, or why there is none, what was looked at."""
    if isinstance(found, tuple):
        return tuple(_noted(one, note) for one in found)
    done = "; ".join(filter(None, (note, found.account.done)))
    return replace(found, account=replace(found.account, done=done))
