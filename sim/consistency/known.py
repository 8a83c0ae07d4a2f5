"""What a scenario defines, and what of it could not be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sim.errors import Mistake, Path, did_you_mean, nearest
from sim.issues import options_of
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
        options = self.scenario.issues[issue].options
        if option not in options:
            text = f"{issue} has no option '{option}'{did_you_mean(option, options, 'options')}"
            yield Mistake(at, text, at_name)

    def condition(self, when: Mapping[str, str | list[str]], at: Path) -> Iterator[Mistake]:
        """Check the issues and options of a condition."""
        for issue, named in when.items():
            yield from self.name("issues", issue, (*at, issue), at_name=True)
            if isinstance(named, str):
                yield from self.option(issue, named, (*at, issue))
            else:
                yield from self.listed(issue, options_of(when, issue), (*at, issue))

    def listed(self, issue: str, options: Sequence[str], at: Path) -> Iterator[Mistake]:
        """Check a list of options of one issue."""
        for index, option in enumerate(options):
            yield from self.option(issue, option, (*at, index))
        yield from repeated(options, at)

    def settled(self, issue: str) -> bool:
        """Tell whether an issue is defined with all its options."""
        return issue in self.scenario.issues and self.whole(("issues", issue, "options"))

    def missing(self, wanted: Sequence[str], given: Mapping[str, object], at: Path) -> list[str]:
        """Return the names that a table lacks, but for those that a misspelt one stands for."""
        depth = len(at)
        lost = [path[depth] for path in self.unreadable if len(path) > depth and path[:depth] == at]
        if any(name not in wanted for name in lost):
            return []  # a name that could not be read may stand for any of them
        strangers = [name for name in given if name not in wanted]
        meant = {nearest(name, [w for w in wanted if w not in given]) for name in strangers}
        return [
            name
            for name in wanted
            if name not in given and name not in meant and not self.lost((*at, name))
        ]


def repeated(names: Sequence[str], at: Path) -> Iterator[Mistake]:
    """Say which names stand in a list more than once."""
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name in seen:
            yield Mistake((*at, index), f"'{name}' stands in this list twice: take one out")
        seen.add(name)
