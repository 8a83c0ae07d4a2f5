"""Random small scenarios, with everything in them that a file may hold.

Small enough that every outcome can be listed: two to four parties, two to four issues, two or
three options, some of which are the points of a grid. Numbers come in coarse steps, so that ties
happen.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from sim.consistency import inconsistencies
from sim.scenario import Scenario

Draw = Callable[[st.SearchStrategy[Any]], Any]
Dict = dict[str, Any]

OPTIONS = ("low", "mid", "high")
ISSUES = ("land", "army", "trade", "law")
PARTIES = ("ann", "bob", "cat", "dan")
TIERS = {"1": [1, 2], "2": [2, 4], "3": [4, 7]}


@st.composite
def scenarios(draw: Draw, **wishes: bool) -> Scenario:
    """Draw a scenario without a mistake; see `scenario_dicts` for what can be left out."""
    scenario = Scenario.model_validate(draw(scenario_dicts(**wishes)))
    assume(not any(inconsistencies(scenario)))
    return scenario


@st.composite
def scenario_dicts(
    draw: Draw,
    *,
    uncertain: bool = True,
    averaged: bool = True,
    raw: bool = True,
    ties: bool = True,
    say: bool = True,
    plans: bool = True,
    shares: bool = True,
    grids: bool = True,
    spans: bool = True,
    levers: bool = False,
) -> Dict:
    """Draw a scenario as the reader of files would hand it over.

    Parameters
    ----------
    uncertain
        Numbers may be distributions, and some of them correlated.
    averaged, raw
        Parties may take the mean over included articles; may count in raw numbers.
    ties
        Interactions, tables, red lines and constraints may tie issues together.
    say
        Parties may have a say on some of the issues only.
    plans
        There are two plan versions.
    shares
        Levels may be a share of the best, or a margin over the disagreement value.
    grids
        Issues may be numeric, and worth a line.
    spans
        Conditions on other issues may name all options between two; on a grid they always may.
    levers
        There are one to four levers, some of which help and some hurt.
    """
    names = ISSUES[: draw(st.integers(2, 4))]
    made: Dict = {"zopa": 1, "title": "Random", "tiers": TIERS, "issues": {}, "parties": {}}
    for name in names:
        made["issues"][name] = {"title": name} | draw(_issues(grids=grids))
    options = {name: option_names(issue) for name, issue in made["issues"].items()}
    for name in names:
        if draw(st.integers(0, 2)):
            made["issues"][name]["status_quo"] = written(draw(st.sampled_from(options[name])))
    wishes = {
        "uncertain": uncertain,
        "averaged": averaged,
        "raw": raw,
        "ties": ties,
        "say": say,
        "shares": shares,
        "spans": spans,
    }
    for place, name in enumerate(PARTIES[: draw(st.integers(2, 4))]):
        made["parties"][name] = draw(_parties(options, first=place == 0, **wishes))
    if ties:
        made["constraints"] = draw(_constraints(options, spans=spans))
    if plans:
        made["plans"] = {name: draw(_plans(options)) for name in ("early", "late")}
    if uncertain:
        made["correlations"] = draw(_correlations(made))
    if levers:
        names = ["aid", "ban", "loan", "pact"][: draw(st.integers(1, 4))]
        made["levers"] = {n: draw(_levers_on(made, options, uncertain=uncertain)) for n in names}
    return made


@st.composite
def _issues(draw: Draw, *, grids: bool) -> Dict:
    size = draw(st.integers(2, 3))
    if not grids or draw(st.integers(0, 2)):
        return {"options": dict.fromkeys(OPTIONS[:size], "…")}
    start, step = draw(st.sampled_from([-0.5, 0, 2])), draw(st.sampled_from([0.25, 1, 5.0]))
    return {"grid": {"from": start, "to": start + (size - 1) * step, "step": step}}


def option_names(issue: Dict) -> list[str]:
    """List the options of an issue in a scenario dict; of a grid its points."""
    if "options" in issue:
        return list(issue["options"])
    start, end, step = (issue["grid"][field] for field in ("from", "to", "step"))
    return [f"{start + k * step:g}" for k in range(round((end - start) / step) + 1)]


def written(option: str) -> str | float:
    """Return an option as a file has it where it is a value: a point of a grid is a number."""
    return option if option[0].isalpha() else float(option)


def numbers(low: float, high: float, *, uncertain: bool) -> st.SearchStrategy[Any]:
    """Draw a number of any kind inside a range, on a grid of tenths of it."""
    step = (high - low) / 10
    point = st.integers(0, 10).map(lambda k: round(low + k * step, 6))
    if not uncertain:
        return st.one_of(point, point.map(lambda x: {"value": x, "assumption": "by hand"}))
    ends = st.lists(point, min_size=2, max_size=2).map(sorted)
    three = st.lists(point, min_size=3, max_size=3).map(sorted)
    return st.one_of(
        point,
        point,
        ends.map(lambda pair: {"uniform": pair}),
        three.map(lambda points: {"triangular": points}),
        point.map(lambda mean: {"normal": [mean, round(step, 6)]}),
    )


@st.composite
def conditions(
    draw: Draw, options: dict[str, list[str]], most: int = 2, *, spans: bool = False
) -> Dict:
    """Draw options that must be met at once, on one issue or on a few."""
    chosen = draw(
        st.lists(
            st.sampled_from(list(options)),
            min_size=1,
            max_size=min(most, len(options)),
            unique=True,
        )
    )
    when: Dict = {}
    for issue in chosen:
        names = options[issue]
        if (spans or not names[0].isalpha()) and not draw(st.integers(0, 2)):
            when[issue] = draw(_spans(names, most=len(names) - 1))
            continue
        some = draw(
            st.lists(st.sampled_from(names), min_size=1, max_size=len(names) - 1, unique=True).map(
                lambda some: [written(option) for option in some]
            )
        )
        when[issue] = some[0] if len(some) == 1 else some
    return when


@st.composite
def _spans(draw: Draw, names: list[str], most: int) -> Dict:
    """Draw a stretch of an issue's options, no longer than `most`."""
    first = draw(st.integers(0, len(names) - 1))
    last = draw(st.integers(first, min(first + most, len(names)) - 1))
    return {"from": written(names[first]), "to": written(names[last])}


