"""Signed texts as states of a graph: who can walk away, or break the text, and what that gives.

The states are no deal, every plan version as signed, and every version with some of the issues
broken that a party has in its hands. Alone a signatory can walk away, for good, and whoever
controls issues can break the text on them or go back to it; to sign, or to exchange one version
for another, takes all signatories together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.equilibria.setting import Setting
from sim.graph_model.graph import MOST_STATES, Edges, Floats, Graph, Indices
from sim.partition import allowed_choices, groups
from sim.plans import PlanReading, read_plans
from sim.scenario import AfterSignature
from sim.structure import Structure
from sim.words import listed, name_of

NO_DEAL = 0
"""The state of no deal."""


@dataclass(frozen=True)
class Breach:
    """An issue that a party can break the text on.

    Attributes
    ----------
    issue
        Its place among the issues.
    mover
        Place of the party among the movers.
    option
        The option that a breach brings about.
    """

    issue: int
    mover: int
    option: int


@dataclass(frozen=True, eq=False)
class Version:
    """One text and what can become of it.

    Attributes
    ----------
    name, title
        Identifier and name for readers.
    feasible
        Whether it keeps the constraints; if not, it has no states.
    breaches
        Issues that can be broken, with something to break: the text says otherwise.
    states
        Numbers of its states in the graph; the first is the text as signed.
    broken
        For each state which of the breaches have happened, shape ``(n_states, n_breaches)``.
    crossed
        For each state how many of its own red lines each mover sees crossed,
        ``(n_states, n_movers)``.
    utilities
        Shape ``(n_states, n_movers)``.
    """

    name: str
    title: str
    feasible: bool
    breaches: tuple[Breach, ...]
    states: Indices
    broken: np.ndarray[tuple[int, int], np.dtype[np.bool_]]
    crossed: Indices
    utilities: Floats


@dataclass(frozen=True, eq=False)
class PlanGraph:
    """All versions in one graph.

    Attributes
    ----------
    setting
        Where they come from.
    movers
        Identifiers: the players, then others who control an issue.
    versions
        The texts.
    graph
        States, moves, preferences; a state that crosses one of a signatory's own red lines ranks
        below no deal for it.
    """

    setting: Setting
    movers: tuple[str, ...]
    versions: tuple[Version, ...]
    graph: Graph

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the movers."""
        parties = self.setting.scenario.parties
        return tuple(name_of(parties[mover].name) for mover in self.movers)

    @cached_property
    def states(self) -> tuple[str, ...]:
        """What sentences call the states."""
        said = ["no deal"]
        titles = [name_of(i.title) for i in self.setting.scenario.issues.values()]
        for version in self.versions:
            for row in version.broken:
                broken = [
                    f"{self.names[b.mover]} breaks “{titles[b.issue]}”"
                    for b, on in zip(version.breaches, row, strict=True)
                    if on
                ]
                whole = f"“{version.title}”"
                said.append(f"{whole} where {listed(broken)}" if broken else whole)
        return tuple(said)


def plan_graph(setting: Setting, readings: Sequence[PlanReading] | None = None) -> PlanGraph | str:
    """Build the graph of a scenario's plan versions; or say why it is too large.

    Parameters
    ----------
    setting
        The scenario's reading.
    readings
        The texts; the scenario's plan versions by default.
    """
    block = setting.scenario.graph or AfterSignature()
    movers = [*setting.parties]
    movers += [c.party for c in block.controls.values() if c.party not in movers]
    movers = list(dict.fromkeys(movers))
    columns = [setting.structure.parties.index(mover) for mover in movers]
    texts = read_plans(setting.scenario) if readings is None else list(readings)
    breaches = [_breaches(setting, text, block, movers) for text in texts]
    total = 1 + sum(2 ** len(own) for own in breaches)
    if total > MOST_STATES:
        return (
            f"{len(texts)} versions with up to {max(map(len, breaches))} issues to break have "
            f"{total:,} states, too many to look at one by one (at most {MOST_STATES:,}): name "
            "fewer issues under `graph.controls`"
        )
    versions: list[Version] = []
    first = 1
    for text, own in zip(texts, breaches, strict=True):
        version = _version(setting, text, own, columns, first)
        versions.append(version)
        first += len(version.states)
    values = _values(setting, versions, columns)
    near = np.full(len(movers), block.near)
    moves = [_moves(versions, k, walks=k < len(setting.parties)) for k in range(len(movers))]
    everyone = tuple(range(len(setting.parties)))
    signed = [int(v.states[0]) for v in versions if v.feasible]
    joint = Edges.of([(s, t) for s in range(values.shape[1]) for t in signed])
    graph = Graph(tuple(moves), values, near, ((everyone, joint),))
    return PlanGraph(setting, tuple(movers), tuple(versions), graph)


