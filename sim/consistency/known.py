"""What a scenario defines, and what of it could not be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sim.errors import MANY, Mistake, Path, did_you_mean, nearest
from sim.issues import Grid, Span, is_numeral, numeral
from sim.scenario import Scenario


@dataclass(frozen=True)
class Known:
    """The names of a scenario, for checking what refers to them.

    A name that stands in the file but could not be read is known, and nothing more is.
    """

    scenario: Scenario
    unreadable: frozenset[Path] = frozenset()

    def lost(self, path: Path) -> bool:
        """Tell whether what stands at a place, or around it, could not be read."""
        return any(path[:n] in self.unreadable for n in range(len(path) + 1))

    def whole(self, path: Path) -> bool:
        """Tell whether everything that the file has at a place could be read."""
        inside = any(place[: len(path)] == path for place in self.unreadable)
        return not inside and not self.lost(path)

    def name(self, kind: str, name: str, at: Path, *, at_name: bool = False) -> Iterator[Mistake]:
        """Check the name of an issue, a party, a plan or a source.

        Parameters
        ----------
        kind
            The section: ``issues``, ``parties``, ``plans`` or ``sources``.
        name
            What should be defined there.
        at
            Where the name is used.
        at_name
            Whether it is used as a name there, with something under it.
        """
        names = getattr(self.scenario, kind)
        if name not in names and not self.lost((kind, name)):
            one = {"parties": "party"}.get(kind, kind.removesuffix("s"))
            text = f"no {one} is called '{name}'{did_you_mean(name, names, kind)}"
            yield Mistake(at, text, at_name)

    def option(
        self, issue: str, option: str, at: Path, *, at_name: bool = False
    ) -> Iterator[Mistake]:
        """Check an option of an issue; of an issue that is unknown, nothing is asked."""
        if issue not in self.scenario.issues or self.lost(("issues", issue, "options", option)):
            return
        spec = self.scenario.issues[issue]
        if option in spec.options:
            return
        if spec.grid is not None:
            text = _off_the_grid(issue, spec.grid, option)
        else:
            guess = did_you_mean(option, spec.options, "options")
            text = f"{issue} has no option '{option}'{guess}"
        yield Mistake(at, text, at_name)

    def condition(self, when: Mapping[str, str | list[str] | Span], at: Path) -> Iterator[Mistake]:
        """Check the issues and options of a condition."""
        for issue, said in when.items():
            yield from self.name("issues", issue, (*at, issue), at_name=True)
            if isinstance(said, str):
                yield from self.option(issue, said, (*at, issue))
            else:
                yield from self.several(issue, said, (*at, issue))

    def several(self, issue: str, said: Sequence[str] | Span, at: Path) -> Iterator[Mistake]:
        """Check a list of options of one issue, or a span of them."""
        if not isinstance(said, Span):
            for index, option in enumerate(said):
                yield from self.option(issue, option, (*at, index))
            yield from repeated(said, at)
            return
        ends = [*self.option(issue, said.from_, (*at, "from"))]
        ends += self.option(issue, said.to, (*at, "to"))
        yield from ends
        if not ends and self.settled(issue) and not self.rising(issue, said):
            where = "numbers" if self.scenario.issues[issue].grid else "options"
            turned = f"{{from: {said.to}, to: {said.from_}}}"
            text = f"'{said.from_}' comes after '{said.to}' among the {where}: write {turned}"
            yield Mistake(at, text)

    def rising(self, issue: str, span: Span) -> bool:
        """Tell whether both ends of a span are options of an issue, the first before the last."""
        spec = self.scenario.issues[issue]
        known = span.from_ in spec.options and span.to in spec.options
        return known and spec.index(span.from_) <= spec.index(span.to)

    def settled(self, issue: str) -> bool:
        """Tell whether an issue is defined with all its options."""
        at = ("issues", issue)
        known = issue in self.scenario.issues
        return known and self.whole((*at, "options")) and self.whole((*at, "grid"))

    def missing(self, wanted: Sequence[str], given: Mapping[str, object], at: Path) -> list[str]:
        """Return the names that a table lacks, but for those that a misspelt one stands for."""
        depth = len(at)
        lost = [path[depth] for path in self.unreadable if len(path) > depth and path[:depth] == at]
        if any(name not in wanted for name in lost):
            return []  # a name that could not be read may stand for any of them
        absent = [name for name in wanted if name not in given]
        known = set(wanted)
        strangers = [name for name in given if name not in known and not is_numeral(name)]
        meant = {nearest(name, absent) for name in strangers[:MANY]}
        return [name for name in absent if name not in meant and not self.lost((*at, name))]


def repeated(names: Sequence[str], at: Path) -> Iterator[Mistake]:
    """Say which names stand in a list more than once."""
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name in seen:
            yield Mistake((*at, index), f"'{name}' stands in this list twice: take one out")
        seen.add(name)


def _off_the_grid(issue: str, grid: Grid, option: str) -> str:
    """Say that a grid has no such point, and which are near."""
    if not is_numeral(option):
        return f"{issue} has no option '{option}': it is a number, {grid.text}"
    number = float(option)
    near = grid.nearest(number)
    if near == [numeral(number)]:
        return f"{issue}: write '{option}' as {near[0]}"
    shown = f"{number:.12g}"
    there = (
        f"the nearest is {near[0]}" if len(near) == 1 else f"the nearest are {' and '.join(near)}"
    )
    return f"{issue} has no {shown} ({grid.text}): {there}"


def some_of(names: Sequence[str], most: int = 6) -> str:
    """List the first of many names, and say how many more there are."""
    more = f" and {len(names) - most:,} more" if len(names) > most + 1 else ""
    return ", ".join(names[:most] if more else names) + more
