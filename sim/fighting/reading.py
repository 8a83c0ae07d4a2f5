"""From a scenario's `war` block to arrays, draw by draw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.ensemble import Ensemble
from sim.fighting.chain import Chain
from sim.preferences.readers import Reader
from sim.preferences.uncertain import Distribution
from sim.scenario import Scenario, War

Floats = NDArray[np.float64]
Chances = Mapping[str, float | Distribution]
LEAST_PATIENCE = 1e-9


@dataclass(frozen=True, eq=False)
class Fought:
    """What the war of a scenario is, to all its parties and in every draw.

    Attributes
    ----------
    states
        Names of the states of the front; one, called ``fighting``, where there is no front.
    ends
        Names of the ends.
    start
        Place of the state in which the war begins, or is.
    common
        Its course as all see it.
    believed
        Its course as a party sees it, by column; only of those who see it otherwise.
    prizes
        Utility of each end, shape ``(n_draws, n_ends, n_parties)``.
    flow
        What a round of fighting is worth before its cost, ``(n_draws, n_states, n_parties)``.
    once, per_round
        Costs, shape ``(n_draws, n_parties)``.
    patience
        Discount factors, shape ``(n_draws, n_parties)``; 1 where rounds do not count.
    timed
        Whether rounds count.
    """

    states: tuple[str, ...]
    ends: tuple[str, ...]
    start: int
    common: Chain
    believed: Mapping[int, Chain]
    prizes: Floats
    flow: Floats
    once: Floats
    per_round: Floats
    patience: Floats
    timed: bool

    def course(self, column: int, *, believed: bool = True) -> Chain:
        """Return the course of the war as a party sees it, or as all do."""
        return self.believed.get(column, self.common) if believed else self.common

    def worth(self, column: int, *, believed: bool = True) -> Floats:
        """Return what fighting on is worth to a party, shape ``(n_draws, n_states)``.

        What going to war cost is spent by then and does not count.
        """
        flow = self.flow[:, :, column] - self.per_round[:, [column]]
        chain = self.course(column, believed=believed)
        return chain.worth(self.prizes[:, :, column], flow, self.patience[:, column])

    def outset(self, column: int, *, believed: bool = True) -> Floats:
        """Return what going to war is worth to a party, shape ``(n_draws,)``."""
        return self.worth(column, believed=believed)[:, self.start] - self.once[:, column]


def fought(scenario: Scenario, ensemble: Ensemble, read: Reader) -> Fought:
    """Read the war of a scenario.

    Parameters
    ----------
    scenario
        With a `war` block that has ends.
    ensemble
        The same reading of what the parties want, which says what ends are worth to them.
    read
        Reads the numbers of the block; chances are divided by their sum.
    """
    war = scenario.war
    assert war is not None  # checked in `sim.consistency`
    front = war.front
    states = ("fighting",) if front is None else tuple(front.states)
    ends = tuple(war.ends)
    n, parties = ensemble.n_draws, list(scenario.parties)
    moves = _moves(war, read)
    common = _chain(moves, states, ends, n)
    believed = {
        parties.index(party): _chain(_as_believed(war, party, moves, read), states, ends, n)
        for party in war.beliefs
    }
    prizes = np.stack([_utility(scenario, ensemble, end.picks) for end in war.ends.values()], 1)
    once, per_round, patience = np.zeros((3, n, len(parties)))
    flow = np.zeros((n, len(states), len(parties)))
    if war.timed:
        stands = [war.meanwhile] if front is None else [s.picks for s in front.states.values()]
        flow = np.stack([_standing(scenario, ensemble, war, picks) for picks in stands], axis=1)
    for column, name in enumerate(parties):
        party, at = war.parties.get(name), f"war.parties.{name}"
        if party is not None:
            once[:, column] = read.number(party.once, f"{at}.once")
            per_round[:, column] = read.number(party.per_round, f"{at}.per_round")
            if party.meanwhile is not None:
                flow[:, :, column] = read.number(party.meanwhile, f"{at}.meanwhile")[:, None]
        patience[:, column] = 1.0
        if war.timed:
            number, path = scenario.parties[name].patience, f"parties.{name}.patience"
            patience[:, column] = read.number(number, path, LEAST_PATIENCE, 1.0)
    start = 0 if front is None else states.index(front.start)
    return Fought(
        states, ends, start, common, believed, prizes, flow, once, per_round, patience, war.timed
    )


Rows = Mapping[str, Mapping[str, Floats]]
"""State -> state or end -> chance in each draw."""


def _moves(war: War, read: Reader) -> Rows:
    """Read where the front can go; without one it is a single state that ends or does not."""
    if war.front is not None:
        return {
            state: _row(spec.to, f"war.front.states.{state}.to", read)
            for state, spec in war.front.states.items()
        }
    chances = {end: spec.chance or 0.0 for end, spec in war.ends.items()}
    row = {e: read.number(c, f"war.ends.{e}.chance", 0.0, 1.0) for e, c in chances.items()}
    return {"fighting": _ending(row, _stopping(war, read))}


def _row(chances: Chances, at: str, read: Reader) -> dict[str, Floats]:
    return {name: read.number(c, f"{at}.{name}", 0.0, 1.0) for name, c in chances.items()}


def _stopping(war: War, read: Reader) -> Floats | float:
    """Return the chance that the fighting ends in a round."""
    if war.ending is not None:
        return read.number(war.ending, "war.ending", 0.0, 1.0)
    if war.lasts is not None:
        return 1.0 / np.maximum(read.number(war.lasts, "war.lasts", 1.0), 1.0)
    return 1.0


def _ending(row: Mapping[str, Floats], stops: Floats | float) -> dict[str, Floats]:
    """Turn the chances of the ends into those of a round."""
    total = sum(row.values(), np.zeros(1))
    shares = {end: stops * chance / np.where(total > 0, total, 1.0) for end, chance in row.items()}
    return {"fighting": np.asarray(1.0 - stops) + 0 * total, **shares}


def _as_believed(war: War, party: str, common: Rows, read: Reader) -> Rows:
    belief, at = war.beliefs[party], f"war.beliefs.{party}"
    if war.front is not None:
        own = {s: _row(to, f"{at}.moves.{s}", read) for s, to in belief.moves.items()}
        return {**common, **own}
    if not belief.ends:
        return common
    stops = 1.0 - common["fighting"]["fighting"]
    return {"fighting": _ending(_row(belief.ends, f"{at}.ends", read), stops)}


def _chain(rows: Rows, states: Sequence[str], ends: Sequence[str], n: int) -> Chain:
    """Put the chances in arrays, each row divided by its sum."""
    places = {name: k for k, name in enumerate((*states, *ends))}
    table = np.zeros((n, len(states), len(places)))
    for k, state in enumerate(states):
        for name, chance in rows[state].items():
            table[:, k, places[name]] = chance
    table /= table.sum(axis=2, keepdims=True)
    return Chain(table[:, :, : len(states)], table[:, :, len(states) :])


def _standing(scenario: Scenario, ensemble: Ensemble, war: War, picks: Mapping[str, str]) -> Floats:
    """Return the utility of what stands while the front is in a state, ``(n_draws, n_parties)``."""
    usual = {name: issue.status_quo for name, issue in scenario.issues.items()}
    stands = picks or war.meanwhile or {i: o for i, o in usual.items() if o is not None}
    if len(stands) < len(usual):  # then every party says itself what a round is worth
        return np.zeros((ensemble.n_draws, ensemble.n_parties))
    return _utility(scenario, ensemble, stands)


def _utility(scenario: Scenario, ensemble: Ensemble, picks: Mapping[str, str]) -> Floats:
    issues = scenario.issues
    return ensemble.utility([issues[name].index(picks[name]) for name in issues])