def _breaches(
    setting: Setting, text: PlanReading, block: AfterSignature, movers: Sequence[str]
) -> tuple[Breach, ...]:
    """Return the issues on which the text can be broken: it says something else on them."""
    issues = setting.scenario.issues
    found = []
    for name, control in block.controls.items():
        place = list(issues).index(name)
        to = control.to if control.to is not None else issues[name].status_quo
        assert to is not None  # checked with the file
        option = issues[name].index(to)
        if text.central[place].tolist() != [option]:
            found.append(Breach(place, movers.index(control.party), option))
    return tuple(sorted(found, key=lambda b: (b.mover, b.issue)))


def _version(
    setting: Setting,
    text: PlanReading,
    breaches: tuple[Breach, ...],
    columns: Sequence[int],
    first: int,
) -> Version:
    """Work out every state that a text can turn into; those that break a constraint are none."""
    one, structure = setting.one, setting.structure
    title = name_of(structure.scenario.plans[text.name].title) if text.name else "the Nash solution"
    held = structure.binding(setting.red_lines, columns)
    lines = [structure.lines[k] for k in held if one.binds[0, k]]
    rows, utilities, crossed = [], [], []
    for code in range(2 ** len(breaches)):
        row = [bool(code >> k & 1) for k in range(len(breaches))]
        options = list(text.central)
        for breach, on in zip(breaches, row, strict=True):
            if on:
                options[breach.issue] = np.array([breach.option])
        if not _possible(structure, options):
            if code == 0:
                break
            continue
        rows.append(row)
        utilities.append(one.expected_utility(options)[0, list(columns)])
        met = [line.party for line in lines if line.condition.share(options) == 1]
        crossed.append([met.count(column) for column in columns])
    n = len(rows)
    return Version(
        text.name,
        title,
        n > 0,
        breaches,
        np.arange(first, first + n),
        np.array(rows, dtype=bool).reshape(n, len(breaches)),
        np.array(crossed, dtype=np.intp).reshape(n, len(columns)),
        np.array(utilities, dtype=float).reshape(n, len(columns)),
    )


def _possible(structure: Structure, options: Sequence[Indices]) -> bool:
    """Tell whether the constraints leave some way to settle what is open."""
    ties = [c.issues for c in structure.constraints]
    for issues in groups(len(options), ties):
        here = [c for c in structure.constraints if set(c.issues) <= set(issues)]
        if here and not len(allowed_choices(issues, options, here)):
            return False
    return True


def _values(setting: Setting, versions: Sequence[Version], columns: Sequence[int]) -> Floats:
    """Return what every mover makes of every state, shape ``(n_movers, n_states)``."""
    no_deal = setting.one.disagreement[0, list(columns)]
    rows = [no_deal[None], *(v.utilities for v in versions)]
    values = np.concatenate(rows).T
    lines = np.concatenate(
        [np.zeros((1, len(columns)), dtype=np.intp), *(v.crossed for v in versions)]
    )
    below = values.max(axis=1) - values.min(axis=1) + 1.0
    signs = np.arange(len(columns)) < len(setting.parties)
    shifted: Floats = values - (below * signs)[:, None] * (lines.T > 0)
    return shifted


def _moves(versions: Sequence[Version], mover: int, *, walks: bool) -> Edges:
    """Return what a party can do alone: walk away, break the text, go back to it."""
    pairs = [np.zeros((0, 2), dtype=np.intp)]
    for version in versions:
        if not version.feasible:
            continue
        if walks:
            away = np.full_like(version.states, NO_DEAL)
            pairs.append(np.column_stack([version.states, away]))
        others = [k for k, b in enumerate(version.breaches) if b.mover != mover]
        if len(others) < len(version.breaches):
            fixed = version.broken[:, others] @ (1 << np.arange(len(others)))
            same = np.argwhere(fixed[:, None] == fixed)
            pairs.append(version.states[same])
    return Edges.of(np.concatenate(pairs))
