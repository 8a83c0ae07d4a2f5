"""What every picture of a study says of it."""

from __future__ import annotations

from sim.experiment.study import Study
from sim.plots.caption import shortened
from sim.words import counted, name_of

DESIGNS = {
    "full": "every combination",
    "lhs": "Latin hypercube",
    "sobol": "Saltelli's design",
    "halton": "Halton's points",
    "morris": "Morris's walks",
    "one_at_a_time": "one factor at a time",
    "table": "cases from a table",
}


def given(study: Study) -> str:
    """Say what a picture of a study depends on: inputs, cases, scenario."""
    cases = counted(len(study.tables["outcomes"]["case"]), "case")
    if study.design.cut_short:
        cases += f" of {study.design.whole:,}"
    design = DESIGNS.get(study.design.name, study.design.name)
    failed = f", {study.failed:,} more failed" if study.failed else ""
    scenarios = list(study.prepared.scenarios.values())
    title = name_of(study.experiment.title or "")
    if not title:
        title = name_of(scenarios[0].title) if len(scenarios) == 1 else "Several scenarios"
    head = f"Conditional on these inputs; {cases} ({design}){failed}."
    return f"{head} {shortened(title, 150 - len(head))}."
