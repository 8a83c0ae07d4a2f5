"""What was varied, over which cases, and how much of it has an answer."""

from __future__ import annotations

from sim.experiment.factors import Factor, Integers, Listed, Ranged, Simplex, Tabled
from sim.preferences.uncertain import Triangular, Uniform
from sim.report.cells import bullets, cut_table, escaped
from sim.report.sections.numbers import number
from sim.report.sections.outcomes import Told
from sim.words import counted, listed

MOST_SHOWN = 8
"""Values of a list that are written out."""

MOST_FACTORS = 20

COMPUTED = {
    "compare": "who accepts which plan version",
    "zone": "the zone of possible agreement",
    "solve": "bargaining solutions and the frontier",
    "amend": "smallest amendments",
    "equilibria": "equilibria",
}

EVEN = (
    "They are spread over the ranges above, each range alike. A share of the cases is therefore a "
    "share of what was looked at. It is no probability of anything in the world."
)
CHOSEN = (
    "They are not an even sample of the ranges. A share of the cases says only how often "
    "something holds among these cases."
)


def varied_section(told: Told) -> list[str]:
    """Write what varied, how cases were chosen, and what has no value."""
    lines = ["## What was varied", ""]
    if told.study.design.factors:
        rows = [_row(told, factor) for factor in told.study.design.factors]
        heads = ["input", "values", "how"]
        lines += cut_table(heads, rows, table="cases", most=MOST_FACTORS, texts=(0, 1, 2))
        lines += [
            "Everything else stays as the scenario has it, or is drawn within each case as the "
            "scenario says. What was held fixed shows no effect here, however much it matters.",
            "",
            *bullets(_levers_in_words(told)),
        ]
    else:
        lines += ["Nothing was varied: everything is as the scenario has it.", ""]
    gaps = _undefined(told) if told.n_cases else []
    return [*lines, *bullets(_cases_in_words(told)), *gaps]


def _levers_in_words(told: Told) -> list[str]:
    """Say what the levers are that come and go; tables and pictures call them by their keys."""
    if "levers" not in told.study.design.columns:
        return []
    levels = told.study.design.owners["levers"].levels
    named = {key for level in levels if isinstance(level, list | tuple) for key in level}
    return [
        f"{key}: {lever.title}."
        for scenario in told.study.prepared.scenarios.values()
        for key, lever in scenario.levers.items()
        if key in named and lever.title
    ]


def _row(told: Told, factor: Factor) -> list[str]:
    values, how = _values(told, factor)
    return [escaped(told.factor(factor.path)), escaped(values), escaped(how)]


def _values(told: Told, factor: Factor) -> tuple[str, str]:
    """Say which values a factor takes, and how they are spread."""
    if isinstance(factor, Listed | Tabled):
        how = "from the table of cases" if isinstance(factor, Tabled) else _met(told, factor)
        return _listed_values(told, factor), how
    if not isinstance(factor, Ranged):
        return _weights(told, factor)
    low, high = (told.setting(factor.path, end) for end in factor.ends)
    return f"{low} to {high}", _spread_of(told, factor)


def _spread_of(told: Told, factor: Ranged) -> str:
    law = factor.law
    if isinstance(law, Integers):
        return "every whole number alike"
    if isinstance(law, Uniform):
        return "every value alike (uniform)"
    if isinstance(law, Triangular):
        likeliest = told.setting(factor.path, float(law.triangular[1]))
        return f"likeliest at {likeliest} (triangular)"
    mean, deviation = (told.setting(factor.path, float(x)) for x in law.normal)
    return f"around {mean}, standard deviation {deviation} (normal, cut off at the ends)"


def _met(told: Told, factor: Listed) -> str:
    if len(factor.levels) == 1:
        return "the same in every case"
    by_design = {"full": "each with every other", "one_at_a_time": "the first one is the base case"}
    return by_design.get(told.study.design.name, "each about equally often")


def _listed_values(told: Told, factor: Factor) -> str:
    if not factor.levels:
        low, high = factor.ends or (0.0, 0.0)
        return f"{told.setting(factor.path, low)} to {told.setting(factor.path, high)}"
    words = [told.setting(factor.path, level) for level in factor.levels]
    if len(words) > MOST_SHOWN:
        more = len(words) - MOST_SHOWN + 1
        words = [*words[: MOST_SHOWN - 1], f"{more:,} more"]
    return "; ".join(words)


