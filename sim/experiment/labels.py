"""What varies, what comes out and what is set, in the words of the scenario.

A path such as ``parties.ukraine.weights.army_cap`` is how a file says it. Pictures and pages say
"Ukraine: weight of Ceiling on Ukraine's armed forces". Phrases begin with a small letter, so that
they can stand within a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from sim.condition import Condition
from sim.experiment.study import Study
from sim.findings.conditions import condition_in_words
from sim.issues import Issue
from sim.scenario import Scenario
from sim.solutions import SOLUTIONS
from sim.words import listed, name_of, plain, solution_name

WHOLE = {
    "red_lines": "red lines",
    "within": "where solutions are sought",
    "levers": "levers in place",
    "scenario": "scenario",
}
"""What may vary besides what stands in the scenario."""

VARIES = {
    "parties.{party}.threshold": "{party}: threshold",
    "parties.{party}.threshold.above_disagreement": "{party}: threshold above no deal",
    "parties.{party}.threshold.share_of_best": "{party}: threshold as a share of its best",
    "parties.{party}.disagreement": "{party}: no-deal value",
    "parties.{party}.disagreement.share_of_best": "{party}: no-deal value as a share of its best",
    "parties.{party}.disagreement.within": "what bounds the best of {party}",
    "parties.{party}.patience": "{party}: patience",
    "parties.{party}.consent": "{party}: consent",
    "parties.{party}.weights": "{party}: weights",
    "parties.{party}.weights.{issue}": "{party}: weight of {issue}",
    "parties.{party}.weights.{issue}.tier": "{party}: tier of {issue}",
    "parties.{party}.values.{issue}": "{party}: values on {issue}",
    "parties.{party}.values.{issue}.{option}": "{party}: value of “{option}” on {issue}",
    "parties.{party}.red_lines[{line}].binds": "{party}: {line} holds (chance)",
    "parties.{party}.red_lines[{line}].kind": "{party}: kind of {line}",
    "parties.{party}.interactions[{effect}].add": "{party}: effect of {effect}",
    "plans.{plan}.picks.{issue}": "{plan}: {issue}",
    "issues.{issue}.status_quo": "status quo on {issue}",
    "levers.{lever}.cost": "cost of {lever}",
    "levers.{lever}.effects.{party}.threshold": "shift of the threshold of {party} by {lever}",
    "levers.{lever}.effects.{party}.disagreement": "shift of no deal for {party} by {lever}",
    "talks.rounds": "rounds until the deadline of the talks",
    "talks.enforced": "chance that the deadline of the talks holds",
    "talks.breakdown": "chance that a refusal ends the talks",
    "talks.quota": "number of parties that must agree",
    "talks.drifts_for": "rounds for which no-deal values drift",
    "talks.chances.{party}": "{party}: chance to propose next",
    "talks.cost.{party}": "{party}: cost of a round of talks",
    "talks.outside.{party}": "{party}: value of its outside option",
    "talks.drift.{party}": "{party}: drift of its no-deal value in a round",
    "war.ending": "chance that the war ends in a round",
    "war.lasts": "rounds that the war lasts",
    "war.ends.{end}.chance": "chance that the war ends with “{end}”",
    "war.front.start": "where the front is now",
    "war.front.states.{state}.to.{end}": "chance of “{end}” after “{state}”",
    "war.parties.{party}.once": "{party}: cost of going to war",
    "war.parties.{party}.per_round": "{party}: cost of a round of war",
    "war.parties.{party}.meanwhile": "{party}: value of a round of war",
    "war.beliefs.{party}.ends.{end}": "{party}: its belief in “{end}”",
    "war.beliefs.{party}.moves.{state}.{end}": "{party}: its belief in “{end}” after “{state}”",
    "ratification.bodies.{body}.quota": "quota of {body}",
    "ratification.bodies.{body}.shock": "common shock of {body}",
    "ratification.bodies.{body}.steepness": "steepness of {body}",
    "ratification.steepness": "steepness of ratification",
    "ratification.shock": "common shock of ratification",
    "ratification.correlation": "correlation of shocks of ratification",
}
"""Paths in a scenario, and how a reader would call what stands there."""

COMES_OUT = {
    "zone.exists": "whether a zone exists",
    "zone.probability": "share of draws with a zone",
    "zone.share": "share of packages in the zone",
    "zone.surplus": "surplus that all can reach at once",
    "frontier.points": "number of efficient packages",
    "{plan}.all.accepts": "whether all accept {plan}",
    "{plan}.all.probability": "share of draws in which all accept {plan}",
    "{plan}.all.completable": "whether {plan} can be completed so that all accept",
    "{plan}.{party}.utility": "utility of {party} under {plan}",
    "{plan}.{party}.surplus": "surplus of {party} under {plan}",
    "{plan}.{party}.accepts": "whether {party} accepts {plan}",
    "{plan}.{party}.probability": "share of draws in which {party} accepts {plan}",
    "{plan}.changes": "how many issues of {plan} must change",
    "waiting.open": "whether a package beats no deal for all",
    "waiting.{party}.most": "the most that the others leave {party}",
    "waiting.{party}.range": "bargaining range of {party}",
    "waiting.{party}.pays_in_draws": "share of draws in which waiting a round pays {party}",
    "waiting.{party}.long_pays_in_draws": "share of draws in which a long wait pays {party}",
    "alternating_offers.agreement": "whether alternating offers end in agreement",
    "alternating_offers.{party}": "utility of {party} by alternating offers",
    "{solution}.agreement": "whether {solution} is a package",
    "{solution}.acceptable": "whether all accept {solution}",
    "{solution}.{party}": "utility of {party} at {solution}",
}
"""Columns of the table of outcomes, and what they are."""

READING = {"none": "none", "stated": "stated", "implied": "stated and implied"}
SOUGHT = {"disagreement": "better than no deal", "zone": "in the zone"}

PLACES = {"party": "parties", "issue": "issues", "plan": "plans", "lever": "levers"}
"""Where in a scenario the things stand that have names."""


def factor_label(study: Study, path: str) -> str:
    """Say what varies.

    Parameters
    ----------
    study
        Its scenarios give parties, issues and plans their names.
    path
        What varies, as in the file; an input of an analysis of sensitivity.
    """
    if path in WHOLE:
        return WHOLE[path]
    return _label(study, path, VARIES)


def outcome_label(study: Study, name: str) -> str:
    """Say what an outcome is; what a question adds to its name, such as ``≥ 0``, stays.

    Parameters
    ----------
    study
        Its scenarios give parties and plans their names.
    name
        A column of the table of outcomes, or what an analysis calls it.
    """
    column, _, asked = name.partition(" ")
    return f"{_label(study, column, COMES_OUT)} {asked}".strip()


def setting_label(study: Study, path: str, value: Any) -> str:
    """Say what something is set to.

    Parameters
    ----------
    study
        Its scenarios give options and levers their names.
    path
        What varies.
    value
        As in the table of cases, as in an analysis, or as in the file.
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "none"
    steps = _steps(path)
    if steps[0] == "plans" or steps[-1] == "status_quo":
        known = (s.issues.get(steps[-1]) for s in _scenarios(study))
        issue = next(filter(None, known), None)
        return listed((_option(issue, one) for one in _entries(value)), "or")
    if path == "levers":
        return " + ".join(one for one in _entries(value) if one != "none") or "none"
    if path in study.design.columns or "=" not in str(value):
        return _number(value) or _word(study, path, str(value))
    return _most(study, str(value))


