"""How parties value options: every option that counts has a value, and the weights weigh."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sim.consistency.known import Known, repeated
from sim.errors import Mistake, Path
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
        for option, number in values.items():
            yield from known.option(issue, option, (*place, option), at_name=True)
            if party.scale == "unit" and party.utility == "weighted":
                yield from _on_the_unit_scale(number, (*place, option))
        if party.utility == "weighted" and known.settled(issue):
            options = list(known.scenario.issues[issue].options)
            for option in known.missing(options, values, place):
                listed = ", ".join(options)
                text = f"option '{option}' has no value: add `{option}: …` (options: {listed})"
                yield Mistake(place, text)


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
    for index, level in enumerate(order.order):
        tied = level if isinstance(level, list) else None
        for place, option in enumerate(order.levels[index]):
            where = (*at, index) if tied is None else (*at, index, place)
            yield from known.option(issue, option, where)
            if option in named:
                yield Mistake(where, f"'{option}' stands in this order twice: take one out")
            named[option] = None
    if known.settled(issue) and known.whole(at):
        options = list(known.scenario.issues[issue].options)
        left_out = known.missing(options, named, at)
        if left_out:
            text = f"the order leaves out {', '.join(left_out)}: give every option a place"
            yield Mistake(at, f"{text} (options that tie stand in a list of their own)")


def _every_issue(known: Known, party: Party, at: Path) -> Iterator[Mistake]:
    """Silence is not free: an issue on which a party has a say needs a value."""
    if known.lost((*at, "values")) or not known.whole((*at, "tables")) or known.lost((*at, "say")):
        return
    tabulated = {issue for table in party.tables for issue in table.issues}
    wanted = [issue for issue in decides(known.scenario, party) if issue not in tabulated]
    for issue in known.missing(wanted, party.values, (*at, "values")):
        place = (*at, "values") if party.values else at
        yield Mistake(
            place,
            f"{issue} has no values: add `{issue}: …` under `values`, or leave the issue out of "
            "the party's `say`",
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
        issues = [issue for issue in issues if issue in party.values and not party.tables]
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
    for option in known.missing(options, cells, at):
        text = f"the table has no row for option '{option}' of {issue}: add `{option}: …`"
        yield Mistake(at, text)