@st.composite
def _parties(draw: Draw, options: dict[str, list[str]], *, first: bool, **wishes: bool) -> Dict:
    uncertain = wishes["uncertain"]
    party: Dict = {"name": "Someone", "values": {}}
    if not first and not draw(st.integers(0, 2)):
        party["consent"] = "advisory"
    decided = dict(options)
    if wishes["say"] and not draw(st.integers(0, 3)):
        some = st.lists(st.sampled_from(list(options)), min_size=1, unique=True)
        party["say"] = draw(some)
        decided = {name: options[name] for name in options if name in party["say"]}
    mean = wishes["averaged"] and not draw(st.integers(0, 4))
    if mean:
        party["utility"] = "mean_of_included"
    elif wishes["raw"] and not draw(st.integers(0, 3)):
        party["scale"] = "raw"
    top = 10.0 if party.get("scale") == "raw" else 1.0
    for name, names in decided.items():
        party["values"][name] = draw(_values(names, top, mean=mean, uncertain=uncertain))
    if not mean:
        party["weights"] = {n: draw(_weights(uncertain=uncertain)) for n in decided}
        heaviest = draw(st.sampled_from(list(decided)))  # it carries weight whatever the rest do
        party["weights"][heaviest] = 2
        party["values"][heaviest] = {
            o: draw(numbers(0, top, uncertain=uncertain)) for o in decided[heaviest]
        }
    if wishes["ties"]:
        spans = wishes["spans"]
        party |= draw(_red_lines(decided, uncertain=uncertain, spans=spans))
        if not mean:
            party |= draw(_extras(decided, top, uncertain=uncertain, spans=spans))
        if party.get("scale") == "raw" and party["interactions"] and not draw(st.integers(0, 3)):
            party |= {"values": {}, "weights": {}}  # boxes alone make its utility
    return party | draw(_levels(top, **wishes))