def _label(study: Study, path: str, phrases: Mapping[str, str]) -> str:
    for phrase, found in _matches(path, phrases):
        for scenario in _scenarios(study):
            try:
                names = {kind: _name(kind, key, scenario, found) for kind, key in found.items()}
            except (KeyError, IndexError, ValueError):
                continue  # it is something else, or stands in another scenario
            return phrase.format(**names)
    return _as_written(study, path)


def _matches(path: str, phrases: Mapping[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    for pattern, phrase in phrases.items():
        found = _compiled(pattern).fullmatch(path)
        if found:
            yield phrase, found.groupdict()


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    """Turn a path with names in braces into an expression; an option may have a point in it."""
    text = re.escape(pattern).replace(r"\{option\}", r"(?P<option>.+)")
    return re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^.\\[\\]]+)", text))


def _as_written(study: Study, path: str) -> str:
    """Say a path that nobody has a phrase for: keys by their names, the rest word for word."""
    kinds = tuple(PLACES.values())
    words = [
        next((name for kind in kinds if (name := _named(study, kind, step)) != step), step)
        for step in _steps(path)
    ]
    first, *rest = words if words[0] not in kinds or len(words) < 2 else words[1:]
    said = " ".join(word.replace("_", " ") for word in rest)
    head = first.replace("_", " ")
    return f"{head}: {said}" if said else head


