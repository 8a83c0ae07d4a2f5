"""The shipped experiments run as they are, and their pages say what comes out, number by number.

On a page a number is followed by what it is called here, in a comment that readers do not see.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from shipped import ROOT

from sim.experiment.prepared import Prepared
from sim.experiment.study import Study, study
from sim.formats.experiments import prepare_experiment
from sim.preferences.uncertain import Uniform

EXPERIMENTS = ROOT / "experiments"
PAGES = {
    "ukraine-what-decides-the-zone": [
        "ukraine-what-decides-the-zone", "ukraine-zone-variance", "ukraine-zone-conditions",
    ],
    "ukraine-plans-and-weights": ["ukraine-plans-and-weights", "ukraine-plans-and-any-weights"],
    "ukraine-patience-and-trend": ["ukraine-patience-and-trend"],
    "ukraine-mediator-pressure": ["ukraine-mediator-pressure", "ukraine-mediator-levers"],
    "ukraine-stated-or-implied": ["ukraine-stated-or-implied"],
}  # fmt: skip
MARKED = re.compile(r"([^\s|`(]+(?: %)?)<!--([\w.]+)-->")

Numbers = dict[str, Any]


@cache
def prepared(name: str) -> Prepared:
    return prepare_experiment(str(EXPERIMENTS / f"{name}.yaml"))[0]


@cache
def ran(name: str) -> Study:
    return study(prepared(name), name)


def row(of: str, table: str, **where: Any) -> dict[str, Any]:
    """Return the first row of a table in which these columns have these values."""
    columns = ran(of).tables[table]
    for k in range(len(next(iter(columns.values())))):
        if all(columns[name][k] == value for name, value in where.items()):
            return {name: column[k] for name, column in columns.items()}
    raise AssertionError(f"{of}: no row of {table} with {where}")


def column(of: str, name: str) -> NDArray[Any]:
    """Return an outcome of all cases; undefined is not a number."""
    return np.ma.filled(np.ma.asarray(ran(of).tables["outcomes"][name]).astype(float), np.nan)


def at(of: str, name: str, **settings: Any) -> float:
    """Return an outcome of the first case with these settings, by the ends of their paths."""
    found = ran(of).settings
    rows = np.ones(len(column(of, name)), dtype=bool)
    for end, value in settings.items():
        (path,) = [path for path in found if path.endswith(end.replace("__", "."))]
        rows &= np.array([setting == value for setting in found[path]])
    return float(column(of, name)[rows][0])


def says(text: str, value: float) -> bool:
    """Tell whether a number on a page is the one computed, to the digits that it has."""
    if text in ("yes", "no"):
        return text == ("yes" if value else "no")
    number, unit = (text[:-2], 100.0) if text.endswith(" %") else (text, 1.0)
    number = number.replace(",", "").replace("−", "-")
    decimals = len(number.partition(".")[2])
    return abs(float(number) - unit * value) <= 0.5 * 10.0**-decimals + 1e-9


def shares(of: str) -> dict[str, float]:
    """Return the total share of the variance that the weights of each party account for."""
    return {
        party: row(of, "sobol", input=f"parties.{party}.weights")["total"]
        for party in ("ukraine", "russia", "europe")
    }


LEVELS = {
    "russia": "parties.russia.disagreement.share_of_best",
    "ukraine": "parties.ukraine.disagreement.share_of_best",
    "margin": "parties.russia.threshold.above_disagreement",
}


def what_decides_the_zone() -> Numbers:
    return {**moved_alone(), **all_at_once(), **where_it_is_unlikely()}


def moved_alone() -> Numbers:
    of = "ukraine-what-decides-the-zone"

    def bar(factor: str) -> dict[str, Any]:
        return row(of, "tornado", outcome="zone.probability", factor=factor)

    tornado = ran(of).tables["tornado"]
    chance = np.asarray(tornado["outcome"]) == "zone.probability"
    widths = dict(zip(tornado["factor"][chance], (tornado["high"] - tornado["low"])[chance],
                      strict=True))  # fmt: skip
    lines = {path: width for path, width in widths.items() if path.endswith("binds")}
    assert max(lines, key=lambda path: lines[path]) == "parties.ukraine.red_lines[9].binds"
    assert max(width for path, width in lines.items() if "russia" in path) < 0.01
    assert widths["parties.us.consent"] == 0
    nato, readings = bar("parties.ukraine.red_lines[9].binds"), bar("red_lines")
    numbers: Numbers = {}
    for name, path in LEVELS.items():  # the lower the level, the more often a zone
        numbers |= {f"alone.{name}.low": bar(path)["high"], f"alone.{name}.high": bar(path)["low"]}
    return numbers | {
        "alone.base": readings["base"],
        "alone.lines.none": readings["high"],
        "alone.lines.implied": readings["low"],
        "alone.within": bar("parties.russia.disagreement.within")["high"],
        "alone.nato.never": nato["high"],
        "alone.nato.always": nato["low"],
        "centre.short": -column(of, "zone.surplus")[0],
        "centre.flips": np.ma.filled(np.ma.asarray(tornado["flips"]), False)[~chance].sum(),
        "centre.inputs": (~chance).sum(),
    }


def all_at_once() -> Numbers:
    of = "ukraine-zone-variance"
    weights = shares(of)
    assert max(weights["ukraine"], weights["europe"]) < 0.01
    return {
        **{f"variance.{k}.total": row(of, "sobol", input=v)["total"] for k, v in LEVELS.items()},
        "variance.russia.total.low": row(of, "sobol", input=LEVELS["russia"])["total_low"],
        "variance.weights.russia": weights["russia"],
    }


def where_it_is_unlikely() -> Numbers:
    of = "ukraine-zone-conditions"
    box = row(of, "boxes", outcome="zone.probability ≤ 0.5")
    leaf = row(of, "rules", text="parties.russia.disagreement.share_of_best ≤ 0.6")
    return {
        "where.unlikely": (column(of, "zone.probability") <= 0.5 + 1e-9).mean(),
        **{f"where.box.{what}": box[what] for what in ("cases", "density", "coverage")},
        "where.box.unseen": box["elsewhere"],
        "where.tree.low.hits": leaf["interesting"],
        "where.tree.low.cases": leaf["cases"],
    }


def places(of: str, party: str) -> dict[str, NDArray[Any]]:
    """Return the place of each plan version in every case, by a party's utility."""
    plans = list(ran(of).scenario.plans)
    utility = np.stack([column(of, f"{plan}.{party}.utility") for plan in plans])
    ranked = (-utility).argsort(axis=0).argsort(axis=0) + 1
    return dict(zip(plans, ranked, strict=True))


