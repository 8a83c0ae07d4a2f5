"""How a scenario's talks are conducted, at its central reading: its `talks` block as arrays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from sim.agreement import Frontier
from sim.equilibria.bargaining_range import whole_frontier
from sim.equilibria.offers.backward_induction import Floats, Rules
from sim.equilibria.setting import Setting
from sim.frontier import OutOfReach, pareto_frontier
from sim.preferences.uncertain import central
from sim.scenario import Talks
from sim.scenario.party import Fighting
from sim.words import counted, listed, plain

USUAL_PATIENCE, USUAL_ROUNDS = 0.95, 12
"""What is assumed, and said, where a scenario has no word on it."""


@dataclass(frozen=True, eq=False)
class Conduct:
    """Who proposes when, what ends the talks and what waiting costs, for the players.

    Attributes
    ----------
    setting
        The scenario and its players.
    talks
        The block of the file; the defaults where it has none.
    """

    setting: Setting
    talks: Talks

    @classmethod
    def of(cls, setting: Setting) -> Conduct:
        """Read the talks of a scenario."""
        return cls(setting, setting.scenario.talks or Talks())

    @cached_property
    def unit(self) -> str:
        """What a round is called: the month, the week, or just the round."""
        return self.setting.scenario.round or "round"

    @cached_property
    def rounds(self) -> int:
        """Rounds until the deadline."""
        return self.talks.rounds or USUAL_ROUNDS

    @cached_property
    def enforced(self) -> float:
        """Chance that the deadline ends the talks."""
        return central(self.talks.enforced)

    @cached_property
    def patience(self) -> Floats:
        """Discount factors of the players; a usual one for whom the file gives none."""
        parties = [self.setting.scenario.parties[name] for name in self.setting.parties]
        return np.array(
            [
                central(party.patience) if given else USUAL_PATIENCE
                for party, given in zip(parties, self._given, strict=True)
            ]
        )

    @cached_property
    def _given(self) -> tuple[bool, ...]:
        """Whose patience stands in the file."""
        people = self.setting.scenario.parties
        return tuple("patience" in people[name].model_fields_set for name in self.setting.parties)

    def assumed(self, columns: int | None = None) -> str:
        """Say for whom of the first players a patience is assumed; nothing where for nobody."""
        missing = [
            name
            for name, given in zip(self.setting.names[:columns], self._given[:columns], strict=True)
            if not given
        ]
        if not missing:
            return ""
        if len(missing) == len(self._given[:columns]):
            return " (by default: the file gives none)"
        return f" (by default for {listed(missing)})"

    def patience_of(self, k: int) -> str:
        """Name a player's patience as a parameter; a no-deal value worked out with it is held."""
        party = self.setting.scenario.parties[self.setting.parties[k]]
        held = ", its no-deal value held" if isinstance(party.disagreement, Fighting) else ""
        return f"patience of {self.setting.names[k]}{held}"

    @cached_property
    def rules(self) -> Rules:
        """The rules without a deadline, at the no-deal values of today."""
        return Rules.of(
            self.patience,
            self.setting.problem.disagreement,
            breakdown=central(self.talks.breakdown),
            cost=self._each(self.talks.cost, 0.0),
            outside=self._each(self.talks.outside, -np.inf),
            order=self.order,
            chances=self.chances,
        )

    @cached_property
    def drifting(self) -> Rules:
        """The same with no-deal values that drift, where they do."""
        drift = self._each(self.talks.drift, 0.0)
        if not drift.any():
            return self.rules
        months = np.arange(self.drifts_for + 1)[:, None]
        return replace(self.rules, disagreement=self.rules.disagreement * (1 + drift) ** months)

    @cached_property
    def drifts_for(self) -> int:
        """Rounds during which no-deal values drift."""
        return self.talks.drifts_for or self.rounds

    @cached_property
    def order(self) -> tuple[int, ...]:
        """Columns of those who propose, in turn; players who are not in the file's order never."""
        players = self.setting.parties
        named = [players.index(name) for name in self.talks.order or () if name in players]
        return tuple(named) or tuple(range(len(players)))

    @cached_property
    def chances(self) -> Floats | None:
        """Chances of the players to propose next; ``None`` where they take turns."""
        given = self.talks.chances
        if given is None:
            return None
        chances = self._each(given, 0.0)
        return chances / chances.sum() if chances.sum() > 0 else None

    @cached_property
    def frontier(self) -> Frontier | OutOfReach:
        """Packages that can be proposed: efficient, and better than the worst of waiting."""
        least = np.atleast_2d(self.drifting.disagreement).min(axis=0) - self._worn_down()
        now = self.setting.problem
        if (least >= now.least - 1e-12).all():
            return self.setting.frontier
        floor = np.maximum(least, np.minimum(now.worst(), now.least))
        return pareto_frontier(replace(now, floor=floor), time_limit=self.setting.time_limit)

    def _worn_down(self) -> Floats:
        """What costs of delay could add up to: who refuses for ever pays them again and again."""
        rules = self.rules
        kept = rules.patience * (1 - rules.breakdown.min())
        lost = rules.cost / np.maximum(1 - kept, 1e-300)
        return np.where(rules.cost > 0, np.where(kept < 1, lost, np.inf), 0.0)

    @cached_property
    def drawable(self) -> Frontier | OutOfReach:
        """Packages that can be drawn by lot: efficient; only the draw must beat waiting.

        Those above, where all of them are too many.
        """
        every = whole_frontier(self.setting.problem, time_limit=self.setting.time_limit)
        return self.frontier if isinstance(every, OutOfReach) else every

    def columns(self, names: Iterable[str]) -> list[int]:
        """Return the columns of those parties that play."""
        return [self.setting.parties.index(name) for name in names if name in self.setting.parties]

    def _each(self, given: Mapping[str, Any], otherwise: float) -> Floats:
        """Return a number for every player."""
        return np.array(
            [central(given[p]) if p in given else otherwise for p in self.setting.parties]
        )

    def in_words(self, *, drift: bool) -> str:
        """Say who proposes when, what ends the talks and what waiting costs, as part of a line."""
        names = self.setting.names
        said = [self._turns()]
        rates = [f"{name} {plain(d, 3)}" for name, d in zip(names, self.patience, strict=True)]
        said.append(f"patience a {self.unit} {', '.join(rates)}{self.assumed()}")
        if self.rules.breakdown.any():
            said.append(f"a refusal ends the talks with chance {plain(self.rules.breakdown[0], 3)}")
        costs = self.rules.cost
        if costs.any():
            each = [f"{n} {plain(c, 3)}" for n, c in zip(names, costs, strict=True) if c]
            said.append(f"a {self.unit} without agreement costs {', '.join(each)}")
        out = self.rules.outside
        if np.isfinite(out).any():
            each = [f"{n} {plain(o)}" for n, o in zip(names, out, strict=True) if np.isfinite(o)]
            said.append(f"outside options {', '.join(each)}")
        if drift and self.drifting is not self.rules:
            said.append(
                f"no-deal values drift for {counted(self.drifts_for, self.unit)} and then stay"
            )
        return "; ".join(said)

    def _turns(self) -> str:
        names = self.setting.names
        if self.chances is not None:
            each = [f"{n} {plain(p)}" for n, p in zip(names, self.chances, strict=True)]
            return f"a lot decides who proposes ({', '.join(each)})"
        if len(set(self.order)) == 1:
            return f"{names[self.order[0]]} makes every proposal"
        turn = listed([names[k] for k in self.order], "then")
        given = self.talks.order is not None and self.columns(self.talks.order)
        return f"{turn} propose in turn" + ("" if given else " (by default: in file order)")

    def nothing(self) -> str:
        """Say why nothing is ever agreed where no package can be proposed."""
        if not self.setting.problem.n_outcomes:
            return "The red lines and constraints leave no package, so nothing is ever agreed."
        return "No package gives everybody more than no deal, so nothing is ever agreed."


def gain_of_first(opens: Floats) -> Floats:
    """Return what opening is worth to each party beside the mean of what it gets otherwise.

    Parameters
    ----------
    opens
        What all get by who opens, shape ``(n_parties, n_parties)``; row = who does.
    """
    own = np.diag(opens)
    gain: Floats = own - (opens.sum(axis=0) - own) / max(len(opens) - 1, 1)
    return gain
