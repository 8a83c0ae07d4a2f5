"""What equilibrium models predict in every case: utilities, agreement, and numbers of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from string import Formatter
from typing import TYPE_CHECKING

from sim.clock import SEARCHING
from sim.errors import InputError
from sim.experiment.case_group import CaseGroup
from sim.experiment.computations.model_numbers import Number
from sim.experiment.computations.predicted_numbers import TOLD
from sim.experiment.design import Experiment
from sim.experiment.outcomes import Computation, Found, Rowwise, filled, of_cases
from sim.experiment.shape import Cell, Column, TableShape
from sim.scenario import Scenario

if TYPE_CHECKING:
    from sim.equilibria import Prediction

TABLE = of_cases(
    "What one equilibrium model predicts.",
    {
        "model": Column("text", "equilibrium model"),
        "says": Column("text", "the prediction in words; missing where there is none"),
        "exact": Column("truth", "proven, within the arithmetic of floating point"),
        "bound": Column("number", "how far off values may be at most; missing where not known"),
        "not_computed": Column("text", "why there is no prediction"),
        "outcome": Column("text", "the package predicted: issue: option; …"),
    },
)

CELLS = 420
"""Options times parties of the scenario on which `SECONDS` were taken."""

SECONDS: Mapping[str, float] = {
    "alternating_offers": 0.09, "majority": 0.03, "coalitions": 0.02, "ratification": 0.6,
    "stability": 0.12, "war": 0.5, "waiting": 0.1, "demand_game": 0.3, "adjusted_winner": 0.5,
}  # fmt: skip
"""What a model takes, hinges left out, where it is more than the reading of the scenario."""

SECONDS_BY_DRAW: Mapping[str, float] = {"ratification": 5e-4, "war": 2e-4, "waiting": 1e-4}
READING, SHORTEST = 0.03, 0.002


@dataclass(frozen=True)
class EquilibriaInEveryCase:
    """What models of bargaining predict, case by case, without looking where they flip.

    Attributes
    ----------
    models
        Names from `sim.equilibria.MODELS`; those that fit the scenario where it is ``None``.
    parties
        The players; the signatories where it is ``None``.
    draws
        Of what is uncertain, for models that need them.
    time_limit
        Seconds for each search.
    varied
        Paths that vary: these parts of the scenario may be there in some cases only.
    """

    models: tuple[str, ...] | None
    parties: tuple[str, ...] | None
    draws: int
    time_limit: float
    varied: tuple[str, ...] = ()

    def asked(self, scenario: Scenario) -> tuple[str, ...]:
        """Return the models that are asked about a scenario."""
        if self.models is not None:
            return self.models
        return tuple(model for model in TOLD if self._fits(model, scenario))

    def _fits(self, model: str, scenario: Scenario) -> bool:
        """Tell whether a model finds in a scenario what it needs."""
        has_war = scenario.war is not None or self._varies("war")
        drifts = self._varies("talks.drift") or bool(scenario.talks and scenario.talks.drift)
        ratified = scenario.ratification is not None or self._varies("ratification")
        players = len(self._players(scenario))
        two = players == 2 or self.consent_varies
        return {
            "war": has_war,
            "optimism": has_war,
            "commitment": has_war or drifts,
            "ratification": ratified,
            "double_auction": two,
            "adjusted_winner": two,
            "majority": players > 2 or self.consent_varies,
        }.get(model, True)

    def _varies(self, path: str) -> bool:
        return any(f"{varied}.".startswith(f"{path}.") for varied in self.varied)

    @property
    def consent_varies(self) -> bool:
        """Whether who must agree, and so who plays, differs from case to case."""
        return self.parties is None and any(
            path.split(".")[0] == "parties" and path.split(".")[2:] in ([], ["consent"])
            for path in self.varied
        )

    def _players(self, scenario: Scenario) -> tuple[str, ...]:
        """Return who plays in some case."""
        if self.parties is not None:
            return self.parties
        return tuple(
            name
            for name, party in scenario.parties.items()
            if party.consent == "required"
            or self._varies(f"parties.{name}.consent")
            or f"parties.{name}" in self.varied
        )

    def outcomes(self, scenario: Scenario) -> Mapping[str, Column]:
        """Name what each model says in numbers."""
        columns: dict[str, Column] = {}
        for model in self.asked(scenario):
            told = TOLD[model]
            for party in self._of_model(model, scenario) if told.utilities else ():
                about = told.utilities.format(party=party)
                columns[f"{model}.{party}"] = Column("number", f"{model}: {about}")
            if told.agreement:
                columns[f"{model}.agreement"] = Column("truth", f"{model}: {told.agreement}")
            for name, number, whom in self._numbers(model, scenario):
                columns[name] = number.column(model, whom)
        return columns

    def _of_model(self, model: str, scenario: Scenario) -> tuple[str, ...]:
        players = self._players(scenario)
        return players[:2] if TOLD[model].pair and not self.consent_varies else players

    def _numbers(
        self, model: str, scenario: Scenario
    ) -> Iterator[tuple[str, Number, dict[str, str]]]:
        """Yield the numbers of a model, each for whom it is about."""
        ratification, war = scenario.ratification, scenario.war
        known = {
            "party": self._of_model(model, scenario),
            "plan": tuple(scenario.plans),
            "body": tuple(ratification.bodies) if ratification else (),
            "end": tuple(war.ends) if war else (),
        }
        for name, number in TOLD[model].numbers.items():
            kinds = [kind for _, kind, _, _ in Formatter().parse(name) if kind]
            for chosen in product(*(known[kind] for kind in kinds)):
                whom = dict(zip(kinds, chosen, strict=True))
                yield f"{model}.{name.format(**whom)}", number, whom

    def tables(self, scenario: Scenario) -> Mapping[str, TableShape]:
        """One row a case and model."""
        return {"predictions": TABLE}

    def seconds(self, scenario: Scenario) -> float:
        """Reckon with what models took on a large scenario; `ultimatum` searches to its limit."""
        cells = sum(len(i.options) for i in scenario.issues.values()) * len(scenario.parties)
        share = cells / CELLS
        total = READING * share
        for model in self.asked(scenario):
            by_draw = SECONDS_BY_DRAW.get(model, 0.0) * self.draws
            total += max(SHORTEST, share * (SECONDS.get(model, 0.01) + by_draw))
            total += min(self.time_limit, 10.0 * share * share) if model == "ultimatum" else 0.0
        return total

    def compute(self, group: CaseGroup) -> Found:
        """Ask all models of one case after the other."""
        declared = self.outcomes(group.scenario)
        cells: dict[str, list[Cell]] = {name: [] for name in declared}
        table = Rowwise(TABLE)
        for k in range(len(group)):
            _, scenario = group.case(k)
            found = self._predicted(group, scenario, int(group.seeds[k]))
            numbers = dict(self._scalars(found, scenario))
            for name, column in cells.items():
                column.append(numbers.get(name))
            if group.detailed:
                for model, said in found.items():
                    table.add(int(group.cases[k]), model, *_row(said))
        outcomes = {name: filled(column, declared[name]) for name, column in cells.items()}
        return Found(outcomes, {"predictions": table.columns()} if group.detailed else {})

    def _predicted(self, group: CaseGroup, scenario: Scenario, seed: int) -> dict[str, Prediction]:
        """Ask the models; those that refuse a case say so, and the others answer."""
        from sim.equilibria import Prediction  # noqa: PLC0415  slow to import, seldom needed
        from sim.equilibria.side_by_side import predict  # noqa: PLC0415

        models = self.asked(scenario)

        def asked(*names: str) -> dict[str, Prediction]:
            return predict(
                scenario, names, parties=self.parties, red_lines=group.red_lines,
                draws=self.draws, seed=seed, time_limit=self.time_limit, hinges=False,
            )  # fmt: skip

        try:
            return asked(*models)
        except InputError:
            pass  # asked one by one below
        found: dict[str, Prediction] = {}
        for model in models:
            try:
                found |= asked(model)
            except InputError as error:
                found[model] = Prediction(model, model, "").because(str(error))
        return found

    def _scalars(
        self, found: Mapping[str, Prediction], scenario: Scenario
    ) -> Iterator[tuple[str, Cell]]:
        """Yield the scalar outcomes of one case; what is not said is left out."""
        for model, said in found.items():
            if said.not_computed is not None:
                continue
            told = TOLD[model]
            for party, utility in (said.utilities or {}).items():
                yield f"{model}.{party}", float(utility)
            if told.agreement:
                agreed = told.agreed is not None and told.agreed(said.details)
                yield f"{model}.agreement", agreed or bool(said.outcome)
            for name, number, whom in self._numbers(model, scenario):
                yield name, number.of(said.details, whom)


def _row(said: Prediction) -> tuple[Cell, ...]:
    """Write a prediction as cells."""
    outcome = said.outcome and "; ".join(f"{i}: {option}" for i, option in said.outcome.items())
    bound = said.bound if said.bound < float("inf") else None
    return said.says or None, said.exact, bound, said.not_computed, outcome or None


def equilibria(experiment: Experiment) -> Computation:
    """Ask models as an experiment does.

    Raises
    ------
    InputError
        If no model has a name that it asks for.
    """
    from sim.equilibria import MODELS  # noqa: PLC0415  slow to import, seldom needed
    from sim.equilibria.side_by_side import chosen_models  # noqa: PLC0415

    asked = experiment.asked.equilibria
    models = parties = None
    draws, limit = 1000, SEARCHING
    if asked is not None:
        models = None if asked.models is None else tuple(chosen_models(asked.models, MODELS))
        parties = None if asked.parties is None else tuple(asked.parties)
        draws, limit = asked.draws, asked.time_limit or SEARCHING
    return EquilibriaInEveryCase(models, parties, draws, limit, tuple(experiment.vary))
