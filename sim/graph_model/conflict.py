"""From a file to a graph: the states and moves that it spans, and what each party makes of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from sim.errors import InputError, did_you_mean
from sim.graph_model.file import Choice, GraphFile, Side
from sim.graph_model.formulas import matches, read_formula
from sim.graph_model.graph import Edges, Floats, Graph
from sim.graph_model.options import (
    Direction,
    OptionForm,
    at_least_one,
    exclusive,
    needs,
    option_form,
)
from sim.graph_model.preferences import by_pairs, by_ranking, by_statements


@dataclass(frozen=True, eq=False)
class Frame:
    """States and moves by name, before anybody prefers anything.

    Attributes
    ----------
    names
        Identifiers of the states.
    titles
        What the states are, in a few words.
    options
        Identifiers of all options, in file order; none where states are given directly.
    form
        The option form, where there is one.
    moves
        For each party, in file order.
    """

    names: tuple[str, ...]
    titles: tuple[str, ...]
    options: tuple[str, ...]
    form: OptionForm | None
    moves: tuple[Edges, ...]

    @property
    def said(self) -> tuple[str, ...]:
        """What a sentence calls the states: their numbers in option form, else what they are."""
        return self.names if self.form else tuple(f"“{title}”" for title in self.titles)

    def state(self, name: str) -> int:
        """Return the number of a state, given by name or, in option form, by its signs.

        Raises
        ------
        InputError
            If there is no such state, with the cure.
        """
        if name in self.names:
            return self.names.index(name)
        if self.form is not None and set(name) <= set("YN") and len(name) == len(self.options):
            words = self.form.words()
            if name in words:
                return int(self.form.state[words.index(name)])
            raise InputError(f"the state '{name}' is infeasible: a pattern rules it out")
        raise InputError(f"no state is called '{name}'{did_you_mean(name, self.names)}")


@dataclass(frozen=True, eq=False)
class Conflict:
    """A file, ready to be analysed.

    Attributes
    ----------
    file
        Where it comes from.
    frame
        States and moves by name.
    graph
        The same as arrays, with preferences.
    """

    file: GraphFile
    frame: Frame
    graph: Graph

    @classmethod
    def of(cls, file: GraphFile) -> Conflict:
        """Build the conflict that a valid file describes."""
        frame = frame_of(file)
        values = [values_of(frame, side) for side in file.parties.values()]
        near = np.array([side.near for side in file.parties.values()])
        return cls(file, frame, Graph(frame.moves, np.array(values), near))

    @property
    def parties(self) -> tuple[str, ...]:
        """Identifiers of the parties."""
        return tuple(self.file.parties)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the parties."""
        return tuple(side.name for side in self.file.parties.values())


def frame_of(file: GraphFile) -> Frame:
    """Return the states and moves of a file.

    Raises
    ------
    InputError
        If there are too many, or none; or a state that moves refer to is unknown.
    """
    held = [(key, held) for side in file.parties.values() for key, held in side.options.items()]
    if not held:
        return _given_directly(file)
    options = tuple(key for key, _ in held)
    form = option_form(
        len(options), list(ruled_out(file, options)), [m.pattern for m in file.coalesce]
    )
    directions: list[Direction] = [
        choice.moves if isinstance(choice, Choice) else "both" for _, choice in held
    ]
    moves = [
        form.moves([options.index(key) for key in side.options], directions)
        for side in file.parties.values()
    ]
    names = tuple(f"s{k + 1}" for k in range(form.n_states))
    return Frame(names, _titles(file, form, names), options, form, tuple(moves))


def _given_directly(file: GraphFile) -> Frame:
    names = tuple(file.states)
    place = {name: k for k, name in enumerate(names)}
    moves = [
        Edges.of([(place[source], place[target]) for source, target in _pairs(side)])
        for side in file.parties.values()
    ]
    return Frame(names, tuple(file.states.values()), (), None, tuple(moves))


