"""Plans, levers and published answers: that they speak of what the scenario has."""

from __future__ import annotations

from collections.abc import Iterator

from sim.consistency.known import Known
from sim.errors import MANY, Mistake, Path
from sim.issues import Span, options_of
from sim.scenario import Clause, Published, PublishedSolution


def plan_mistakes(known: Known) -> Iterator[Mistake]:
    """Yield what plans say that no reader could follow. Breaking a constraint is no mistake."""
    for name, plan in known.scenario.plans.items():
        for issue, said in plan.picks.items():
            at: Path = ("plans", name, "picks", issue)
            yield from known.name("issues", issue, at, at_name=True)
            if isinstance(said, str):
                yield from known.option(issue, said, at)
            elif isinstance(said, Clause):
                yield from _clause(known, issue, said, at)
            else:
                yield from known.several(issue, said, at)


def _clause(known: Known, issue: str, said: Clause, at: Path) -> Iterator[Mistake]:
    if said.range is not None:
        yield from known.several(issue, said.range, (*at, "range"))
    if said.pick is not None:
        wrong = list(known.option(issue, said.pick, (*at, "pick")))
        yield from wrong
        inside = _between(known, issue, said.range) if said.range is not None else None
        if not wrong and inside is not None and said.pick not in inside:
            text = f"the pick '{said.pick}' lies outside the range ({_shown(said.range, inside)})"
            yield Mistake((*at, "pick"), text)
    elif said.range is None and said.model_fields_set == set() and known.whole(at):
        yield Mistake(at, "says nothing: give a pick or a range, or leave the issue out")


def _between(known: Known, issue: str, said: list[str] | Span) -> list[str] | None:
    """Return the options of a range, if all of it is known."""
    if isinstance(said, list):
        return said
    if not known.settled(issue):
        return None
    options = known.scenario.issues[issue].options
    turned = Span(**{"from": said.to, "to": said.from_})
    whole = next((span for span in (said, turned) if known.rising(issue, span)), None)
    return None if whole is None else options_of(whole, options)


def _shown(said: list[str] | Span | None, inside: list[str]) -> str:
    many = isinstance(said, Span) and len(inside) > MANY
    return f"{inside[0]} to {inside[-1]}" if many else ", ".join(inside)


def lever_mistakes(known: Known) -> Iterator[Mistake]:
    """Yield the parties, issues and options that levers speak of and the scenario lacks."""
    for name, lever in known.scenario.levers.items():
        for party, shift in lever.effects.items():
            at: Path = ("levers", name, "effects", party)
            yield from known.name("parties", party, at, at_name=True)
            for issue, options in shift.values.items():
                yield from known.name("issues", issue, (*at, "values", issue), at_name=True)
                for option in options:
                    place = (*at, "values", issue, option)
                    yield from known.option(issue, option, place, at_name=True)


def published_mistakes(known: Known) -> Iterator[Mistake]:
    """Yield what published answers say of parties and plans that do not exist."""
    published = known.scenario.published
    if published is None:
        return
    for name, plan in published.plans.items():
        at: Path = ("published", "plans", name)
        yield from known.name("plans", name, at, at_name=True)
        for party in plan.utilities:
            yield from known.name("parties", party, (*at, "utilities", party), at_name=True)
    for field in Published.model_fields:
        solution = getattr(published, field)
        if isinstance(solution, PublishedSolution):
            yield from _solution(known, solution, ("published", field))
    for index, point in enumerate(published.frontier or ()):
        yield from _one_for_each(known, point, ("published", "frontier", index))


def _solution(known: Known, solution: PublishedSolution, at: Path) -> Iterator[Mistake]:
    yield from _one_for_each(known, solution.utilities, (*at, "utilities"))
    for issue, option in (solution.outcome or {}).items():
        yield from known.name("issues", issue, (*at, "outcome", issue), at_name=True)
        yield from known.option(issue, option, (*at, "outcome", issue))
    if solution.outcome is not None and known.whole(("issues",)):
        wanted = list(known.scenario.issues)
        for issue in known.missing(wanted, solution.outcome, (*at, "outcome")):
            yield Mistake((*at, "outcome"), f"has no option for {issue}: add `{issue}: …`")


def _one_for_each(known: Known, utilities: list[float], at: Path) -> Iterator[Mistake]:
    parties = known.scenario.parties
    signatories = sum(party.consent == "required" for party in parties.values())
    if known.whole(("parties",)) and len(utilities) not in (len(parties), signatories):
        text = f"has {len(utilities)} numbers for {len(parties)} parties: write one for each party"
        yield Mistake(at, f"{text}, in file order")
