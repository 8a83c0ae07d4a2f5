"""What is wrong with an experiment beyond names and types: values, designs, what is computed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.errors import LocatedMistake, did_you_mean
from sim.experiment.design import (
    MOST_CASES,
    OPTIONS,
    Computations,
    Equilibria,
    Experiment,
    SizedDesign,
    written,
)
from sim.experiment.factors import Factor, Setting
from sim.formats.case_tables import CaseTable
from sim.formats.structure import located
from sim.formats.trial_values import Refused, try_values
from sim.formats.wording import found
from sim.formats.yaml_tree import Node
from sim.scenario import Scenario
from sim.structure import READINGS
from sim.words import counted

READING_VALUES = {"red_lines": tuple(READINGS), "within": ("disagreement", "zone")}
"""Options that take one of a few words."""

MOST_NUMBERS = 250_000_000
"""Coordinates of a design that are held at a time: 2 GB."""

KINDS = ("uniform", "triangular", "normal", "integers", "simplex")

SERVING: Mapping[str, Sequence[str]] = {
    "sobol": ("sobol",),
    "morris": ("morris",),
    "tornado": ("one_at_a_time", "full"),
    "pawn": ("lhs", "halton", "full", "table"),
}
"""Method of sensitivity analysis -> the designs that it reads, the one made for it first."""

USUAL_SIZES = {"sobol": 1024, "morris": 20, "one_at_a_time": 2, "lhs": 1000}


@dataclass(frozen=True)
class File:
    """An experiment file with the places of everything in it."""

    root: Node
    experiment: Experiment

    def at(self, *steps: str | int, at_name: bool = False, text: str) -> LocatedMistake:
        """Return a mistake at the end of a path, or as far along it as the file goes."""
        nodes = [self.root]
        for step in steps:
            child = nodes[-1].child(step)
            if child is None:
                break
            nodes.append(child)
        return located(nodes, text, at_name=at_name)

    @property
    def design(self) -> SizedDesign | None:
        """The design, if it is not the full one."""
        chosen = self.experiment.design
        return chosen if isinstance(chosen, SizedDesign) and chosen.name else None

    def whole(self, *steps: str) -> bool:
        """Whether all that stands in a part of the file could be read."""
        node = self.root
        for step in steps:
            if step in node.lost:
                return False
            child = node.child(step)
            if child is None:
                return True
            node = child
        return not node.lost


def in_itself(file: File) -> Iterator[LocatedMistake]:
    """Yield what is wrong with the file whatever its scenarios hold."""
    yield from _values(file)
    yield from _layout(file)
    yield from _overlaps(file)
    yield from _questions(file)


def _values(file: File) -> Iterator[LocatedMistake]:
    for name, values in file.experiment.vary.items():
        if not isinstance(values, list):
            if name in OPTIONS:
                said = f"{name} takes a list of values, not a range"
                yield file.at("vary", name, text=said)
            elif file.experiment.design == "full" and "design" not in file.root.lost:
                said = (
                    "a range has no end of values, and `design: full` takes every combination: "
                    "list some values, or sample, for example with `design: {lhs: 512}`"
                )
                yield file.at("vary", name, text=said)
            continue
        yield from _listed(file, name, values)
    names = file.experiment.scenarios
    for k, name in enumerate(names):
        if name in names[:k]:
            said = f"'{name}' stands here for the second time: keep one"
            yield file.at("scenario", k, text=said)
    if "scenario" in file.experiment.vary:
        said = "write the scenarios as a list under `scenario:` instead; each then varies"
        yield file.at("vary", "scenario", at_name=True, text=said)


def _listed(file: File, name: str, values: Sequence[Setting]) -> Iterator[LocatedMistake]:
    """Yield values that no option has, and values that stand twice."""
    for k, value in enumerate(values):
        if name in READING_VALUES and value not in READING_VALUES[name]:
            guess = did_you_mean(written(value), READING_VALUES[name])
            yield file.at("vary", name, k, text=f"'{written(value)}' is none of its values"
                          f"{guess}")  # fmt: skip
        elif any(type(value) is type(v) and value == v for v in values[:k]):
            said = f"'{written(value)}' stands here for the second time: keep one"
            yield file.at("vary", name, k, text=said)


def _layout(file: File) -> Iterator[LocatedMistake]:
    experiment, design = file.experiment, file.design
    varies = bool(experiment.vary) or len(experiment.scenarios) > 1 or not file.whole("vary")
    if experiment.design != "full" and design is None and file.whole("design"):
        yield file.at("design", text="names no design: name one, such as {lhs: 512}")
    if design is None:
        n = math.prod(len(v) for v in experiment.vary.values() if isinstance(v, list))
        n *= len(experiment.scenarios) * experiment.repeats
        if n > MOST_CASES:
            said = (
                f"all combinations are {n:,} cases, more than the {MOST_CASES:,} that a run may "
                "have: list fewer values, or sample, for example with `design: {lhs: 1000}`"
            )
            yield file.at("vary", text=said)
    elif design.name != "table" and not varies:
        said = f"nothing varies: name under `vary:` what the {design.name} design is to vary"
        yield file.at("design", text=said)


def _overlaps(file: File) -> Iterator[LocatedMistake]:
    """Yield paths of which one leads into what the other sets as a whole."""
    paths = [path for path in file.experiment.vary if path not in OPTIONS]
    for path in paths:
        outer = next((p for p in paths if path.startswith((f"{p}.", f"{p}["))), None)
        if outer:
            said = f"{outer} varies as a whole, and this lies inside it: keep one of the two"
            yield file.at("vary", path, at_name=True, text=said)


def _questions(file: File) -> Iterator[LocatedMistake]:
    experiment, design = file.experiment, file.design
    name = design.name if design else "full"
    nothing = not any(name in experiment.asked for name in Computations.model_fields)
    if nothing and file.whole("compute"):
        names = ", ".join(Computations.model_fields)
        yield file.at("compute", text=f"nothing is computed: name some of {names}")
    yield from _methods(file, name)
    for k, question in enumerate(experiment.discovery or []):
        if question.above is not None and question.below is not None:
            said = "asks for above and below at once: keep one of the two"
            yield file.at("discovery", k, text=said)
    varies = bool(experiment.vary) or len(experiment.scenarios) > 1 or name == "table"
    for part in ("sensitivity", "discovery") if not varies and file.whole("vary") else ():
        if getattr(experiment, part) is not None:
            said = "nothing varies, so nothing can be traced back: name under `vary:` what does"
            yield file.at(part, text=said)


def _methods(file: File, design: str) -> Iterator[LocatedMistake]:
    """Yield methods of sensitivity analysis that the design does not serve."""
    wanted = file.experiment.sensitivity
    for k, method in enumerate((wanted.methods if wanted else None) or []):
        serving = SERVING[method]
        if design not in serving and file.whole("design"):
            also = f" (or {', '.join(serving[1:])})" if serving[1:] else ""
            said = (
                f"{method} does not read the design {design}: write "
                f"`design: {{{serving[0]}: {USUAL_SIZES[serving[0]]}}}`{also}, or leave {method} "
                "out"
            )
            yield file.at("sensitivity", "methods", k, text=said)


def too_large(file: File, factors: Sequence[Factor]) -> Iterator[LocatedMistake]:
    """Yield that a design has more cases than any run may have, or than memory can hold."""
    design = file.design
    size = design.size if design else None
    if design is None or size is None:
        return
    inputs = sum(len(factor.inputs) for factor in factors)
    width = sum(sum(factor.inputs.values()) for factor in factors)
    times = {"sobol": inputs + 2, "morris": inputs + 1, "one_at_a_time": 0}.get(design.name, 1)
    n = (size * times or 1 + size * inputs) * file.experiment.repeats
    held = size * width * {"sobol": 2, "morris": inputs + 1, "one_at_a_time": 0}.get(design.name, 1)
    if n > MOST_CASES or held > MOST_NUMBERS:
        said = (
            f"{n:,} cases of {counted(width, 'number')} are more than a run may have "
            f"({MOST_CASES:,} cases, {MOST_NUMBERS:,} numbers): take a smaller size"
        )
        yield file.at("design", design.name, text=said)


def in_scenarios(
    file: File,
    factors: Sequence[Factor],
    scenarios: Mapping[str, tuple[str, Scenario]],
    table: CaseTable | None = None,
) -> Iterator[LocatedMistake]:
    """Yield what is wrong with the experiment beside its scenarios.

    Parameters
    ----------
    file
        The experiment.
    factors
        What varies, as far as it can be read.
    scenarios
        Name in the experiment -> its file, and the scenario itself.
    table
        The table of cases, if the values stand there.
    """
    for refused in try_values(factors, scenarios):
        yield _in_cell(table, refused) if table else _at_value(file, refused)
    for name, (_, scenario) in scenarios.items():
        inside = f" (in {name})" if len(scenarios) > 1 else ""
        for mistake in (*_levers(file, scenario), *_computed(file, scenario)):
            yield replace(mistake, text=mistake.text + inside)


def _in_cell(table: CaseTable, refused: Refused) -> LocatedMistake:
    path, place = refused.trial.path, refused.trial.place
    column = table.columns[path]
    k = list(table.columns).index(path)
    if refused.at_path:
        return table.wrong(-1, k, refused.text)
    row = int(np.flatnonzero(column.cells == place)[0]) if column.levels else place
    return table.wrong(row, k, f"{path}: {refused.text}")


def _at_value(file: File, refused: Refused) -> LocatedMistake:
    path, place = refused.trial.path, refused.trial.place
    refused = replace(refused, text=refused.text + _moved_together(file, path, refused.text))
    if refused.at_path:
        return file.at("vary", path, at_name=True, text=refused.text)
    values = file.experiment.vary.get(path)
    if isinstance(values, list) or values is None:
        return file.at("vary", path, place, text=refused.text)
    law = next(name for name in KINDS if hasattr(values, name))
    last = len(getattr(values, law)) - 1 if law != "normal" else 0
    return file.at("vary", path, law, place * last, text=refused.text)


def _moved_together(file: File, path: str, said: str) -> str:
    """Say how a threshold and a disagreement value that both vary can keep their order."""
    words = path.split(".")
    party = ".".join(words[:2])
    both = all(
        any(f"{other}.".startswith(f"{party}.{level}.") for other in file.experiment.vary)
        for level in ("threshold", "disagreement")
    )
    if not both or words[2:3] != ["threshold"] or "below the disagreement value" not in said:
        return ""
    return (
        f" (both vary; to let them move together write `threshold: {{above_disagreement: …}}` in "
        f"the scenario and vary {party}.threshold.above_disagreement)"
    )


def _levers(file: File, scenario: Scenario) -> Iterator[LocatedMistake]:
    values = file.experiment.vary.get("levers", [])
    for k, named in enumerate(values if isinstance(values, list) else []):
        yield from (
            file.at("vary", "levers", k, text=said) for said in lever_mistakes(named, scenario)
        )


def lever_mistakes(named: Setting, scenario: Scenario) -> Iterator[str]:
    """Yield what is wrong with a list of levers in place."""
    if not isinstance(named, list):
        yield f"expected a list of levers such as [aid], or [] for none, found {found(named)}"
        return
    for lever in named:
        if lever not in scenario.levers:
            guess = did_you_mean(str(lever), scenario.levers)
            yield f"no lever is called '{lever}'{guess}"


def _computed(file: File, scenario: Scenario) -> Iterator[LocatedMistake]:
    """Yield plans and solutions that are named and do not exist."""
    from sim.solutions import MOST_PARTIES, SOLUTIONS  # noqa: PLC0415  slow to import

    asked = file.experiment.asked
    for computation in ("compare", "amend"):
        settings = getattr(asked, computation)
        if settings is None:
            continue
        if not scenario.plans:
            said = f"the scenario has no plans to {computation}: add some, or leave it out"
            yield file.at("compute", text=said)
        for k, plan in enumerate(settings.plans or []):
            if plan not in scenario.plans and f"plans.{plan}" not in file.experiment.vary:
                guess = did_you_mean(plan, scenario.plans)
                said = f"no plan is called '{plan}'{guess}"
                yield file.at("compute", computation, "plans", k, text=said)
    n = sum(party.consent == "required" for party in scenario.parties.values())
    for k, name in enumerate((asked.solve.solutions if asked.solve else None) or []):
        if name not in SOLUTIONS and name != "all":
            guess = did_you_mean(name, SOLUTIONS)
            said = f"no solution is called '{name}'{guess}"
            yield file.at("compute", "solve", "solutions", k, text=said)
        few = [s for s in ([name] if name != "all" else SOLUTIONS) if n > MOST_PARTIES.get(s, n)]
        if few:
            said = (
                f"{few[0]} is defined for {MOST_PARTIES[few[0]]} parties, and {n} must agree here: "
                f"{'leave it out' if name != 'all' else 'name the solutions that you want'}"
            )
            yield file.at("compute", "solve", "solutions", k, text=said)
    if asked.equilibria is not None:
        yield from _equilibria(file, asked.equilibria, scenario)


def _equilibria(file: File, asked: Equilibria, scenario: Scenario) -> Iterator[LocatedMistake]:
    """Yield models and players that are named and do not exist, and levers, which none reads."""
    from sim.equilibria import MODELS  # noqa: PLC0415  slow to import

    place = ("compute", "equilibria")
    for part, named, known, kind in (
        ("models", asked.models or [], MODELS, "model"),
        ("parties", asked.parties or [], scenario.parties, "party"),
    ):
        for k, name in enumerate(named):
            if name not in known:
                said = f"no {kind} is called '{name}'{did_you_mean(name, known)}"
                yield file.at(*place, part, k, text=said)
            elif name in named[:k]:
                said = f"'{name}' stands here for the second time: keep one"
                yield file.at(*place, part, k, text=said)
    if "levers" in file.experiment.vary:
        said = (
            "levers vary, and equilibrium models do not look at them: leave one of the two out, or "
            "vary what the levers do, such as parties.….disagreement"
        )
        yield file.at(*place, text=said)


def no_weights(file: File, path: str, scenario: Scenario) -> LocatedMistake:
    """Say that a path leads to no weights of a party, or to fewer than two."""
    paths = [f"parties.{name}.weights" for name in scenario.parties]
    guess = "" if path in paths else did_you_mean(path, paths)
    said = f"no party's weights of two issues or more stand here{guess}"
    return file.at("vary", path, at_name=True, text=said)
