"""How parties value options: every option that counts has a value, and the weights weigh."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sim.consistency.known import Known, repeated, some_of
from sim.errors import MANY, Mistake, Path
from sim.issues import numeral
from sim.preferences.line import Line
from sim.preferences.ordinal import Order
from sim.preferences.uncertain import Basis, Normal, Tier, central, support
from sim.scenario import Party, Scenario, Table


def value_mistakes(known: Known) -> Iterator[Mistake]:
    """Yield gaps and contradictions in what each party says it wants."""
    for name, party in known.scenario.parties.items():
        at: Path = ("parties", name)
        yield from _values(known, party, (*at, "values"))
        for index, table in enumerate(party.tables):
            yield from _table(known, table, (*at, "tables", index))
        if party.utility == "mean_of_included":
            yield from _only_values(party, at)
        else:
            yield from _every_issue(known, party, at)
            yield from _weights(known, party, (*at, "weights"))


def decides(scenario: Scenario, party: Party) -> list[str]:
    """Return the issues that count for a party, in file order."""
    return [issue for issue in scenario.issues if party.say is None or issue in party.say]


def _values(known: Known, party: Party, at: Path) -> Iterator[Mistake]:
    for issue, values in party.values.items():
        place = (*at, issue)
        yield from known.name("issues", issue, place, at_name=True)
        if isinstance(values, Order):
            yield from _order(known, issue, values, (*place, "order"))
            continue
        line = isinstance(values, Line)
        at_numbers = (*place, "line") if line else place
        for option, number in (values.line if isinstance(values, Line) else values).items():
            if not line or _on_a_grid(known, issue):
                yield from known.option(issue, option, (*at_numbers, option), at_name=True)
            if party.scale == "unit" and party.utility == "weighted":
                yield from _on_the_unit_scale(number, (*at_numbers, option))
        if isinstance(values, Line):
            yield from _line(known, issue, values, at_numbers)
        elif party.utility == "weighted" and known.settled(issue):
            yield from _without_value(known, issue, values, place)


def _without_value(
    known: Known, issue: str, values: Mapping[str, object], at: Path
) -> Iterator[Mistake]:
    """Say which options have no value; of a grid with many such points, how to give them one."""
    options = list(known.scenario.issues[issue].options)
    missing = known.missing(options, values, at)
    if _on_a_grid(known, issue) and len(missing) > 1:
        ends = f"{options[0]}: …, {options[-1]}: …"
        yield Mistake(
            at,
            f"{len(missing):,} of the {len(options):,} points have no value ({some_of(missing)}): "
            f"add them, or draw a line through some points: `{{line: {{{ends}}}}}`",
        )
        return
    for option in missing:
        listed = some_of(options, MANY)
        text = f"option '{option}' has no value: add `{option}: …` (options: {listed})"
        yield Mistake(at, text)


def _on_a_grid(known: Known, issue: str) -> bool:
    return known.settled(issue) and known.scenario.issues[issue].grid is not None


def _line(known: Known, issue: str, line: Line, at: Path) -> Iterator[Mistake]:
    """A line runs along numbers, from end to end."""
    if not known.settled(issue):
        return
    points = list(known.scenario.issues[issue].options)
    if not _on_a_grid(known, issue):
        text = f"a line runs along numbers, and the options of {issue} are names"
        yield Mistake(at, f"{text}: give each of them a value, or an `order`", at_name=True)
        return
    given = {numeral(float(point)): number for point, number in line.line.items()}
    for end in known.missing([points[0], points[-1]], given, at):
        text = f"the line does not reach {end}, where the grid of {issue} ends: add `{end}: …`"
        yield Mistake(at, text)


def _on_the_unit_scale(number: object, at: Path) -> Iterator[Mistake]:
    low, high = (central(number),) * 2 if isinstance(number, Normal) else support(number)  # type: ignore[arg-type]
    if low < 0 or high > 1:
        shown = f"{low:g}" if low == high else f"{low:g} to {high:g}"
        yield Mistake(
            at,
            f"{shown} lies outside 0 to 1, where values lie on the unit scale: bring the party's "
            "values into it, or give the party `scale: raw`",
        )


def _order(known: Known, issue: str, order: Order, at: Path) -> Iterator[Mistake]:
    named: dict[str, None] = {}
    for index, (level, options_here) in enumerate(zip(order.order, order.levels, strict=True)):
        tied = level if isinstance(level, list) else None
        for place, option in enumerate(options_here):
            where = (*at, index) if tied is None else (*at, index, place)
            yield from known.option(issue, option, where)
            if option in named:
                yield Mistake(where, f"'{option}' stands in this order twice: take one out")
            named[option] = None
    if known.settled(issue) and known.whole(at):
        options = list(known.scenario.issues[issue].options)
        left_out = known.missing(options, named, at)
        if left_out:
            text = f"the order leaves out {some_of(left_out, MANY)}: give every option a place"
            yield Mistake(at, f"{text} (options that tie stand in a list of their own)")


def _every_issue(known: Known, party: Party, at: Path) -> Iterator[Mistake]:
    """Silence is not free: an issue on which a party has a say needs a value."""
    if known.lost((*at, "values")) or not known.whole((*at, "tables")) or known.lost((*at, "say")):
        return
    elsewhere = {issue for table in party.tables for issue in table.issues}
    if party.scale == "raw" or known.lost((*at, "scale")):
        if not party.values and (party.interactions or not known.whole((*at, "interactions"))):
            return  # its utility is the sum of its interactions; what none names is all one to it
        elsewhere |= {issue for item in party.interactions for issue in item.when}
    wanted = [issue for issue in decides(known.scenario, party) if issue not in elsewhere]
    boxes = ", or give the party `scale: raw`, where interactions may stand for values"
    for issue in known.missing(wanted, party.values, (*at, "values")):
        place = (*at, "values") if party.values else at
        yield Mistake(
            place,
            f"{issue} has no values: add `{issue}: …` under `values`, or leave the issue out of "
            f"the party's `say`{boxes if party.interactions and not party.values else ''}",
        )


def _weights(known: Known, party: Party, at: Path) -> Iterator[Mistake]:
    for issue, weight in (party.weights or {}).items():
        yield from known.name("issues", issue, (*at, issue), at_name=True)
        if isinstance(weight, Tier):
            yield from _tier(known, weight, (*at, issue, "tier"))
    if party.weights is not None:
        wanted = [i for i in decides(known.scenario, party) if i in party.values]
        for issue in known.missing(wanted, party.weights, at):
            yield Mistake(at, f"{issue} has no weight: add `{issue}: …`")
    if known.whole(at[:-1]) and known.whole(("issues",)):
        yield from _all_zero(known.scenario, party, at)


def _tier(known: Known, weight: Tier, at: Path) -> Iterator[Mistake]:
    tiers = known.scenario.tiers
    low, high = weight.tier
    defined = [tier for tier in tiers if low <= tier <= high]
    if len(defined) < high - low + 1 and known.whole(("tiers",)):
        listed = f" (tiers: {', '.join(map(str, sorted(tiers)))})" if tiers else ""
        which = low if low == high else f"{low} to {high}"
        text = f"tier {which} is not all defined under `tiers`" if low < high else (
            f"tier {which} is not defined under `tiers`"
        )  # fmt: skip
        yield Mistake(at, text + listed)


def _all_zero(scenario: Scenario, party: Party, at: Path) -> Iterator[Mistake]:
    """Weights are compared with one another: some must be able to be more than nothing."""
    issues = decides(scenario, party)
    if party.scale == "raw":
        other = party.tables or party.interactions
        issues = [issue for issue in issues if issue in party.values and not other]
    weights = [_central_weight(scenario, party, issue) for issue in issues]
    if not weights or max(weights) > 0:
        return
    ties = any(_is_level(party.values.get(issue)) for issue in issues)
    if party.weights is None:
        at, said = (*at[:-1], "values"), "every order ties all options"
    else:
        said = "every weight is 0, or its order ties all options" if ties else "all weights are 0"
        most = max(weight_range(scenario, party, issue)[1] for issue in issues)
        said += " in the central reading" if most > 0 else ""
    yield Mistake(at, f"{said}, so that the party does not care about anything: weigh some issue")


def weight_range(scenario: Scenario, party: Party, issue: str) -> tuple[float, float]:
    """Return the least and the greatest weight, before normalising, that an issue can have."""
    if party.scale == "unit" and _is_level(party.values.get(issue)):
        return 0.0, 0.0
    if party.weights is None:
        return 1.0, 1.0
    weight = party.weights.get(issue, 0.0)
    if isinstance(weight, Tier):
        first, last = weight.tier
        ranges = [r for tier, r in scenario.tiers.items() if first <= tier <= last]
        return min((r[0] for r in ranges), default=0.0), max((r[1] for r in ranges), default=0.0)
    low, high = support(weight)
    return max(low, 0.0), max(high, 0.0)


def _central_weight(scenario: Scenario, party: Party, issue: str) -> float:
    weight = (party.weights or {}).get(issue)
    low, high = weight_range(scenario, party, issue)
    if weight is None or isinstance(weight, Tier) or high == 0:
        return high if isinstance(weight, Tier) else low
    return central(weight)


def _is_level(values: object) -> bool:
    """Whether an order ties all options, which carries no weight."""
    return isinstance(values, Order) and len(values.levels) == 1


def _only_values(party: Party, at: Path) -> Iterator[Mistake]:
    unused = {
        "weights": party.weights is not None,
        "interactions": bool(party.interactions),
        "tables": bool(party.tables),
    }
    for field, given in unused.items():
        if given:
            text = f"a party with `utility: mean_of_included` has no {field}"
            yield Mistake((*at, field), f"{text}: its utility is the plain mean; take them out",
                          at_name=True)  # fmt: skip


def _table(known: Known, table: Table, at: Path) -> Iterator[Mistake]:
    for index, issue in enumerate(table.issues):
        yield from known.name("issues", issue, (*at, "issues", index))
    yield from repeated(table.issues, (*at, "issues"))
    issues = known.scenario.issues
    if known.whole((*at, "issues")) and all(known.settled(issue) for issue in table.issues):
        options = [(issue, list(issues[issue].options)) for issue in table.issues]
        yield from _rows(known, table.utilities, options, (*at, "utilities"))


def _rows(
    known: Known, cells: object, issues: list[tuple[str, list[str]]], at: Path
) -> Iterator[Mistake]:
    """Walk a nested table from the outside in."""
    row = isinstance(cells, Mapping) and not isinstance(cells, Basis)
    if not issues or not row:
        if issues:
            yield Mistake(at, f"a number stands where the options of {issues[0][0]} are expected")
        elif row:
            yield Mistake(at, "the table goes deeper than its list of issues")
        return
    assert isinstance(cells, Mapping)
    (issue, options), *inner = issues
    for option, cell in cells.items():
        place = (*at, option)
        yield from known.option(issue, option, place, at_name=True)
        if option in options:
            yield from _rows(known, cell, inner, place)
    missing = known.missing(options, cells, at)
    if len(missing) > MANY:
        text = f"the table has no row for {len(missing):,} of the {len(options):,} options"
        yield Mistake(at, f"{text} of {issue} ({some_of(missing)}): add them")
        return
    for option in missing:
        text = f"the table has no row for option '{option}' of {issue}: add `{option}: …`"
        yield Mistake(at, text)
