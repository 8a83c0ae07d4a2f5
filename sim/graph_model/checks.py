"""What must hold between the parts of a graph model's file: all mistakes at once, with cures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from sim.errors import InputError, Mistake, Path, did_you_mean
from sim.graph_model.conflict import Frame, frame_of, values_of
from sim.graph_model.file import GraphFile, Side
from sim.graph_model.formulas import WORDS, is_pattern, read_formula
from sim.graph_model.graph import MOST_STATES

WAYS = ("statements", "ranking", "utility", "prefers")
"""Ways to give preferences."""


def graph_mistakes(file: GraphFile) -> Iterator[Mistake]:
    """Yield everything in which the parts of a file contradict or miss one another."""
    yield from _sources(file)
    options = [key for side in file.parties.values() for key in side.options]
    own = [*_options(file, options), *_combinations(file, options)]
    yield from own
    for name, side in file.parties.items():
        yield from _one_way(name, side, in_option_form=bool(options))
    if own:
        return
    try:
        frame = frame_of(file)
    except InputError as error:
        yield Mistake(("infeasible",) if len(options) <= 12 else ("parties",), str(error))
        return
    yield from _states(file, frame)
    for name, side in file.parties.items():
        yield from _preferences(frame, name, side)


def _sources(file: GraphFile) -> Iterator[Mistake]:
    cited: list[tuple[Path, object]] = [(("source",), file.source)]
    cited += [(("parties", name, "source"), side.source) for name, side in file.parties.items()]
    for at, said in cited:
        for name in [said] if isinstance(said, str) else said or ():  # type: ignore[attr-defined]
            if name not in file.sources:
                yield Mistake(at, f"no source is called '{name}'{did_you_mean(name, file.sources)}")


def _options(file: GraphFile, options: Sequence[str]) -> Iterator[Mistake]:
    """Check that options have names of their own, and that there is one kind of states."""
    count = Counter(options)
    for name, side in file.parties.items():
        for key in side.options:
            at: Path = ("parties", name, "options", key)
            if count[key] > 1:
                text = f"two parties have an option called '{key}': give each a name of its own"
                yield Mistake(at, text, at_name=True)
            if key.casefold() in WORDS or is_pattern(key):
                text = f"an option cannot be called '{key}', a word of statements: rename it"
                yield Mistake(at, text, at_name=True)
        if options and side.moves:
            text = "in option form moves follow from the options: take `moves` out"
            yield Mistake(("parties", name, "moves"), text, at_name=True)
        if not options:
            yield from _ends(file, name, side)
    if not options and not file.states:
        text = "no options and no states: give parties `options`, or list `states` and `moves`"
        yield Mistake(("parties",), text)
    if len(file.states) > MOST_STATES:
        text = f"{len(file.states):,} states are too many: at most {MOST_STATES:,}"
        yield Mistake(("states",), text)


def _ends(file: GraphFile, name: str, side: Side) -> Iterator[Mistake]:
    """Check the states that moves lead from and to."""
    for source, targets in side.moves.items():
        for state in [source, *([targets] if isinstance(targets, str) else targets)]:
            if state not in file.states:
                text = f"no state is called '{state}'{did_you_mean(state, file.states)}"
                yield Mistake(("parties", name, "moves", source), text)


def _combinations(file: GraphFile, options: Sequence[str]) -> Iterator[Mistake]:
    """Check patterns and the options that rules name."""
    said = file.infeasible
    rules = bool(said.patterns or said.exclusive or said.at_least_one or said.needs)
    if not options:
        if rules or file.coalesce:
            text = "no party has options: patterns speak of options, so take them out"
            yield Mistake(("infeasible",) if rules else ("coalesce",), text, at_name=True)
        return
    patterns: list[tuple[Path, str]] = [
        (("infeasible", "patterns", k), text) for k, text in enumerate(said.patterns)
    ]
    patterns += [(("coalesce", k, "pattern"), m.pattern) for k, m in enumerate(file.coalesce)]
    for at, text in patterns:
        if len(text) != len(options):
            yield Mistake(
                at,
                f"'{text}' has {len(text)} signs and there are {len(options)} options: one sign "
                f"for each ({', '.join(options)})",
            )
    named: list[tuple[Path, str]] = []
    for field in ("exclusive", "at_least_one"):
        for k, group in enumerate(getattr(said, field)):
            named += [(("infeasible", field, k, j), name) for j, name in enumerate(group)]
    for option, needed in said.needs.items():
        named += [(("infeasible", "needs", option), name) for name in (option, needed)]
    for at, name in named:
        if name not in options:
            yield Mistake(at, f"no option is called '{name}'{did_you_mean(name, options)}")


def _one_way(name: str, side: Side, *, in_option_form: bool) -> Iterator[Mistake]:
    """Check that a party's preferences are given, and in one way only."""
    given = [way for way in WAYS if getattr(side, way) is not None]
    at: Path = ("parties", name)
    if not given:
        either = "`ranking`, `utility` or `prefers`"
        text = f"`statements`, {either}" if in_option_form else either
        yield Mistake(at, f"says nothing of what it prefers: add {text}")
    if len(given) > 1:
        kept = " and ".join(f"`{way}`" for way in given)
        yield Mistake(at, f"gives its preferences as {kept}: keep one of them")
    if side.statements is not None and not in_option_form:
        text = "statements speak of options, and there are none: give a ranking"
        yield Mistake((*at, "statements"), text, at_name=True)


def _states(file: GraphFile, frame: Frame) -> Iterator[Mistake]:
    """Check the states, and the parties of a question, that the file refers to."""
    for party in file.inverse.vary if file.inverse else ():
        if party not in file.parties:
            text = f"no party is called '{party}'{did_you_mean(party, file.parties)}"
            yield Mistake(("inverse", "vary", party), text, at_name=True)
    places: list[tuple[Path, str]] = []
    if file.status_quo is not None:
        places.append((("status_quo",), file.status_quo))
    if frame.form is not None:
        for name in file.states:
            if name not in frame.names:
                guess = did_you_mean(name, frame.names)
                text = f"no state is called '{name}'{guess}"
                yield Mistake(("states", name), text, at_name=True)
    places += _varied(file)
    for at, name in places:
        try:
            frame.state(name)
        except InputError as error:
            yield Mistake(at, str(error))


def _varied(file: GraphFile) -> Iterator[tuple[Path, str]]:
    """Yield the states that a question about preferences names."""
    if file.inverse is None:
        return
    yield ("inverse", "target"), file.inverse.target
    for party, block in file.inverse.vary.items():
        if block != "all":
            for name in [block] if isinstance(block, str) else block:
                yield ("inverse", "vary", party), name


def _preferences(frame: Frame, name: str, side: Side) -> Iterator[Mistake]:
    """Check that a party's preferences can be read and compare all states."""
    given = [way for way in WAYS if getattr(side, way) is not None]
    if len(given) != 1 or (side.statements is not None and frame.form is None):
        return
    wrong = []
    for k, text in enumerate(side.statements or ()):
        try:
            read_formula(text, frame.options)
        except InputError as error:
            wrong.append(Mistake(("parties", name, "statements", k), str(error)))
    yield from wrong
    if not wrong:
        try:
            values_of(frame, side)
        except InputError as error:
            yield Mistake(("parties", name, given[0]), str(error))