def _pairs(side: Side) -> Iterator[tuple[str, str]]:
    """Yield the moves of a party whose moves are given directly."""
    for source, targets in side.moves.items():
        for target in [targets] if isinstance(targets, str) else targets:
            yield source, target


def ruled_out(file: GraphFile, options: tuple[str, ...]) -> Iterator[str]:
    """Yield the patterns of combinations that are no states."""
    said, n = file.infeasible, len(options)
    yield from said.patterns
    for group in said.exclusive:
        yield from exclusive([options.index(name) for name in group], n)
    for group in said.at_least_one:
        yield at_least_one([options.index(name) for name in group], n)
    for option, needed in said.needs.items():
        yield needs(options.index(option), options.index(needed), n)


def _titles(file: GraphFile, form: OptionForm, names: tuple[str, ...]) -> tuple[str, ...]:
    """Say of every state which options are taken, unless the file gives it a title."""
    said = [
        held.title if isinstance(held, Choice) else held
        for side in file.parties.values()
        for held in side.options.values()
    ]
    merged = [int(form.state[k]) for k in range(len(form.taken))]
    titles = []
    for state, name in enumerate(names):
        taken = form.taken[form.first[state]]
        title = (
            ", ".join(text for text, on in zip(said, taken, strict=True) if on) or "no option taken"
        )
        if merged.count(state) > 1 or any(_fits(taken, m.pattern) for m in file.coalesce):
            title = next(m.title for m in file.coalesce if _fits(taken, m.pattern))
        titles.append(file.states.get(name, title))
    return tuple(titles)


def _fits(taken: np.ndarray[tuple[int], np.dtype[np.bool_]], pattern: str) -> bool:
    return bool(matches(taken[None], pattern)[0])


def values_of(frame: Frame, side: Side) -> Floats:
    """Return what a party makes of each state, shape ``(n_states,)``.

    Raises
    ------
    InputError
        If a statement cannot be read, a state is unknown or missing, or preferences run in a
        circle.
    """
    n = len(frame.names)
    if side.statements is not None:
        return _from_statements(frame, side.statements)
    if side.ranking is not None:
        groups = [
            [frame.state(name) for name in ([group] if isinstance(group, str) else group)]
            for group in side.ranking
        ]
        _each_once(frame, [k for group in groups for k in group], "the ranking")
        return by_ranking(groups, n)
    if side.utility is not None:
        places = [frame.state(name) for name in side.utility]
        _each_once(frame, places, "the utilities")
        values = np.empty(n)
        values[places] = list(side.utility.values())
        return values
    chains = [[frame.state(name) for name in chain] for chain in side.prefers or []]
    pairs = [pair for chain in chains for pair in pairwise(chain)]
    return by_pairs(pairs, n, frame.names)


def _from_statements(frame: Frame, statements: list[str]) -> Floats:
    """Rank the states by statements; what counts as one state must rank as one."""
    assert frame.form is not None  # checked before
    formulas = [read_formula(text, frame.options) for text in statements]
    values = by_statements(formulas, frame.form.taken, frame.options)
    own = values[frame.form.first]
    apart = np.flatnonzero(own[frame.form.state] != values)
    if len(apart):
        name = frame.names[int(frame.form.state[apart[0]])]
        raise InputError(
            f"the statements tell apart combinations that count as one state, {name}: begin with a "
            "statement that decides on it, or rank the states directly"
        )
    return np.unique(own, return_inverse=True)[1].astype(float).ravel()


def _each_once(frame: Frame, places: list[int], what: str) -> None:
    """Insist that every state is named, and named once."""
    twice = next((k for k in places if places.count(k) > 1), None)
    if twice is not None:
        raise InputError(f"{what} name {frame.names[twice]} twice: take one out")
    absent = [name for k, name in enumerate(frame.names) if k not in set(places)]
    if absent:
        more = f" and {len(absent) - 6} more" if len(absent) > 6 else ""
        raise InputError(f"{what} lack {', '.join(absent[:6])}{more}: every state needs its place")