def _weights(told: Told, factor: Factor) -> tuple[str, str]:
    law = told.study.experiment.vary.get(factor.path)
    values = f"{counted(len(factor.columns), 'weight')} that always add up to the same"
    if not isinstance(law, Simplex):
        return values, ""
    how = "any such weights alike"
    if law.concentration is not None:
        how = f"near those of the scenario (concentration {law.concentration:g})"
    grouped = "one input" if law.simplex == "grouped" else "an input for each share of the rest"
    return values, f"{how}; {grouped}"


def _cases_in_words(told: Told) -> list[str]:
    study = told.study
    experiment, design = study.experiment, study.design
    points, n = design.n_points, design.n_cases
    cases = counted(n, "case")
    if design.repeats > 1:
        cases += f": {counted(points, 'combination')} of settings, {design.repeats:,} times each"
    part = f" Only the first {n:,} of {design.whole:,} were computed." if design.cut_short else ""
    said = [f"{cases}. {_design_in_words(told)}{part}"]
    if n > 1:
        sampled = design.name in ("lhs", "halton", "sobol")
        said[0] += f" {EVEN if sampled else CHOSEN}"
    asked = [words for name, words in COMPUTED.items() if name in experiment.asked]
    said.append(f"Computed in every case: {listed(asked)}.")
    drawn = _draws_in_words(told)
    same = "the same in all cases" if design.common else "others in every case"
    said.append(
        f"{drawn}, {same}; seed {experiment.seed}." if drawn else f"Seed {experiment.seed}."
    )
    if study.failed:
        verb = "has" if study.failed == 1 else "have"
        left = f" Every share below is of the other {told.n_cases:,}." if told.n_cases else ""
        said.append(
            f"{counted(study.failed, 'case')} of {n:,} failed and {verb} no rows; the table "
            f"“failures” says why.{left}"
        )
    return said


def _draws_in_words(told: Told) -> str:
    """Say how many draws each computation makes of what is uncertain; nothing where none does."""
    experiment = told.study.experiment
    asked = experiment.asked
    said = []
    if asked.compare is not None:
        said.append(f"{experiment.draws:,} for who accepts")
    if experiment.zone_draws and (asked.zone is not None or asked.solve is not None):
        said.append(f"{experiment.zone_draws:,} for the zone")
    if asked.equilibria is not None:
        said.append(f"{asked.equilibria.draws:,} for equilibria")
    return f"Draws of what is uncertain in each case: {listed(said)}" if said else ""


def _design_in_words(told: Told) -> str:
    design = told.study.design
    size = design.size or design.n_points
    if not design.factors:
        return "There is no other."
    words = {
        "full": "Every combination of the values above was computed.",
        "lhs": f"A Latin hypercube: each range is cut into {size:,} slices, each met once.",
        "halton": f"The first {size:,} points of a Halton sequence.",
        "sobol": f"Sobol' points for indices of the variance, {size:,} base points.",
        "morris": f"{counted(size, 'walk')} through the ranges, each of which moves every input "
        "once.",
        "one_at_a_time": "The base case is the median of every range and the first value of every "
        f"list; from there each input moves alone, to {size:,} places of its range.",
        "table": "The cases stand in a table of the experiment.",
    }
    return words[design.name]


def _undefined(told: Told) -> list[str]:
    """List outcomes that have no value in some cases; those alike in one row."""
    alike: dict[int, list[str]] = {}
    for name in sorted(told.names, key=list(told.study.outcome_names).index):
        missing = told.outcome(name).undefined
        if missing:
            alike.setdefault(missing, []).append(name)
    if not alike:
        return ["Every outcome has a value in every case.", ""]
    rows = []
    for missing, names in sorted(alike.items(), reverse=True):
        words = [escaped(told.label(name)) for name in names[:3]]
        more = len(names) - len(words)
        what = "; ".join([*words, *([f"{more:,} more"] if more else [])])
        rows.append([what, f"{missing:,}", number(missing / told.n_cases, "share")])
    return [
        "Some outcomes have no value in some cases: a solution where there is nothing to agree on, "
        "for instance. Such a case is left out of what is said about that outcome. It is never "
        "counted as 0.",
        "",
        *cut_table(["no value", "cases", "share"], rows, table="outcomes", most=10),
    ]
