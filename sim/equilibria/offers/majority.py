"""Offers that so many parties must accept: Baron and Ferejohn's legislature on a scenario.

A coalition that can decide needs nobody else: its efficient packages are looked for among its
own members, and only their red lines rule packages out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from sim.assembly import summed
from sim.equilibria.conduct import Conduct
from sim.equilibria.hinging import PATIENCE, nearest_flip
from sim.equilibria.offers.backward_induction import NEAR, Floats, Indices, Rules
from sim.equilibria.offers.baron_ferejohn import baron_ferejohn
from sim.equilibria.offers.changed_rules import patient
from sim.equilibria.offers.in_words import gets
from sim.equilibria.offers.quota import Consent
from sim.equilibria.offers.several_equilibria import number_hinges, opening_hinges
from sim.equilibria.offers.stationary import Stationary, after, stationary, turns_of
from sim.equilibria.prediction import Hinge, Prediction
from sim.equilibria.setting import Setting
from sim.frontier import OutOfReach, pareto_frontier
from sim.problem import Problem
from sim.words import counted, listed, plain

SHOWN = 50


@dataclass(frozen=True, eq=False)
class _Game:
    """Talks that a coalition can end, over the packages that are efficient for one."""

    conduct: Conduct
    consent: Consent
    _problems: dict[tuple[int, ...], Problem] = field(default_factory=dict)

    @cached_property
    def rules(self) -> Rules:
        """The rules; where the file names no order, all are as likely to propose."""
        rules = self.conduct.rules
        if rules.chances is None and self.conduct.talks.order is None:
            return replace(rules, chances=np.full(rules.n_parties, 1 / rules.n_parties))
        return rules

    @cached_property
    def candidates(self) -> tuple[Floats, Indices] | OutOfReach:
        """What any coalition that can decide could want: utilities and choices."""
        setting = self.conduct.setting
        tables, choices = [], []
        for members in self.consent.coalitions():
            found = self._frontier(members)
            if isinstance(found, OutOfReach):
                return found
            all_utilities, those = found
            tables.append(all_utilities)
            choices.append(those)
        n = len(setting.structure.space.issues)
        every = np.concatenate([*choices, np.zeros((0, n), dtype=np.intp)])
        _, first = np.unique(every, axis=0, return_index=True)
        keep = np.sort(first)
        return np.concatenate([*tables, np.zeros((0, self.consent.n))])[keep], every[keep]

    def _frontier(self, members: tuple[int, ...]) -> tuple[Floats, Indices] | OutOfReach:
        """Return the efficient packages of a coalition: what everybody gets, and which they are."""
        setting = self.conduct.setting
        everybody = self.open_to(members)
        frontier = pareto_frontier(everybody.for_parties(members), time_limit=setting.time_limit)
        if isinstance(frontier, OutOfReach):
            return frontier
        table = [everybody.utility(choice) for choice in frontier.choices]
        return np.reshape(table, (-1, self.consent.n)).astype(float), frontier.choices

    def open_to(self, members: tuple[int, ...]) -> Problem:
        """Return the problem of all players under the red lines of a coalition."""
        setting = self.conduct.setting
        one, structure = setting.one.draw(0), setting.structure
        own = [setting.columns[k] for k in members]
        lines = [k for k in structure.binding(setting.red_lines, own) if one.binds[0, k]]
        return self._within(tuple(lines))

    def _within(self, lines: tuple[int, ...]) -> Problem:
        """Return the problem of all players under some of the red lines."""
        if lines not in self._problems:
            setting = self.conduct.setting
            one, structure = setting.one.draw(0), setting.structure
            columns = list(setting.columns)
            excluded = [*structure.constraints, *(structure.lines[k].condition for k in lines)]
            blocks, loose = summed(one, columns, excluded)
            d, r = one.disagreement[0, columns], one.thresholds[0, columns]
            self._problems[lines] = Problem(blocks, d, r, loose=loose)
        return self._problems[lines]

    def solve(self, rules: Rules) -> list[Stationary]:
        """Find stationary equilibria in pure strategies."""
        assert not isinstance(self.candidates, OutOfReach)  # looked at before
        points, _ = self.candidates
        if not len(points):
            return []
        return stationary(points, rules, quota=self.consent.quota, vetoes=self.consent.vetoes)

    @cached_property
    def found(self) -> list[Stationary]:
        return self.solve(self.rules)


def majority(setting: Setting) -> Prediction:
    """Predict talks in which so many parties must agree, and not all.

    References
    ----------
    Baron & Ferejohn (1989), American Political Science Review 83 (4), 1181-1206; Eraslan (2002),
    Journal of Economic Theory 103 (1), 11-30; Banks & Duggan (2000), "A Bargaining Model of
    Collective Choice", American Political Science Review 94 (1), 73-88.
    """
    conduct = Conduct.of(setting)
    n = len(setting.parties)
    empty = Prediction(
        "majority", "Offers by majority", "The parties propose until enough of them agree.",
        parties=setting.parties,
    )  # fmt: skip
    if n < 2:
        return empty.because("offers need two parties or more: name them with --parties")
    quota = min(conduct.talks.quota or n // 2 + 1, n)
    consent = Consent.of(n, quota, conduct.columns(conduct.talks.vetoes))
    game = _Game(conduct, consent)
    empty = replace(empty, assumptions=_assumptions(game))
    if consent.unanimous:
        return empty.because(
            "here all must agree, which is the model alternating_offers; give talks.quota a number "
            f"below {n} to ask what fewer could decide"
        )
    if isinstance(game.candidates, OutOfReach):
        why = game.candidates.why.rstrip(".")
        return empty.because(f"what a coalition can agree on is not known: {why}")
    told = replace(empty, details=_details(game), table=_table(game))
    if not len(game.candidates[0]):
        return _without_packages(game, told)
    if not game.found:
        return told.because(
            "no stationary equilibrium in pure strategies was found: best replies go round in "
            "circles, and parties would have to mix; the same parties dividing one pie are in the "
            "details"
        )
    first = game.found[0]
    alone = _distinct(game.found) == 1
    expected = first.expected(game.rules.chances)
    return replace(
        told,
        says=_says(game),
        outcome=_certain(game) if alone else None,
        utilities=setting.by_party(expected) if alone else None,
        hinges=setting.hinged(_hinges(game) if alone else _number(game)),
    )


def _without_packages(game: _Game, told: Prediction) -> Prediction:
    """Say that no coalition has anything to propose, and at which no-deal values one has."""
    return replace(
        told,
        says="No coalition that can decide finds a package better than no deal for its members.",
        utilities=game.conduct.setting.by_party(game.rules.disagreement),
        hinges=game.conduct.setting.hinged(_opening(game)),
    )


def _distinct(found: list[Stationary]) -> int:
    return len({one.proposals.tobytes() for one in found})


def _assumptions(game: _Game) -> str:
    conduct, consent = game.conduct, game.consent
    names = conduct.setting.names
    given = "" if conduct.talks.quota else " (by default: a majority)"
    who = counted(consent.quota, "party", "parties")
    vetoes = ""
    if consent.vetoes:
        vetoes = f", {listed([names[k] for k in consent.vetoes])} among them"
    said, lot = conduct.in_words(drift=False), ""
    if conduct.chances is None and game.rules.chances is not None:
        said, lot = said.partition("; ")[2], "all are as likely to propose (by default); "
    return (
        f"One proposal a {conduct.unit} without end, {who} must agree{vetoes}{given}; {lot}{said}; "
        "who is outvoted gets what the package gives it, its red lines count for nothing; each "
        "party always proposes the same."
    )


def _says(game: _Game) -> str:
    names = game.conduct.setting.names
    n = _distinct(game.found)
    if n > 1:
        spread = np.array([one.expected(game.rules.chances) for one in game.found])
        ends = zip(names, spread.min(axis=0), spread.max(axis=0), strict=True)
        each = ", ".join(f"{name} {plain(low)} to {plain(high)}" for name, low, high in ends)
        return f"At least {n} equilibria stand beside each other: {each}."
    one = game.found[0]
    parts = []
    for k, who in enumerate(one.turns):
        if game.rules.chances is not None and game.rules.chances[who] == 0:
            continue
        yes = [names[j] for j in _accepting(game, one, k) if j != who]
        with_whom = f"with {listed(yes)}" if yes else "alone"
        parts.append(f"{names[who]} {with_whom}")
    expected = one.expected(game.rules.chances)
    return f"Who agrees: {'; '.join(dict.fromkeys(parts))}. They expect {gets(names, expected)}."


def _accepting(game: _Game, one: Stationary, turn: int) -> list[int]:
    """Return who would accept what is proposed in a turn; its proposer among them."""
    wait = game.rules.waiting(0, after(one.values, game.rules)[turn])
    yes = one.values[turn] >= np.maximum(wait, game.rules.outside) - NEAR
    yes[one.turns[turn]] = True
    return np.flatnonzero(yes).tolist()


def _certain(game: _Game) -> dict[str, str] | None:
    one = game.found[0]
    assert not isinstance(game.candidates, OutOfReach)  # looked at before
    if len(set(one.proposals.tolist())) > 1:
        return None
    return game.conduct.setting.package(game.candidates[1][one.proposals[0]])


def _details(game: _Game) -> dict[str, Any]:
    setting, consent = game.conduct.setting, game.consent
    assert not isinstance(game.candidates, OutOfReach)  # looked at before
    points, choices = game.candidates
    return {
        "quota": consent.quota,
        "vetoes": [setting.parties[k] for k in consent.vetoes],
        "coalitions": [[setting.parties[k] for k in who] for who in consent.coalitions()],
        "candidates": len(points),
        "equilibria": [
            {
                "expected": setting.by_party(one.expected(game.rules.chances)),
                "proposals": [
                    {
                        "proposer": setting.parties[who],
                        "outcome": setting.package(choices[one.proposals[k]]),
                        "utilities": setting.by_party(one.values[k]),
                        "accepted_by": [
                            setting.parties[j] for j in _accepting(game, one, k) if j != who
                        ],
                    }
                    for k, who in enumerate(turns_of(game.rules))
                ],
            }
            for one in game.found[:SHOWN]
        ],
        "one_pie": _one_pie(game),
    }


def _chances(game: _Game) -> Floats:
    """Return how likely each party is to propose; taking turns counts as a lot."""
    if game.rules.chances is not None:
        return game.rules.chances
    order = game.rules.order
    return np.bincount(order, minlength=game.consent.n) / len(order)


def _one_pie(game: _Game) -> dict[str, Any]:
    """Return what the parties would get if they had one pie to divide by the same rules."""
    setting, consent = game.conduct.setting, game.consent
    share = baron_ferejohn(
        _chances(game),
        np.maximum(game.conduct.patience * (1 - game.rules.breakdown[0]), 1e-12),
        quota=consent.quota,
        vetoes=consent.vetoes,
    )
    return {
        "expects": setting.by_party(share.values),
        "price": setting.by_party(share.prices),
        "keeps_as_proposer": setting.by_party(share.keeps),
        "bought_by_others": setting.by_party(share.included),
    }


def _hinges(game: _Game) -> Iterator[Hinge]:
    """Yield the patience at which other packages are proposed."""
    for k in range(len(game.conduct.setting.names)):
        name, now = game.conduct.patience_of(k), float(game.conduct.patience[k])

        def answer(delta: float, k: int = k) -> bytes | int:
            found = game.solve(patient(game.rules, k, delta))
            return found[0].proposals.tobytes() if _distinct(found) == 1 else len(found)

        flip = nearest_flip(answer, now, PATIENCE, grid=10)
        if flip is None:
            yield Hinge(name, now, None, "the same from 0.5 to 0.9999")
            continue
        place, other = flip
        then = "other packages are proposed"
        if isinstance(other, int):
            then = (
                f"{other} equilibria stand beside each other"
                if other
                else "no equilibrium is found"
            )
        yield Hinge(name, now, place, then)


def _number(game: _Game) -> Iterator[Hinge]:
    """Yield where of several equilibria one is left, or where their number changes."""
    return number_hinges(lambda rules: _distinct(game.solve(rules)), game.conduct, game.rules)


def _opening(game: _Game) -> Iterator[Hinge]:
    """Yield the no-deal values at which a coalition that can decide has something to propose."""
    problems = [(who, game.open_to(who).for_parties(who)) for who in game.consent.coalitions()]
    then = "a coalition that can decide finds a package"
    setting = game.conduct.setting
    return opening_hinges(setting, problems, setting.problem.disagreement, then)


def _table(game: _Game) -> tuple[tuple[str, ...], ...]:
    """Say what the parties would get of one pie, which shows the rules without the issues."""
    pie = _one_pie(game)
    setting = game.conduct.setting
    head = ("One pie by these rules", "Expects", "Keeps as proposer", "Included by others")
    rows: list[tuple[str, ...]] = [head]
    for party, name in zip(setting.parties, setting.names, strict=True):
        cells = (pie[key][party] for key in ("expects", "keeps_as_proposer", "bought_by_others"))
        rows.append((name, *(plain(cell, 3) for cell in cells)))
    return tuple(rows)