def _steps(path: str) -> list[str]:
    return [step for step in re.split(r"[.\[\]]", path) if step] or [path]


def _scenarios(study: Study) -> Iterable[Scenario]:
    return study.prepared.scenarios.values()


def _entries(value: Any) -> list[str]:
    """Return the entries of a list, or of one that was written as text."""
    if isinstance(value, list | tuple):
        return [str(one) for one in value]
    return str(value).split(" + ")


def _named(study: Study, kind: str, key: str) -> str:
    """Return the name of a party, an issue, a plan or a lever; the key where there is none."""
    for scenario in _scenarios(study):
        node = getattr(scenario, kind).get(key)
        if node is not None:
            return name_of(_titled(node) or key)
    return key


def _option(issue: Issue | None, key: str) -> str:
    return name_of(issue.options.get(key, key)) if issue else key


def _number(value: Any) -> str:
    """Write a number with three digits; nothing where it is none."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return ""
    if abs(number) >= 1000:
        return plain(number, 0)
    return f"{number:.3g}".replace("-", "−")


def _word(study: Study, path: str, text: str) -> str:
    """Say a reading or the name of a scenario; anything else as it is written."""
    if path == "scenario" and text in study.prepared.scenarios:
        return name_of(study.prepared.scenarios[text].title)
    known = {"red_lines": READING, "within": SOUGHT}.get(path, {})
    return known.get(text, text.replace("_", " "))


def _most(study: Study, text: str) -> str:
    """Say of weights that moved together which of them weighs most."""
    pairs = (pair.rpartition(" = ") for pair in text.split(", "))
    weights = [(float(value), path) for path, _, value in pairs if path]
    weight, path = max(weights)
    return f"most on {_named(study, 'issues', _steps(path)[-1])} ({weight:.2g})"


def _name(kind: str, key: str, scenario: Scenario, found: Mapping[str, str]) -> str:
    """Return what a name in braces stands for.

    Raises
    ------
    KeyError, IndexError
        If the scenario has nothing of this name.
    """
    if kind == "option":
        return name_of(scenario.issues[found["issue"]].options[key])
    if kind == "line":
        line = scenario.parties[found["party"]].red_lines[int(key)]
        where = Condition.of(line.when, scenario.space)
        title = line.title and f"“{name_of(line.title)}”"
        return title or f"the red line on {condition_in_words(scenario, where)}"
    if kind == "effect":
        when = scenario.parties[found["party"]].interactions[int(key)].when
        return condition_in_words(scenario, Condition.of(when, scenario.space))
    if kind == "lever" and key in scenario.levers:
        return key  # titles are sentences, too long to stand in a phrase
    if kind == "solution" and key in SOLUTIONS:
        return f"the {solution_name(key)} solution"
    return name_of(_titled(_entry(kind, key, scenario)) or key.replace("_", " "))


def _entry(kind: str, key: str, scenario: Scenario) -> Any:
    """Return what has a name or a title of its own."""
    if kind in ("end", "state"):
        ends = scenario.war.ends if scenario.war else {}
        states = scenario.war.front.states if scenario.war and scenario.war.front else {}
        return states[key] if kind == "state" or key in states else ends[key]
    if kind == "body":
        return (scenario.ratification.bodies if scenario.ratification else {})[key]
    return getattr(scenario, PLACES[kind])[key]


def _titled(node: Any) -> str:
    return getattr(node, "name", None) or getattr(node, "title", None) or ""
