"""The war: ends and states that exist, chances that sum to 1, and an end that can be reached."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from sim.consistency.known import Known
from sim.errors import Mistake, Path, did_you_mean
from sim.preferences.uncertain import Distribution, central, is_uncertain, support
from sim.scenario import Fighting, War

AT: Path = ("war",)
ROUNDING = 1e-6
Chances = Mapping[str, float | Distribution]


def war_mistakes(known: Known) -> Iterator[Mistake]:
    """Yield what does not hold between the war, its parts and the rest of a scenario."""
    war = known.scenario.war
    if war is None or known.lost(AT):
        yield from _without_war(known)
        return
    for at, picks in _packages(war):
        yield from _package(known, picks, at)
    for section in ("parties", "beliefs"):
        for name in getattr(war, section):
            yield from known.name("parties", name, (*AT, section, name), at_name=True)
    yield from _clock(known, war)
    if war.front is None:
        yield from _throw(known, war)
    else:
        yield from _front(known, war)
    yield from _weightless(known, war)


def _without_war(known: Known) -> Iterator[Mistake]:
    if known.lost(AT):
        return
    for name, party in known.scenario.parties.items():
        if isinstance(party.disagreement, Fighting):
            text = "there is no `war` block from which this could follow: add one, or a number here"
            yield Mistake(("parties", name, "disagreement", "war"), text)


def _packages(war: War) -> Iterator[tuple[Path, Mapping[str, str]]]:
    """Yield what stands at each end, and what stands while the fighting goes on."""
    for name, end in war.ends.items():
        yield (*AT, "ends", name, "picks"), end.picks
    if war.meanwhile:
        yield (*AT, "meanwhile"), war.meanwhile
    for name, state in (war.front.states if war.front else {}).items():
        if state.picks:
            yield (*AT, "front", "states", name, "picks"), state.picks


def _package(known: Known, picks: Mapping[str, str], at: Path) -> Iterator[Mistake]:
    """Ask that a package names one known option for every issue."""
    for issue, option in picks.items():
        yield from known.name("issues", issue, (*at, issue), at_name=True)
        yield from known.option(issue, option, (*at, issue))
    if known.whole(("issues",)):
        for issue in known.missing(list(known.scenario.issues), picks, at):
            text = f"has no option for {issue}: add `{issue}: …`, since utility counts every issue"
            yield Mistake(at, text)


def _clock(known: Known, war: War) -> Iterator[Mistake]:
    """Ask how long the war lasts in one way only, and what a round of it is worth."""
    if war.ending is not None and war.lasts is not None:
        yield Mistake(
            (*AT, "lasts"), "`ending` says how long it lasts already: take one of them out"
        )
    for field in ("ending", "lasts"):
        if war.front is not None and getattr(war, field) is not None:
            text = "the moves of the front say when the fighting ends: take this out, or the front"
            yield Mistake((*AT, field), text)
    if war.lasts is not None and (central(war.lasts) < 1 or -math.inf < support(war.lasts)[0] < 1):
        yield Mistake((*AT, "lasts"), "a war lasts one round at least: write 1 or more")
    if war.ending is not None and central(war.ending) <= 0:
        yield Mistake((*AT, "ending"), "the fighting would never end: give it a chance above 0")
    if not war.timed:
        yield from _no_rounds(war)
    elif known.whole(AT) and known.whole(("issues",)) and known.whole(("parties",)):
        yield from _nothing_meanwhile(known, war)


def _no_rounds(war: War) -> Iterator[Mistake]:
    """Refuse what counts by rounds where there are none."""
    cure = "counts by rounds: say how long the war lasts with `ending` or `lasts`, or take this out"
    if war.meanwhile:
        yield Mistake((*AT, "meanwhile"), cure)
    for name, party in war.parties.items():
        if is_uncertain(party.per_round) or central(party.per_round) != 0:
            yield Mistake((*AT, "parties", name, "per_round"), cure)
        if party.meanwhile is not None:
            yield Mistake((*AT, "parties", name, "meanwhile"), cure)


def _nothing_meanwhile(known: Known, war: War) -> Iterator[Mistake]:
    """Ask for the worth of a round of fighting, where no package stands meanwhile."""
    issues, states = known.scenario.issues, war.front.states if war.front else {}
    usual = all(issue.status_quo is not None for issue in issues.values())
    if usual or war.meanwhile or (states and all(state.picks for state in states.values())):
        return
    open_ones = [name for name, issue in issues.items() if issue.status_quo is None]
    said = [name for name, party in war.parties.items() if party.meanwhile is not None]
    for name in known.scenario.parties:
        if name not in said:
            text = (
                f"nothing says what a round of fighting is worth to {name}, as {open_ones[0]} has "
                f"no status quo: add `meanwhile: …`, or `parties.{name}.meanwhile: …`"
            )
            yield Mistake(AT, text)


def _throw(known: Known, war: War) -> Iterator[Mistake]:
    """Check the chances of the ends of a war without a front."""
    for name, end in war.ends.items():
        at = (*AT, "ends", name)
        if end.chance is None and known.whole(at):
            yield Mistake(at, "has no chance: add `chance: …`, or a `front` whose moves lead here")
    if known.whole((*AT, "ends")):
        given = {name: end.chance for name, end in war.ends.items() if end.chance is not None}
        if len(given) == len(war.ends):
            yield from _sum(given, (*AT, "ends"), "the chances of the ends")
    for party, belief in war.beliefs.items():
        at = (*AT, "beliefs", party)
        for state in belief.moves:
            text = "there is no front that could move: write `ends: {…}` with a chance for each"
            yield Mistake((*at, "moves", state), text, at_name=True)
        for name in belief.ends:
            yield from _named(known, name, war.ends, "end", (*at, "ends", name))
        if belief.ends and known.whole((*at, "ends")):
            yield from _sum(belief.ends, (*at, "ends"), f"the chances that {party} sees")


def _front(known: Known, war: War) -> Iterator[Mistake]:
    """Check the chain: what its rows name, that they sum to 1, and that it ends."""
    front = war.front
    assert front is not None
    at: Path = (*AT, "front")
    for name, end in war.ends.items():
        if end.chance is not None:
            text = "follows from the moves of the front: take it out, or the front"
            yield Mistake((*AT, "ends", name, "chance"), text)
        if name in front.states:
            text = f"'{name}' is an end already: give the state another name"
            yield Mistake((*at, "states", name), text, at_name=True)
    yield from _named(known, front.start, front.states, "state", (*at, "start"), at_name=False)
    for state, spec in front.states.items():
        yield from _row(known, war, spec.to, (*at, "states", state, "to"))
    sound = known.whole(AT)
    if sound:
        yield from _endless(war, {s: spec.to for s, spec in front.states.items()}, at)
    for party, belief in war.beliefs.items():
        own = (*AT, "beliefs", party)
        for name in belief.ends:
            text = "with a front a party believes in its moves: write `moves: {state: {…}}`"
            yield Mistake((*own, "ends", name), text, at_name=True)
        for state, row in belief.moves.items():
            yield from _named(known, state, front.states, "state", (*own, "moves", state))
            yield from _row(known, war, row, (*own, "moves", state))
        if sound and belief.moves:
            rows = {s: belief.moves.get(s, spec.to) for s, spec in front.states.items()}
            yield from _endless(war, rows, (*own, "moves"))


def _row(known: Known, war: War, row: Chances, at: Path) -> Iterator[Mistake]:
    assert war.front is not None
    there = {**war.front.states, **war.ends}
    for name in row:
        yield from _named(known, name, there, "state or end", (*at, name))
    if known.whole(at):
        yield from _sum(row, at, "the chances of the next round")


def _named(
    known: Known,
    name: str,
    names: Mapping[str, object],
    kind: str,
    at: Path,
    *,
    at_name: bool = True,
) -> Iterator[Mistake]:
    """Check the name of an end or a state of the front."""
    places = ((*AT, "ends", name), (*AT, "front", "states", name))
    if name not in names and not any(known.lost(place) for place in places):
        text = f"no {kind} of the war is called '{name}'{did_you_mean(name, names)}"
        yield Mistake(at, text, at_name)


def _sum(chances: Chances, at: Path, what: str) -> Iterator[Mistake]:
    total = sum(map(central, chances.values()))
    if abs(total - 1) > ROUNDING:
        middle = (
            " in the middle of their ranges" if any(map(is_uncertain, chances.values())) else ""
        )
        yield Mistake(at, f"{what} sum to {total:.6g}{middle}, not 1: change one")


def _endless(war: War, rows: Mapping[str, Chances], at: Path) -> Iterator[Mistake]:
    """Say from which states the fighting would never end."""
    ends = set(war.ends)
    for _ in rows:
        ends |= {s for s, row in rows.items() if any(central(row[t]) > 0 for t in row if t in ends)}
    stuck = [state for state in rows if state not in ends]
    if stuck:
        text = f"from {', '.join(stuck)} no end is ever reached: give one a chance, however small"
        yield Mistake(at, text)


def _weightless(known: Known, war: War) -> Iterator[Mistake]:
    """Say that a cost of each round weighs nothing beside endless patience."""
    if not war.timed:
        return
    for name, cost in war.parties.items():
        party = known.scenario.parties.get(name)
        costs = is_uncertain(cost.per_round) or central(cost.per_round) != 0
        if party is not None and costs and support(party.patience)[0] >= 1:
            text = (
                f"weighs nothing, since {name} has endless patience (patience 1) and the war ends: "
                f"give parties.{name} a patience below 1, or write the cost as `once`"
            )
            yield Mistake((*AT, "parties", name, "per_round"), text)