def plans_and_weights() -> Numbers:
    numbers: Numbers = {}
    files = {"near": "ukraine-plans-and-weights", "any": "ukraine-plans-and-any-weights"}
    for label, of in files.items():
        for party in ("ukraine", "russia", "europe", "us"):
            for plan, place in places(of, party).items():
                numbers[f"{label}.{party}.{plan}.first"] = (place == 1).mean()
                numbers[f"{label}.{party}.{plan}.last"] = (place == 9).mean()
        both = [column(of, f"us28.{party}.surplus") >= -1e-9 for party in ("ukraine", "russia")]
        numbers[f"{label}.us28.both"] = (both[0] & both[1]).mean()
    rules = ran(files["any"]).tables["rules"]
    for party, issue in {"ukraine": "western_arms", "russia": "other_oblasts"}.items():
        (leaf,) = [
            k for k, text in enumerate(rules["text"])
            if text.startswith(f"parties.{party}.weights.{issue} > ") and " and " not in text
        ]  # fmt: skip
        numbers |= {
            f"any.tree.{party}.hits": rules["interesting"][leaf],
            **{
                f"any.tree.{party}.{what}": rules[what][leaf]
                for what in ("cases", "right", "guess")
            },
        }
    chance = column(files["near"], "zone.probability")
    accepted = [
        column(of, f"{plan}.all.{what}").max()
        for of in files.values()
        for plan in ran(of).scenario.plans
        for what in ("probability", "accepts")
    ]
    return numbers | {
        "best.all": max(accepted),
        "near.zone.low": np.quantile(chance, 0.05),
        "near.zone.high": np.quantile(chance, 0.95),
        **{f"near.zone.{party}": total for party, total in shares(files["near"]).items()},
    }


