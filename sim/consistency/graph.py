"""What could be done with a signed text: issues, parties and options that exist."""

from __future__ import annotations

from collections.abc import Iterator

from sim.consistency.known import Known
from sim.errors import Mistake, Path


def graph_mistakes(known: Known) -> Iterator[Mistake]:
    """Yield what does not hold in the block on what follows a signature."""
    block = known.scenario.graph
    for issue, control in (block.controls if block else {}).items():
        at: Path = ("graph", "controls", issue)
        yield from known.name("issues", issue, at, at_name=True)
        yield from known.name("parties", control.party, (*at, "party"))
        if control.to is not None:
            yield from known.option(issue, control.to, (*at, "to"))
        elif known.whole(("issues", issue)) and _without_status_quo(known, issue):
            text = f"{issue} has no status quo to fall back to: say with `to` what a breach brings"
            yield Mistake(at, text)


def _without_status_quo(known: Known, issue: str) -> bool:
    """Tell whether nothing says where an issue stands without a deal."""
    issues = known.scenario.issues
    return issue in issues and issues[issue].status_quo is None
