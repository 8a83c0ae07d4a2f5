"""The report of an experiment as Markdown: findings first, then tables, pictures and caveats."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sim.comparison import Comparison
from sim.experiment import Experiment, Finished
from sim.findings.comparison import acceptance_finding, broken_constraints, refusal
from sim.findings.conditions import READING_IN_WORDS
from sim.findings.settlement import (
    clash_in_words,
    frontier_finding,
    same_packages,
    zone_finding,
)
from sim.findings.sizes import chance_in_words
from sim.report.cells import description, escaped
from sim.report.pictures import Drawn
from sim.settlement import Settlement
from sim.words import percent, plain, signed, solution_name

Pictures = Mapping[int, Sequence[Drawn]]
"""Number of a case -> its pictures."""


def experiment_report(
    experiment: Experiment,
    finished: Sequence[Finished],
    pictures: Pictures,
    together: Sequence[Drawn] = (),
) -> str:
    """Write the report of an experiment of a few cases, each by itself.

    Parameters
    ----------
    experiment
        What was asked.
    finished
        The cases, in order.
    pictures
        What was drawn for each case.
    together
        What was drawn for all of them.

    Returns
    -------
    str
        Markdown text.
    """
    title = finished[0].scenario.title
    lines = [f"# {escaped(experiment.title or title)}", ""]
    if experiment.description:
        lines += [experiment.description.strip(), ""]
    lines += [
        "> Conditional on the inputs of the scenario file: positions are recorded as each party "
        "stated them, with sources; weights, thresholds and no-deal values are assumptions given "
        "as ranges. Nothing here is a forecast, and no side's view is taken as right.",
        "",
        "## In short",
        "",
    ]
    for done in finished:
        lines += [f"**{_label(done)}.** " + " ".join(case_findings(done)), ""]
    lines += _pictures(together)
    lines += case_sections(finished, pictures)
    lines += _method(experiment, title)
    return "\n".join(lines)


def case_sections(finished: Sequence[Finished], pictures: Pictures) -> list[str]:
    """Write the sections on cases, one after the other, as the lines of a report."""
    lines = []
    for done in finished:
        lines += [f"## {_label(done)}", ""]
        if done.comparison is not None:
            lines += _comparison(done.comparison)
        if done.settlement is not None:
            lines += _settlement(done.settlement)
        lines += _pictures(pictures.get(done.case.number, ()))
    return lines


def _pictures(drawn: Sequence[Drawn]) -> list[str]:
    return [
        line
        for one in drawn
        for line in (f"**{one.title}**", "", f"![{description(one.alt)}]({one.file})", "")
    ]


def _label(done: Finished) -> str:
    return escaped(done.heading)


def case_findings(done: Finished) -> Iterator[str]:
    """Yield what was found in a case, a sentence or two each."""
    if done.comparison is not None:
        yield acceptance_finding(done.comparison)
    if done.settlement is not None:
        yield zone_finding(done.settlement)
        if done.settlement.clash:
            yield " ".join(f"{clause}." for clause in clash_in_words(done.settlement))
        yield chance_in_words(done.settlement.chance)


def _comparison(comparison: Comparison) -> list[str]:
    structure, parties = comparison.structure, comparison.scenario.parties
    heads = [
        escaped(parties[p].name) if needed else f"{escaped(parties[p].name)} (advisory)"
        for p, needed in zip(comparison.parties, structure.required, strict=True)
    ]
    lines = [
        "### Plan versions against thresholds",
        "",
        "Each cell: surplus over the threshold at the central reading, and the share of draws in "
        "which the party accepts. ✗ counts own red lines crossed, s those crossed by silence "
        "alone; † marks a plan that breaks a constraint.",
        "",
        "| plan | " + " | ".join(heads) + " | all needed | completable |",
        "|---|" + "---:|" * (len(heads) + 1) + "---|",
    ]
    for k, plan in enumerate(comparison.plans):
        verdict = comparison.verdicts[k]
        cells = []
        for p in range(len(heads)):
            n, quiet = len(verdict.crossed[p]), len(verdict.crossed_by_silence[p])
            marks = (f" ✗{n}" if n else "") + (f" s{quiet}" if quiet else "")
            cells.append(
                f"{signed(verdict.surplus[p])}{marks}, {percent(comparison.probability[k, p])}"
            )
        mark = "†" if verdict.broken else ""
        title = escaped(comparison.scenario.plans[plan].title)
        completable = "yes" if verdict.completable else "no"
        joint = percent(comparison.probability_all[k])
        lines.append(
            f"| **{plan}**{mark} {title} | {' | '.join(cells)} | {joint} | {completable} |"
        )
    lines += ["", "### What breaks each version", ""]
    for k, plan in enumerate(comparison.plans):
        reasons = [
            f"{parties[comparison.parties[column]].name}: {refusal(comparison, k, column)}"
            for column in comparison.blockers(k)
        ]
        broken = broken_constraints(comparison, k)
        said = ". ".join([*reasons, *([f"It {broken}"] if broken else [])])
        lines.append(f"- **{plan}**: {said or 'nobody refuses'}.")
    return [*lines, ""]


def _settlement(settlement: Settlement) -> list[str]:
    parties = settlement.scenario.parties
    lines = ["### What could be agreed", "", zone_finding(settlement), ""]
    if settlement.clash:
        return [*lines, *(f"- {clause}" for clause in clash_in_words(settlement)), ""]
    lines += [frontier_finding(settlement), ""]
    names = [escaped(parties[p].name) for p in settlement.parties]
    lines += [
        "| solution | " + " | ".join(names) + " | acceptable to all | proof |",
        "|---|" + "---:|" * len(names) + "---|---|",
    ]
    for name, agreement in settlement.solutions.items():
        cells = [
            plain(u, 3) if agreement.outcome is not None else "no deal" for u in agreement.utilities
        ]
        certificate = agreement.certificate
        proof = "exact" if certificate.exact else f"within {certificate.bound:.2g}"
        accepted = "yes" if settlement.acceptable(agreement) else "no"
        lines.append(f"| {solution_name(name)} | {' | '.join(cells)} | {accepted} | {proof} |")
    for label, numbers in (
        ("*threshold*", settlement.problem.thresholds),
        ("*no deal*", settlement.problem.disagreement),
    ):
        lines.append(f"| {label} | {' | '.join(plain(x, 3) for x in numbers)} | | |")
    lines += [
        "",
        "Egalitarian and utilitarian solutions depend on the parties' utilities being on one "
        "scale; Nash and Kalai–Smorodinsky do not.",
        "",
    ]
    return lines + _packages(settlement)


def _packages(settlement: Settlement) -> list[str]:
    groups = [
        (title, settlement.package(settlement.solutions[names[0]]))
        for names, title in same_packages(settlement)
    ]
    there = [(title, package) for title, package in groups if package is not None]
    if not there:
        return []
    lines = [
        "#### The packages",
        "",
        "| issue | " + " | ".join(title for title, _ in there) + " |",
        "|---|" + "---|" * len(there),
    ]
    for name, issue in settlement.scenario.issues.items():
        options = [escaped(issue.options[package[name]]) for _, package in there]
        lines.append(f"| {escaped(issue.title)} | {' | '.join(options)} |")
    return [*lines, ""]


def _method(experiment: Experiment, title: str) -> list[str]:
    readings = ", ".join(READING_IN_WORDS.values())
    return [
        "## How this was made",
        "",
        f"Scenario: {escaped(title)}. {experiment.draws:,} draws, seed {experiment.seed}.",
        "",
        "Every issue is scored; where a plan is silent, at the status quo. Acceptance by several "
        "parties is counted jointly, draw by draw. Frontier and solutions are taken at the central "
        "reading, over packages that no constraint and no binding red line of a signatory "
        "excludes and that give every signatory at least its no-deal value. In the central "
        "reading every red line of the chosen kinds holds; in a draw each holds with its own "
        "chance, so that a zone may be missing at the centre and exist in most draws. Readings of "
        f"red lines: {readings}. The same seed gives the same tables, byte for byte.",
        "",
        "The tables are in `tables/`, with the meaning of every column in `tables/README.md`; "
        "`run.json` has what is needed to make them again.",
        "",
    ]