def patience_and_trend() -> Numbers:
    of = "ukraine-patience-and-trend"
    settings, rules = ran(of).settings, ran(of).tables["rules"]
    trend, patience = settings["talks.drift.russia"], settings["parties.russia.patience"]
    some = {
        "falling": trend < 0,
        "middle": (trend >= 0) & (trend < 0.005),
        "rising": trend >= 0.005,
        "impatient": patience < 0.98,
        "patient": patience >= 0.99,
    }
    agreed = column(of, "alternating_offers.agreement")
    least = row(of, "outcomes", case=0)["waiting.russia.most"]
    no_deal = least - column(of, "waiting.russia.range")[0]
    centre = column(of, "waiting.russia.long_pays_from") < no_deal

    def leaf(outcome: str, *parts: str) -> int:
        return next(
            k for k, text in enumerate(rules["text"])
            if rules["outcome"][k].startswith(outcome) and all(part in text for part in parts)
        )  # fmt: skip

    waits = leaf("waiting", "drift.russia > ", "patience > ", "drift.ukraine ≤ ")
    still = leaf("waiting", "drift.russia ≤ ")
    apart = leaf("alternating", "drift.russia > ", "breakdown ≤ ")
    assert rules["density"][waits] == rules["density"][apart] == 1
    assert agreed[~some["rising"]].all()
    assert np.ptp(column(of, "waiting.ukraine.long_pays_in_draws")[~some["falling"]]) < 1e-9
    numbers: Numbers = {
        "range.russia": column(of, "waiting.russia.range")[0],
        "range.ukraine": column(of, "waiting.ukraine.range")[0],
        "pays.centre": centre.mean(),
        "pays.centre.from": trend[centre].min(),
        "agree.share": agreed.mean(),
        "agree.rising": agreed[some["rising"]].mean(),
        "tree.waiting.cases": rules["cases"][waits],
        "tree.waiting.low": rules["interesting"][still],
        "tree.waiting.low.cases": rules["cases"][still],
        "tree.agree.cases": rules["cases"][apart],
    }
    for party in ("ukraine", "russia"):
        gets = f"alternating_offers.{party}"
        patient = row(of, "pawn", outcome=gets, factor=f"parties.{party}.patience")
        assert patient["median"] < patient["by_chance"]
        pays = column(of, f"waiting.{party}.long_pays_in_draws")
        numbers[f"pays.{party}.least"] = pays.min()
        for name, cases in some.items():
            numbers[f"pays.{party}.{name}"] = pays[cases].mean()
            numbers[f"gets.{party}.{name}"] = np.nanmean(column(of, gets)[cases])
    return numbers


def mediator_pressure() -> Numbers:
    grid, levers = "ukraine-mediator-pressure", "ukraine-mediator-levers"
    numbers: Numbers = {}
    pressed = {
        "none": (0, 0),
        "ukraine.tenth": (-0.1, 0), "russia.tenth": (0, -0.1), "both.tenth": (-0.1, -0.1),
        "ukraine.most": (-0.175, 0), "russia.most": (0, -0.175), "both.most": (-0.175, -0.175),
    }  # fmt: skip
    for name, (ukraine, russia) in pressed.items():
        here = {"ukraine__disagreement": ukraine, "russia__disagreement": russia}
        numbers[f"grid.{name}"] = at(grid, "zone.probability", **here)
        numbers[f"grid.{name}.exists"] = at(grid, "zone.exists", **here)
        numbers[f"grid.us28.{name}"] = at(grid, "us28.russia.probability", **here)
        best = [at(grid, f"{plan}.all.probability", **here) for plan in ran(grid).scenario.plans]
        numbers[f"grid.best.{name}"] = max(best)
    numbers["grid.us28.ukraine"] = column(grid, "us28.ukraine.probability").max()
    named = {
        "none": [], "cutoff": ["us_arms_cutoff"], "oil": ["oil_sanctions"],
        "both": ["us_arms_cutoff", "oil_sanctions"], "walk": ["us_walk_away"],
        "loan": ["european_loan"], "guarantee": ["backed_guarantee"], "relief": ["early_relief"],
        "inducements": ["backed_guarantee", "early_relief"],
    }  # fmt: skip
    for name, combination in named.items():
        numbers[f"levers.stated.{name}"] = at(
            levers, "zone.probability", red_lines="stated", levers=combination
        )
        numbers[f"levers.{name}.us28"] = at(
            levers, "us28.all.probability", red_lines="none", levers=combination
        )
    return numbers


def stated_or_implied() -> Numbers:
    of = "ukraine-stated-or-implied"
    numbers: Numbers = {}
    readings = {
        "none": ("none", "constraints", "constraints"),
        "stated": ("stated", "constraints", "constraints"),
        "stated.ukraine": ("stated", "red_lines", "constraints"),
        "stated.russia": ("stated", "constraints", "red_lines"),
        "implied": ("implied", "constraints", "constraints"),
        "implied.russia": ("implied", "constraints", "red_lines"),
    }
    for name, (lines, ukraine, russia) in readings.items():
        here = {
            "red_lines": lines,
            "ukraine__disagreement__within": ukraine,
            "russia__disagreement__within": russia,
        }
        left = row(of, "zone", case=int(at(of, "case", **here)))["left_by_red_lines"]
        numbers |= {
            f"{name}.exists": at(of, "zone.exists", **here),
            f"{name}.zone": at(of, "zone.probability", **here),
            f"{name}.left": int(left),
            f"{name}.us28.all": at(of, "us28.all.probability", **here),
        }
        for plan, short in {"us28": "us28", "e3_28": "e3", "geneva19": "geneva"}.items():
            numbers[f"{name}.{short}.changes"] = at(of, f"{plan}.changes", **here)
    return numbers


