"""Nonlinear GENIUS profiles: a sum of hyper-rectangles, each worth something where it holds."""

from __future__ import annotations

from collections.abc import Sequence

from sim.formats.imports.complaints import Complaints
from sim.formats.imports.domain import Extra, ForeignParty
from sim.formats.imports.genius_issues import GeniusIssue, bounds, index_of
from sim.formats.imports.xml_tree import Element


def rectangles(
    root: Element,
    written: dict[int, Element],
    issues: dict[int, GeniusIssue],
    party: ForeignParty,
    complaints: Complaints,
    notes: list[str],
) -> None:
    """Read the hyper-rectangles of a profile into the party, divided by its maxutility."""
    party.values = [[0.0 for _ in issue.foreign.options] for issue in issues.values()]
    for index, element in written.items():
        _same_bounds(element, issues[index], complaints)
    utilities = [element for element in root.walk() if element.tag == "utility"]
    functions = utilities[0].named("ufun") if utilities else []
    if len(utilities) != 1 or len(functions) != 1:
        complaints.at(
            root.at, "a nonlinear profile holds one <utility> with one <ufun> in it, and here "
            f"there are {len(utilities)} and {len(functions)}",
        )  # fmt: skip
        return
    utility = utilities[0]
    most = complaints.number(utility.get("maxutility"), utility.at, "maxutility")
    if most is not None and most <= 0:
        complaints.at(utility.at, f"maxutility is {most:g}: utilities are divided by it, so it is "
                      "above 0")  # fmt: skip
    elif most is not None:
        places = {index: place for place, index in enumerate(issues)}
        reader = _Rectangles(list(issues.values()), places, most, complaints, notes)
        # GENIUS does not multiply by the weight of the outermost function.
        reader.read(functions[0], 1.0)
        party.extras = [
            Extra(when, worth / most, f"hyper-rectangle of line {line}: {worth:g} of {most:g}")
            for when, worth, line in reader.found
        ]


def _same_bounds(element: Element, issue: GeniusIssue, complaints: Complaints) -> None:
    """Check that profile and domain mean the same numbers."""
    if issue.kind == "discrete":
        return
    ends = bounds(element, issue.foreign.name, issue.kind, complaints)
    if ends and ends != (issue.foreign.numbers[0], issue.foreign.numbers[-1]):
        complaints.at(
            element.at, f"{issue.foreign.name} runs from {ends[0]:g} to {ends[1]:g} here and from "
            f"{issue.foreign.numbers[0]:g} to {issue.foreign.numbers[-1]:g} in the domain",
        )  # fmt: skip


class _Rectangles:
    """Reads functions and the rectangles in them."""

    def __init__(
        self,
        issues: Sequence[GeniusIssue],
        places: dict[int, int],
        most: float,
        complaints: Complaints,
        notes: list[str],
    ) -> None:
        self.issues, self.places, self.complaints = issues, places, complaints
        self.notes, self.most = notes, most
        self.found: list[tuple[dict[int, list[int]], float, int]] = []

    def read(self, function: Element, share: float) -> None:
        """Read a function and those inside it; what it holds counts ``share``."""
        parts = [part for part in function.children if part.tag in ("hyperRectangle", "ufun")]
        aggregation = (function.get("aggregation") or "sum").lower()
        if aggregation != "sum" and len(parts) > 1:
            self.complaints.at(
                function.at, f"the parts of this function are put together by '{aggregation}', "
                "and zopa adds interactions up: only aggregation sum can be written down",
            )  # fmt: skip
            return
        for part in parts:
            weight = self._number(part, "weight", 1.0)
            if part.tag == "ufun":
                self.read(part, share * weight)
            else:
                self._rectangle(part, share, weight)

    def _number(self, element: Element, attribute: str, otherwise: float | None) -> float:
        written = element.get(attribute)
        if written is None and otherwise is not None:
            return otherwise
        what = f"the {attribute} of this <{element.tag}>"
        return self.complaints.number(written, element.at, what) or 0.0

    def _rectangle(self, element: Element, share: float, weight: float) -> None:
        worth = self._number(element, "utility", None) * weight * share
        if self.complaints.finite(worth / self.most, element.at, "what this adds") is None:
            return
        inside, outside = element.named("INCLUDES"), element.named("EXCLUDES")
        if inside and outside:
            self.complaints.at(element.at, "a rectangle either INCLUDES or EXCLUDES: keep one kind")
            return
        when: dict[int, list[int]] = {}
        for bound in inside or outside:
            self._narrow(when, bound)
        line = element.at.line
        if outside:  # worth something everywhere but inside: a constant less the inside
            self.found.append(({}, worth, line))
            worth = -worth
        if all(when.values()):
            self.found.append((when, worth, line))
        else:
            self.notes.append(
                f"{element.at.origin}:{line}: this rectangle holds for no outcome and adds nothing"
            )

    def _narrow(self, when: dict[int, list[int]], bound: Element) -> None:
        """Keep the options of one issue that lie between the ends of a bound."""
        index = index_of(bound, self.complaints)
        low = self.complaints.number(bound.get("min"), bound.at, "min of this bound")
        high = self.complaints.number(bound.get("max"), bound.at, "max of this bound")
        if index is None or low is None or high is None:
            return
        if index not in self.places:
            self.complaints.at(bound.at, f"the domain has no issue {index}")
            return
        place = self.places[index]
        issue = self.issues[place]
        if issue.kind != "integer":
            name = issue.foreign.name
            self.complaints.at(
                bound.at, f"{name} is {issue.kind}: GENIUS has rectangles over integer issues only"
            )
            return
        left = when.get(place, list(range(len(issue.foreign.options))))
        when[place] = [o for o in left if low <= issue.foreign.numbers[o] <= high]
