"""The second level of a scenario as arrays: what every package is worth to every ratifier.

A ratifier is read as a party. One that is like a party stands in that party's place when the
scenario is read, so that every number they share is drawn alike; what differs is written over it
or added as a lever would. Its column is then set beside those of the parties.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.condition import Condition
from sim.ensemble import Bonus, Ensemble, TableTerm
from sim.equilibria.ratification.win_set import VotingRule
from sim.issues import OutcomeSpace
from sim.preferences.readers import Central, Drawn, Reader
from sim.preferences.streams import Streams
from sim.sampling import central, sample
from sim.scenario import Lever, Ratification, RedLine, RedLines, Scenario
from sim.scenario.ratification import Body, Ratifier
from sim.structure import READINGS, Structure
from sim.words import name_of

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Indices = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Voter:
    """One ratifier, read as a party of a scenario of its own.

    Attributes
    ----------
    name
        How a sentence calls it.
    stands_in
        The scenario in which a party is this ratifier, and that party's place.
    lever
        The shift of its numbers, in place as a lever of that scenario.
    lines
        What it votes against whatever the rest, with the chance that the line holds and the path
        of that number.
    """

    name: str
    stands_in: Scenario
    column: int
    lever: tuple[str, ...]
    lines: tuple[tuple[Condition, RedLine, str], ...]

    def central(self, red_lines: RedLines) -> Ensemble:
        """Return the central reading of its scenario."""
        return central(self.stands_in, red_lines=red_lines, levers=self.lever)

    def drawn(self, n: int, seed: int, red_lines: RedLines) -> Iterator[Ensemble]:
        """Draw what is uncertain, alike for all ratifiers and the parties they are like."""
        return sample(self.stands_in, n, seed=seed, red_lines=red_lines, levers=self.lever)

    def refuses(self, read: Reader) -> list[tuple[Condition, Bools]]:
        """Say which of its red lines hold, each with its condition, shape ``(n_draws,)``."""
        return [(where, read.chance(line.binds, path)) for where, line, path in self.lines]


@dataclass(frozen=True, eq=False)
class Chamber:
    """One body.

    Attributes
    ----------
    key, name, side
        Identifier, name for readers, and the party on whose side it votes.
    rule
        Weights, quota and vetoes, at the central reading.
    voters
        Its ratifiers.
    asked
        Conditions of which any calls for a vote; none where it always votes.
    split, steepness, shock
        How its votes scatter, see `sim.scenario.ratification.Body`.
    """

    key: str
    name: str
    side: str
    rule: VotingRule
    voters: tuple[Voter, ...]
    asked: tuple[Condition, ...]
    split: bool
    steepness: float
    shock: float
    body: Body

    def is_asked(self, choices: Indices) -> Bools:
        """Tell which packages it votes on, shape ``(…, n_issues)`` to ``(…,)``."""
        if not self.asked:
            return np.ones(choices.shape[:-1], dtype=bool)
        asked: Bools = np.logical_or.reduce([where.holds(choices) for where in self.asked])
        return asked

    def votes(self, read: Reader, tiers: Mapping[int, tuple[float, float]]) -> Floats:
        """Read the weights as shares, shape ``(n_draws, n_ratifiers)``."""
        path = f"ratification.bodies.{self.key}.ratifiers"
        weights = np.column_stack([
            read.weight(ratifier.weight, f"{path}.{who}.weight", tiers)
            for who, ratifier in self.body.ratifiers.items()
        ])  # fmt: skip
        total = weights.sum(axis=1, keepdims=True)
        shares: Floats = np.where(total > 0, weights, 1.0) / np.where(
            total > 0, total, weights.shape[1]
        )
        return shares


@dataclass(frozen=True, eq=False)
class House:
    """All bodies of a scenario, at the central reading.

    Attributes
    ----------
    scenario, red_lines
        What is read.
    chambers
        The bodies, in file order.
    joint
        The parties' columns, then every ratifier's, body after body.
    """

    scenario: Scenario
    red_lines: RedLines
    chambers: tuple[Chamber, ...]
    joint: Ensemble

    @property
    def block(self) -> Ratification:
        """The part of the file that all this comes from."""
        assert self.scenario.ratification is not None
        return self.scenario.ratification

    @cached_property
    def columns(self) -> tuple[tuple[int, ...], ...]:
        """For each body the columns of its ratifiers."""
        start = len(self.scenario.parties)
        ends = start + np.cumsum([len(chamber.voters) for chamber in self.chambers])
        return tuple(
            tuple(range(end - len(chamber.voters), end))
            for chamber, end in zip(self.chambers, ends.tolist(), strict=True)
        )

    @cached_property
    def held(self) -> tuple[tuple[tuple[Condition, ...], ...], ...]:
        """For each body and ratifier the red lines that hold at the central reading."""
        return tuple(
            tuple(
                tuple(where for where, holds in voter.refuses(Central()) if holds[0])
                for voter in chamber.voters
            )
            for chamber in self.chambers
        )

    def gains(self, b: int, choices: Indices) -> Floats:
        """Return what packages give each ratifier of a body over what it asks for.

        Parameters
        ----------
        choices
            Option indices, shape ``(n, n_issues)``.

        Returns
        -------
        ndarray
            Shape ``(n, n_ratifiers)``; minus infinity where a red line is crossed.
        """
        columns = list(self.columns[b])
        issues = range(choices.shape[1])
        worth = self.joint.row_utilities(issues, choices, columns)[0]
        gains: Floats = worth - self.joint.thresholds[0, columns]
        for place, lines in enumerate(self.held[b]):
            for where in lines:
                gains[where.holds(choices), place] = -np.inf
        return gains

    def expected_gains(self, b: int, options: Sequence[Indices]) -> Floats:
        """Return the gains from a package that is drawn from option sets, ``(n_ratifiers,)``.

        A red line counts as crossed where every option crosses it.
        """
        columns = list(self.columns[b])
        worth = self.joint.expected_utility(options)[0, columns]
        gains: Floats = worth - self.joint.thresholds[0, columns]
        for place, lines in enumerate(self.held[b]):
            if any(where.share(options) == 1 for where in lines):
                gains[place] = -np.inf
        return gains

    def ratifies(self, choices: Indices) -> Bools:
        """Tell which packages each body ratifies or is not asked about, ``(n, n_bodies)``."""
        passed: Bools = np.column_stack([
            ~chamber.is_asked(choices) | chamber.rule.ratified(self.gains(b, choices))
            for b, chamber in enumerate(self.chambers)
        ])  # fmt: skip
        return passed

    def with_chamber(self, b: int, **changes: object) -> House:
        """Return the house with something changed about one body."""
        chambers = list(self.chambers)
        chambers[b] = replace(chambers[b], **changes)  # type: ignore[arg-type]
        return replace(self, chambers=tuple(chambers))

    def insisting(self, b: int, more: float) -> House:
        """Return the house in which all ratifiers of one body ask for more."""
        thresholds = self.joint.thresholds.copy()
        thresholds[:, list(self.columns[b])] += more
        return replace(self, joint=replace(self.joint, thresholds=thresholds))


def read_house(scenario: Scenario, red_lines: RedLines) -> House:
    """Read the bodies of a scenario that has some."""
    assert scenario.ratification is not None
    space = scenario.space
    chambers = tuple(
        _chamber(scenario, key, body, space, red_lines)
        for key, body in scenario.ratification.bodies.items()
    )
    joint = _beside(scenario, central(scenario, red_lines=red_lines), chambers, red_lines)
    return House(scenario, red_lines, chambers, joint)


def _chamber(
    scenario: Scenario, key: str, body: Body, space: OutcomeSpace, red_lines: RedLines
) -> Chamber:
    block = scenario.ratification
    assert block is not None
    conditions = body.asked_when if isinstance(body.asked_when, list) else [body.asked_when]
    asked = tuple(Condition.of(when, space) for when in conditions if when is not None)
    voters = tuple(
        _voter(scenario, f"{key}.{who}", ratifier, space, red_lines)
        for who, ratifier in body.ratifiers.items()
    )
    chamber = Chamber(
        key, name_of(body.name), body.side, VotingRule(np.zeros(0), 1.0, np.zeros(0, dtype=bool)),
        voters, asked, body.votes == "split",
        block.steepness if body.steepness is None else body.steepness,
        block.shock if body.shock is None else body.shock, body,
    )  # fmt: skip
    votes = chamber.votes(Central(), scenario.tiers)[0]
    vetoes = np.array([ratifier.veto for ratifier in body.ratifiers.values()])
    return replace(chamber, rule=VotingRule.of(votes, quota=body.quota, vetoes=vetoes))


def _voter(
    scenario: Scenario, key: str, ratifier: Ratifier, space: OutcomeSpace, red_lines: RedLines
) -> Voter:
    base = None if ratifier.like is None else scenario.parties[ratifier.like]
    place = key if ratifier.like is None else ratifier.like
    parties = {**scenario.parties, place: ratifier.as_party(base)}
    levers = dict(scenario.levers)
    if ratifier.shift is not None:
        levers[key] = Lever(by=ratifier.name, effects={place: ratifier.shift})
    body, who = key.split(".", 1)
    lines = tuple(
        (Condition.of(line.when, space), line,
         f"ratification.bodies.{body}.ratifiers.{who}.red_lines.{k}.binds")
        for k, line in enumerate(ratifier.red_lines)
        if line.kind in READINGS[red_lines]
    )  # fmt: skip
    stands_in = scenario.model_copy(update={"parties": parties, "levers": levers})
    lever = (key,) if ratifier.shift is not None else ()
    return Voter(name_of(ratifier.name), stands_in, list(parties).index(place), lever, lines)


def _beside(
    scenario: Scenario, one: Ensemble, chambers: Sequence[Chamber], red_lines: RedLines
) -> Ensemble:
    """Set the ratifiers' columns beside the parties'."""
    parties = dict(scenario.parties)
    parts: list[tuple[Ensemble, int]] = []
    for chamber in chambers:
        for k, voter in enumerate(chamber.voters):
            party = voter.stands_in.parties[list(voter.stands_in.parties)[voter.column]]
            own = party.model_copy(update={"consent": "advisory", "red_lines": []})
            parties[f"{chamber.key}.{k}"] = own
            parts.append((voter.central(red_lines), voter.column))
    structure = Structure(scenario.model_copy(update={"parties": parties}))
    n = one.n_parties
    bonuses, tables = list(one.bonuses), list(one.tables)
    for place, (other, c) in enumerate(parts, start=n):
        bonuses += [Bonus(place, b.condition, b.amount) for b in other.bonuses if b.party == c]
        tables += [TableTerm(place, t.issues, t.utilities) for t in other.tables if t.party == c]

    def joined(whole: Callable[[Ensemble], NDArray[np.generic]]) -> NDArray[np.generic]:
        """Put columns of the last axis side by side."""
        return np.concatenate(
            [whole(one), *(whole(other)[..., c : c + 1] for other, c in parts)], axis=-1
        )

    issues = range(len(one.terms))
    return Ensemble(
        structure=structure,
        terms=tuple(joined(lambda e, k=k: e.terms[k]) for k in issues),  # type: ignore[misc]
        included=tuple(joined(lambda e, k=k: e.included[k]) for k in issues),  # type: ignore[misc]
        bonuses=tuple(bonuses),
        tables=tuple(tables),
        disagreement=joined(lambda e: e.disagreement),  # type: ignore[arg-type]
        thresholds=joined(lambda e: e.thresholds),  # type: ignore[arg-type]
        binds=one.binds,
    )


def drawn_reader(seed: int, n: int) -> Reader:
    """Return a reader of the numbers that stand in the `ratification` block itself."""
    return Drawn(Streams(seed), n)