@st.composite
def _values(draw: Draw, names: list[str], top: float, *, mean: bool, uncertain: bool) -> Any:
    if not mean and not draw(st.integers(0, 2)):
        shuffled = draw(st.permutations(names))
        cuts = [draw(st.booleans()) for _ in shuffled[1:]]
        levels = [[shuffled[0]]]
        for cut, option in zip(cuts, shuffled[1:], strict=True):
            if cut:
                levels.append([option])
            else:
                levels[-1].append(option)
        tiers = [[written(option) for option in level] for level in levels]
        return {"order": [level if len(level) > 1 else level[0] for level in tiers]}
    worth = numbers(0, top, uncertain=uncertain)
    if not names[0].isalpha() and draw(st.booleans()):
        kinks = [o for o in names[1:-1] if draw(st.booleans())]
        return {"line": {point: draw(worth) for point in [names[-1], *kinks, names[0]]}}
    valued = {o: draw(worth) for o in names}
    if mean and draw(st.booleans()):
        del valued[draw(st.sampled_from(names))]  # an option that leaves the article out
    return valued


def _weights(*, uncertain: bool) -> st.SearchStrategy[Any]:
    if not uncertain:
        return st.integers(0, 4)
    tiers = st.sampled_from([[1, 1], [1, 2], [1, 3], [2, 3]])
    return st.one_of(
        st.integers(0, 4), tiers.map(lambda pair: {"tier": pair}), numbers(0, 5, uncertain=True)
    )


@st.composite
def _extras(
    draw: Draw, decided: dict[str, list[str]], top: float, *, uncertain: bool, spans: bool
) -> Dict:
    """Draw what ties issues together in one party's utility: interactions, a table."""
    extras: Dict = {}
    amounts = numbers(-0.5 * top, 0.5 * top, uncertain=uncertain)
    extras["interactions"] = [
        {"when": draw(conditions(decided, spans=spans)), "add": draw(amounts)}
        for _ in range(draw(st.integers(0, 2)))
    ]
    if not draw(st.integers(0, 3)):
        some = st.lists(st.sampled_from(list(decided)), min_size=1, max_size=2, unique=True)
        issues = draw(some)
        cells: Any = {o: draw(amounts) for o in decided[issues[-1]]}
        for issue in issues[-2::-1]:
            cells = {o: {p: draw(amounts) for p in cells} for o in decided[issue]}
        extras["tables"] = [{"issues": issues, "utilities": cells}]
    return extras


@st.composite
def _red_lines(draw: Draw, decided: dict[str, list[str]], *, uncertain: bool, spans: bool) -> Dict:
    lines = [
        {
            "when": draw(conditions(decided, spans=spans)),
            "kind": draw(st.sampled_from(["stated", "implied"])),
            "binds": draw(st.one_of(st.just(1.0), numbers(0.1, 1, uncertain=uncertain))),
        }
        for _ in range(draw(st.integers(0, 2)))
    ]
    return {"red_lines": lines}


@st.composite
def _levels(draw: Draw, top: float, **wishes: bool) -> Dict:
    """Draw a disagreement value and a threshold that is centrally no lower."""
    uncertain, levels = wishes["uncertain"], {}
    kind = draw(st.integers(0, 2)) if wishes["shares"] else 0
    if kind == 2:
        within = draw(st.sampled_from(["constraints", "red_lines"]))
        share = draw(numbers(0, 0.4, uncertain=uncertain))
        levels["disagreement"] = {"share_of_best": share, "within": within}
        upper = draw(numbers(0.4, 0.9, uncertain=uncertain))
        levels["threshold"] = {"share_of_best": upper, "within": within}
    else:
        levels["disagreement"] = draw(numbers(0, 0.3 * top, uncertain=uncertain))
    if kind == 1:
        margin = draw(numbers(0, 0.3 * top, uncertain=uncertain))
        levels["threshold"] = {"above_disagreement": margin}
    elif kind == 0 and draw(st.booleans()):
        levels["threshold"] = draw(numbers(0.3 * top, 0.7 * top, uncertain=uncertain))
    return levels


