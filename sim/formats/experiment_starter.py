"""A small experiment on any scenario, explained line by line: what `zopa new` writes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice

import numpy as np

from sim.experiment.factors import Ranged, Simplex
from sim.experiment.weights import weight_group
from sim.formats.scenarios import find_scenario, read_scenario
from sim.formats.trial_values import try_values
from sim.formats.yaml_scalars import plain_scalar
from sim.preferences.uncertain import Real, Uniform
from sim.sampling import central
from sim.scenario import AboveDisagreement, Scenario
from sim.structure import Structure

FEW = 3
"""Parties whose demands vary in the file: enough to see how it is done."""

WIDTH = 30
"""Columns before the remarks beside short lines."""

_BEGINNING = """\
# An experiment: the same questions asked of many cases. Change it freely; `zopa check FILE` tells
# every mistake at once, `zopa run FILE --dry-run` what it would take, `zopa run FILE` computes it.
experiment: 1
title: {title}
{scenario}

{vary}  # Any path of the scenario may stand here, and these readings:
  #   {path}.consent: [required, advisory]
  #   within: [disagreement, zone]    # over which packages solutions are taken
  #   levers: [[], [NAME]]            # which levers are in place

"""

_END = """\
design: {lhs: 128}            # so many cases, spread over all of it. Or full: every combination of
                              # lists; {sobol: 256}, {morris: 20}, {one_at_a_time: 5}, {halton: 128}

COMPUTE
draws: 1000                   # of what the scenario itself leaves open, within every case
seed: 1                       # the same seed gives the same bytes

sensitivity: {methods: [pawn]}  # which of all that varies moves the outcomes
discovery:                    # under which settings does it hold?
  - {outcome: zone.exists}
FIGURES
"""


def starter_experiment(path_or_name: str, called: str | None = None) -> str:
    """Return the text of an experiment on a scenario, ready to run.

    Parameters
    ----------
    path_or_name
        A scenario file, or the name of one that comes with zopa.
    called
        How the experiment is to name it: a path from its own folder; as above if left out.

    Raises
    ------
    InputError
        If there is no such scenario, or it has mistakes.

    Examples
    --------
    >>> print(starter_experiment("water-dispute").splitlines()[10])
      parties.halden.threshold: {uniform: [0.35, 0.5]}
    """
    scenario = read_scenario(path_or_name)
    found = _varying(scenario, str(find_scenario(path_or_name)[0]))
    lines = [_beside("vary:", "the path of anything in the scenario: a list of values, or a range")]
    for path, (values, remark) in found.items():
        lines += [f"  # {remark}", f"  {path}: {values}"]
    name = _plain(called or path_or_name)
    beginning = _BEGINNING.format(
        title=_plain(f"What decides who would sign: {scenario.title}"),
        scenario=_beside(f"scenario: {name}", "a name of `zopa list scenarios`, or a file"),
        vary="".join(f"{line}\n" for line in lines),
        path=f"parties.{next(iter(scenario.parties))}",
    )
    computed = "compare, zone" if scenario.plans else "zone"
    others = "also solve, amend, equilibria" if scenario.plans else "also solve, equilibria"
    end = _END.replace("COMPUTE", _beside(f"compute: [{computed}]", others))
    drawn = "pawn_bars, plan_ranks" if scenario.plans else "pawn_bars"
    pictures = _beside(f"figures: [{drawn}]", "of all cases together; see `zopa list pictures`")
    return beginning + end.replace("FIGURES", pictures)


def _varying(scenario: Scenario, file: str) -> dict[str, tuple[str, str]]:
    """Return what varies: path -> values and a remark; only what the scenario allows."""
    found = {}
    kinds = {line.kind for party in scenario.parties.values() for line in party.red_lines}
    if kinds:
        listed = ["none", "stated"] + ["implied"] * ("implied" in kinds)
        found["red_lines"] = (f"[{', '.join(listed)}]", "which red lines bind")
    found |= dict(islice(_thresholds(scenario, file), FEW))
    for party in scenario.parties:
        path = f"parties.{party}.weights"
        weighted = scenario.parties[party].utility == "weighted"
        if weighted and weight_group(path, Simplex(simplex="grouped"), scenario) is not None:
            remark = f"what {_name(scenario, party)} cares about: any weights, all alike"
            found[path] = ("{simplex: grouped}", remark)
            break
    if not found:
        remark = "what the next round is worth beside this one"
        found[f"parties.{next(iter(scenario.parties))}.patience"] = ("{uniform: [0.9, 1]}", remark)
    return found


def _thresholds(scenario: Scenario, file: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield a range for what each signatory asks for at least, where one fits the scenario."""
    structure = Structure(scenario)
    ensemble = central(scenario)
    for name, party in scenario.parties.items():
        if party.consent != "required":
            continue
        remark = f"below this utility {_name(scenario, name)} says no"
        path = f"parties.{name}.threshold"
        level = float(ensemble.thresholds[0, structure.columns([name])[0]])
        ends: list[tuple[float, float]] = []
        if isinstance(party.threshold, AboveDisagreement):
            path += ".above_disagreement"
            remark = f"how much {_name(scenario, name)} must gain over no deal"
            ends = [(0.0, 0.1)]
        elif isinstance(party.threshold, Uniform):
            low, high = party.threshold.uniform
            ends = [(float(low), float(high))]
        ends += [
            (_short(level + down * _span(level)), _short(level + up * _span(level)))
            for down, up in ((-0.5, 0.5), (0, 1), (-1, 0))
        ]
        for low, high in ends:
            factor = Ranged(path, Uniform[Real](uniform=(low, high)))
            if low < high and not [*try_values([factor], {name: (file, scenario)})]:
                yield path, (f"{{uniform: [{low:g}, {high:g}]}}", remark)
                break


def _span(level: float) -> float:
    """Return how wide a range is made round a level: a tenth of its scale."""
    return 0.1 if abs(level) <= 1 else abs(level) / 10


def _short(number: float) -> float:
    """Return a number with three digits, as people would write it."""
    return float(np.format_float_positional(number, 3, fractional=False))


def _name(scenario: Scenario, party: str) -> str:
    """Return a party's name as a remark can hold it: on one line."""
    return " ".join(scenario.parties[party].name.split())


def _plain(text: str) -> str:
    """Write a text as YAML, in quotes only where it needs them."""
    bare = re.fullmatch(r"[A-Za-z][\w./-]*", text) and plain_scalar(text) == text
    return text if bare else json.dumps(" ".join(text.split()), ensure_ascii=False)


def _beside(line: str, remark: str) -> str:
    """Write a remark beside a line."""
    return f"{line:{WIDTH - 1}} # {remark}"
