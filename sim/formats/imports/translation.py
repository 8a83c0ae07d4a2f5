"""A foreign domain as a zopa scenario, its numbers unchanged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from sim.formats.imports.complaints import Complaints
from sim.formats.imports.domain import Extra, ForeignDomain, ForeignIssue, ForeignParty, Said
from sim.formats.imports.largest import ROUNDING, largest_utility
from sim.formats.imports.names import identifiers
from sim.issues import Grid

ORIGIN = "origin"
"""The name of the one source: the files themselves."""

SLIGHT = 0.01
"""By so much a utility may pass the most that its tool allows, as weights that were rounded do,
before the cap is written out: a cap ties all issues together, and a hundredth is not worth it."""

EXACT = 1e-9
MOST_CAPPED = 2000
LONG = 12
"""So many values are written one by one; more as a line, where they lie on one."""

Name = str | int | float
"""What a file calls an option; on a grid a number."""


def scenario_of(domain: ForeignDomain, complaints: Complaints) -> dict[str, Any]:
    """Return what a scenario file says of a domain.

    Issues with one option are no issues to negotiate: what they are worth is added as a constant.
    """
    kept = [place for place, issue in enumerate(domain.issues) if len(issue.options) > 1]
    if not kept:
        at = domain.issues[0].at
        complaints.at(at, "no issue has more than one option: there is nothing to negotiate")
        return {}
    named = identifiers([domain.issues[place].name for place in kept], "i")
    names = dict(zip(kept, named, strict=True))
    options = [_options(issue) for issue in domain.issues]
    parties = identifiers([party.stem for party in domain.parties], "p")
    files = ", ".join(domain.files)
    translator = _Translator(domain, names, options, complaints)
    return {
        "zopa": 1,
        "title": domain.title,
        "description": _description(domain, kept),
        "source": ORIGIN,
        "sources": {ORIGIN: {"title": f"{domain.format} files {files}"}},
        "issues": {name: _issue(domain.issues[k], options[k]) for k, name in names.items()},
        "parties": {
            name: translator.party(party)
            for name, party in zip(parties, domain.parties, strict=True)
        },
    }


def _description(domain: ForeignDomain, kept: Sequence[int]) -> str:
    """Say where the numbers come from and what was done to them."""
    said = [f"Imported from {domain.format} by `zopa import`.", domain.meaning]
    for place, issue in enumerate(domain.issues):
        if place not in kept:
            said.append(
                f"The issue '{issue.name}' has the one option '{issue.options[0]}', and stands in "
                "the utilities as a constant."
            )
        if issue.note:
            said.append(f"The issue '{issue.name}' is {issue.note}.")
    return " ".join(said)


def _grid(issue: ForeignIssue) -> Grid | None:
    """Return the grid whose points the options of a numeric issue are, if there is one."""
    if not issue.ranges or len(issue.numbers) < 2:
        return None
    first, second, *_ = issue.numbers
    step = float(f"{second - first:.12g}")
    try:
        grid = Grid.model_validate({"from": first, "to": issue.numbers[-1], "step": step})
    except ValueError:
        return None
    return grid if grid.places() == list(issue.numbers) else None


def _options(issue: ForeignIssue) -> list[Name]:
    """Return what the options are called: on a grid by their numbers."""
    if _grid(issue) is not None:
        return [int(n) if n.is_integer() else n for n in issue.numbers]
    return list(identifiers(issue.options, "v"))


def _issue(issue: ForeignIssue, options: list[Name]) -> dict[str, Any]:
    entry: dict[str, Any] = {"title": issue.name}
    grid = _grid(issue)
    if grid is None:
        entry["options"] = dict(zip(options, issue.options, strict=True))
    else:
        entry["grid"] = {"from": options[0], "to": options[-1], "step": grid.step}
    if issue.note:
        entry["note"] = issue.note
    return entry


class _Translator:
    """Writes parties in the identifiers of one scenario."""

    def __init__(
        self,
        domain: ForeignDomain,
        names: dict[int, str],
        options: list[list[Name]],
        complaints: Complaints,
    ) -> None:
        self.domain, self.names, self.options = domain, names, options
        self.complaints = complaints

    def party(self, party: ForeignParty) -> dict[str, Any]:
        """Return what the file says of one party."""
        if party.weights is not None and not any(party.weights) and not party.extras:
            said = "all weights are 0, so that the party does not care about anything"
            self.complaints.at(party.at, said)
        extras = [*party.extras, *self._fixed(party), *self._cap(party)]
        entry: dict[str, Any] = {"name": party.name}
        if party.description:
            entry["description"] = party.description
        entry["scale"] = "raw"
        entry["disagreement"] = _number(party.disagreement)
        if party.patience is not None:
            entry["patience"] = _number(party.patience)
        if party.weights is not None:
            entry["weights"] = {name: party.weights[k] for k, name in self.names.items()}
        if any(map(any, party.values)) or not party.extras:
            entry["values"] = {
                name: self._values(k, party.values[k]) for k, name in self.names.items()
            }
        interactions = [self._interaction(extra) for extra in extras if extra.add]
        if interactions:
            entry["interactions"] = interactions
        return entry

    def _interaction(self, extra: Extra) -> dict[str, Any]:
        """Write a combination; what always holds is written over all options of one issue."""
        when: dict[str, Any] = {}
        for k, chosen in extra.when.items():
            if k in self.names and len(chosen) < len(self.options[k]):
                when[self.names[k]] = self._chosen(k, list(chosen))
        if not when:
            k, name = next(iter(self.names.items()))
            when[name] = self._chosen(k, list(range(len(self.options[k]))))
        return {"when": when, "add": extra.add, "why": extra.why}

    def _chosen(self, k: int, places: list[int]) -> Any:
        """Write options of one issue: one, some, or on a grid all from one to another."""
        names = [self.options[k][place] for place in places]
        run = len(places) > 2 and places == list(range(places[0], places[-1] + 1))
        if run and _grid(self.domain.issues[k]) is not None:
            return {"from": names[0], "to": names[-1]}
        return names[0] if len(names) == 1 else names

    def _values(self, k: int, values: list[float]) -> dict[Any, Any]:
        """Write what options are worth: one by one, or as the line on which they lie."""
        named = dict(zip(self.options[k], values, strict=True))
        issue = self.domain.issues[k]
        if len(values) <= LONG or _grid(issue) is None:
            return named
        x, y = np.array(issue.numbers), np.array(values)
        slopes = np.diff(y) / np.diff(x)
        bends = np.flatnonzero(np.abs(np.diff(slopes)) > EXACT * max(1.0, np.abs(slopes).max())) + 1
        knots = [0, *bends.tolist(), len(values) - 1]
        straight = np.allclose(np.interp(x, x[knots], y[knots]), y, rtol=0, atol=1e-12)
        if not straight or 2 * len(knots) > len(values):
            return named
        return {"line": {self.options[k][place]: values[place] for place in knots}}

    def _fixed(self, party: ForeignParty) -> Iterator[Extra]:
        """Yield what issues with one option are worth."""
        gains = party.gains()
        for k, issue in enumerate(self.domain.issues):
            if k not in self.names:
                yield Extra({}, gains[k][0], f"'{issue.name}' is always '{issue.options[0]}'")

    def _tell(self, party: ForeignParty, text: str) -> None:
        """Say something of a party both in the file and to whoever imports it."""
        party.description = f"{party.description} {text}.".strip()
        self.domain.notes.append(f"{party.at.origin}: {text}")

    def _cap(self, party: ForeignParty) -> Iterator[Extra]:
        """Take off every outcome what it is worth above the most that its tool allows."""
        gains = party.gains()
        best = sum(map(max, gains)) + sum(max(extra.add, 0.0) for extra in party.extras)
        tool = self.domain.format
        if party.extras and best > party.most + EXACT:
            best = min(best, largest_utility(gains, party.extras))
            if best <= party.most * (1 + ROUNDING):
                return
        if best > party.most + EXACT and (party.extras or best <= party.most + SLIGHT):
            self._tell(
                party, f"{tool} cuts utilities at {party.most:g}. Here they stand as they add up, "
                f"to {best:.6f} at most"
            )  # fmt: skip
        if party.extras or best <= party.most + SLIGHT:
            return
        above = list(_above(gains, party.most + EXACT))
        if len(above) > MOST_CAPPED:
            self.complaints.at(
                party.at, f"utilities add up to as much as {best:g}, {tool} cuts them at "
                f"{party.most:g}, and more than {MOST_CAPPED:,} outcomes are cut, too many to "
                "write down one by one: let the weights sum to 1",
            )  # fmt: skip
            return
        self._tell(
            party, f"{tool} cuts utilities, which add up to {best:g} at most, at {party.most:g}: "
            f"each of the {len(above)} outcomes that are cut has an interaction"
        )  # fmt: skip
        for outcome, worth in above:
            when = {k: [option] for k, option in enumerate(outcome)}
            why = f"{tool} cuts utilities at {party.most:g}"
            yield Extra(when, party.most - worth, why)


def _number(said: Said) -> Any:
    if said.assumption:
        return {"value": said.value, "assumption": said.assumption}
    return said.value


def _above(gains: list[list[float]], level: float) -> Iterator[tuple[list[int], float]]:
    """Yield outcomes worth more than a level, not many more than may be written down."""
    rest = [0.0]
    for values in reversed(gains):
        rest.append(rest[-1] + max(values))
    rest.reverse()
    found = 0

    def below(k: int, worth: float) -> Iterator[tuple[list[int], float]]:
        nonlocal found
        if worth + rest[k] <= level or found > MOST_CAPPED:
            return
        if k == len(gains):
            found += 1
            yield [], worth
            return
        for option, value in enumerate(gains[k]):
            for tail, total in below(k + 1, worth + value):
                yield [option, *tail], total

    yield from below(0, 0.0)