@st.composite
def _constraints(draw: Draw, options: dict[str, list[str]], *, spans: bool) -> list[Dict]:
    """Draw constraints that leave at least one outcome."""
    kept: list[Dict] = []
    left = [dict(zip(options, picks, strict=True)) for picks in product(*options.values())]
    for _ in range(draw(st.integers(0, 2))):
        when = draw(conditions(options, spans=spans))
        still = [outcome for outcome in left if not _meets(outcome, when, options)]
        if still:
            left = still
            kept.append({"forbid": when, "why": "it cannot be"})
    return kept


def _meets(outcome: dict[str, str], when: Dict, options: dict[str, list[str]]) -> bool:
    for issue, said in when.items():
        order = [written(option) for option in options[issue]]
        here = order.index(written(outcome[issue]))
        if isinstance(said, dict):
            met = order.index(said["from"]) <= here <= order.index(said["to"])
        else:
            met = order[here] in (said if isinstance(said, list) else [said])
        if not met:
            return False
    return True


@st.composite
def _plans(draw: Draw, options: dict[str, list[str]]) -> Dict:
    """Draw a plan: on each issue a pick, a list, a span, a range with a pick, a note, nothing."""
    picks: Dict = {}
    for issue, names in options.items():
        said_so = st.sampled_from(names).map(written)
        pick = draw(said_so)
        some = draw(st.lists(said_so, min_size=1, unique=True))
        span = draw(_spans(names, most=len(names)))
        said = draw(
            st.sampled_from(
                [
                    None,
                    pick,
                    {"pick": pick},
                    some,
                    span,
                    {"range": span},
                    {"range": some, "pick": some[-1]},
                    {"note": "left out on purpose"},
                ]
            )
        )
        if said is not None:
            picks[issue] = said
    return {"title": "A draft", "picks": picks}


@st.composite
def _correlations(draw: Draw, made: Dict) -> list[Dict]:
    """Tie a few uncertain numbers together, where there are any."""
    paths = [
        path
        for path in uncertain_paths(made["parties"], "parties")
        if not path.endswith((".order",))
    ]
    if len(paths) < 2 or not draw(st.integers(0, 1)):
        return []
    n = draw(st.integers(2, min(3, len(paths))))
    between = draw(st.lists(st.sampled_from(paths), min_size=n, max_size=n, unique=True))
    rank = draw(st.sampled_from([0.3, 0.8, 1.0] if n == 3 else [-1.0, -0.5, 0.3, 0.8]))
    return [{"between": between, "rank": rank}]


@st.composite
def _levers_on(draw: Draw, made: Dict, options: dict[str, list[str]], *, uncertain: bool) -> Dict:
    """Draw a lever: shifts of levels and of option values of one or two parties, at a cost."""
    some = st.lists(st.sampled_from(list(made["parties"])), min_size=1, max_size=2, unique=True)
    effects: Dict = {}
    for party in draw(some):
        top = 10.0 if made["parties"][party].get("scale") == "raw" else 1.0
        shift: Dict = {}
        for level in ("disagreement", "threshold"):
            if draw(st.booleans()):
                shift[level] = draw(numbers(-0.3 * top, 0.2 * top, uncertain=uncertain))
        if draw(st.booleans()):
            issue = draw(st.sampled_from(list(options)))
            option = draw(st.sampled_from(options[issue]))
            by = draw(numbers(-0.2 * top, 0.4 * top, uncertain=uncertain))
            shift["values"] = {issue: {option: by}}
        effects[party] = shift
    cost = draw(numbers(0, 0.3, uncertain=uncertain))
    return {"by": "a mediator", "effects": effects, "cost": cost}


def uncertain_paths(node: Any, path: str) -> list[str]:
    """List the paths of all uncertain numbers under a node of a scenario dict, in file order."""
    if isinstance(node, list):
        steps = [(str(k), inner) for k, inner in enumerate(node)]
    elif isinstance(node, dict):
        if {"uniform", "triangular", "normal", "tier"} & set(node):
            return [path]
        steps = list(node.items())
    else:
        return []
    found = []
    for step, inner in steps:
        skipped = step in ("share_of_best", "above_disagreement")  # named by the level they give
        found += uncertain_paths(inner, path if skipped else f"{path}.{step}")
    return found