COMPUTED = {
    "ukraine-what-decides-the-zone": what_decides_the_zone,
    "ukraine-plans-and-weights": plans_and_weights,
    "ukraine-patience-and-trend": patience_and_trend,
    "ukraine-mediator-pressure": mediator_pressure,
    "ukraine-stated-or-implied": stated_or_implied,
}

SLOW = {"ukraine-what-decides-the-zone", "ukraine-plans-and-weights", "ukraine-patience-and-trend"}
"""Pages whose experiments take half a minute together on one core."""


@pytest.mark.parametrize(
    "page", [pytest.param(p, marks=pytest.mark.slow) if p in SLOW else p for p in COMPUTED]
)
def test_every_number_on_a_page_is_what_the_experiment_finds(page: str) -> None:
    found = COMPUTED[page]()
    marked = MARKED.findall((EXPERIMENTS / f"{page}.md").read_text(encoding="utf-8"))
    assert len(marked) > 15
    wrong = {name: (text, found[name]) for text, name in marked if not says(text, found[name])}
    assert not wrong


def test_no_mark_on_a_page_is_overlooked() -> None:
    for page in COMPUTED:
        text = (EXPERIMENTS / f"{page}.md").read_text(encoding="utf-8")
        assert len(MARKED.findall(text)) == text.count("<!--")


def test_a_number_on_a_page_is_held_to_the_digits_that_it_has() -> None:
    right = [("19 %", 0.194), ("0.003", 0.0034), ("5,159", 5159), ("no", 0.0)]
    wrong = [("19 %", 0.196), ("0.003", 0.0036), ("5,159", 5160), ("yes", 0.0)]
    assert all(says(*each) for each in right)
    assert not any(says(*each) for each in wrong)


def test_pressure_is_tried_by_the_same_steps_on_both_sides() -> None:
    asked = prepared("ukraine-mediator-pressure")
    steps = [
        values for path, values in asked.experiment.vary.items()
        if path.startswith("levers.")
    ]  # fmt: skip
    assert len(steps) == 2
    assert steps[0] == steps[1]


def test_ranges_are_those_of_the_scenario() -> None:
    for name in ("ukraine-zone-variance", "ukraine-zone-conditions", "ukraine-patience-and-trend"):
        asked = prepared(name)
        (scenario,) = asked.scenarios.values()
        for path, range_ in asked.experiment.vary.items():
            if not isinstance(range_, Uniform):
                continue
            here: Any = scenario.model_dump(by_alias=True)
            for step in re.split(r"[.\[\]]+", path):
                here = here[int(step)] if step.isdecimal() else here[step]
            ends = here.get("uniform")
            if ends is None:
                first, last = (scenario.tiers[tier] for tier in here["tier"])
                ends = first[0], last[1]
            assert range_.uniform == tuple(ends), path


def test_every_stated_line_that_counts_is_moved() -> None:
    for name in ("ukraine-what-decides-the-zone", "ukraine-zone-conditions"):
        asked = prepared(name)
        (scenario,) = asked.scenarios.values()
        count = {
            f"parties.{party}.red_lines[{k}].binds"
            for party, one in scenario.parties.items()
            for k, line in enumerate(one.red_lines)
            if line.kind == "stated" and set(line.when) <= set(one.say or scenario.issues)
        }
        assert count == {path for path in asked.experiment.vary if path.endswith("binds")}
        assert len(count) == 32


def test_every_shipped_experiment_stands_in_the_index_and_says_that_it_is_no_forecast() -> None:
    index = (EXPERIMENTS / "README.md").read_text(encoding="utf-8")
    for file in EXPERIMENTS.glob("*.yaml"):
        assert f"`{file.stem}`" in index
    for page, names in PAGES.items():
        text = (EXPERIMENTS / f"{page}.md").read_text(encoding="utf-8")
        assert f"({page}.md)" in index
        assert "onditional on" in text
        assert "no forecast" in text
        for name in names:
            assert f"zopa run {name}\n" in text
            asked = prepared(name)
            assert "not a forecast" in (asked.experiment.description or "")
