"""Random negotiations with ratifiers, and what is ratified by looking at every package."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from sim.equilibria.setting import Setting
from sim.scenario import Scenario

NEAR = 1e-9


def two_level(seed: int) -> Scenario:
    """A random scenario of at most 81 packages, with two bodies of up to three ratifiers."""
    return Scenario.model_validate(Maker(seed).scenario())


class Maker:
    """Draws the parts of a scenario; numbers come in coarse steps, so that ties happen."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.issues = [f"i{k}" for k in range(self.rng.integers(2, 5))]
        self.options = ["a", "b", "c"]

    def often(self, share: float) -> bool:
        return bool(self.rng.random() < share)

    def values(self) -> dict[str, Any]:
        return {i: {o: int(self.rng.integers(0, 5)) / 4 for o in self.options} for i in self.issues}

    def weights(self) -> dict[str, int]:
        return {i: int(self.rng.integers(1, 5)) for i in self.issues}

    def condition(self) -> dict[str, Any]:
        some = self.rng.choice(self.issues, size=int(self.rng.integers(1, 3)), replace=False)
        return {
            str(i): [str(o) for o in self.rng.choice(self.options, 2, replace=False)] for i in some
        }

    def party(self) -> dict[str, Any]:
        level = float(self.rng.integers(1, 4)) / 10
        return {
            "name": "P", "disagreement": level, "values": self.values(), "weights": self.weights(),
        }  # fmt: skip

    def ratifier(self, side: str) -> dict[str, Any]:
        made: dict[str, Any] = {"name": "R", "weight": int(self.rng.integers(1, 4))}
        if self.often(0.5):
            shift = {"threshold": float(self.rng.integers(-1, 3)) / 10}
            made |= {"like": side, "shift": shift}
        else:
            made |= {"values": self.values(), "weights": self.weights()}
            made |= {"disagreement": float(self.rng.integers(0, 6)) / 10}
        if self.often(0.3):
            made["issues"] = self.issues[:2]
        if self.often(0.3):
            made["interactions"] = [{"when": self.condition(), "add": 0.1}]
        if self.often(0.3):
            made["red_lines"] = [{"when": self.condition()}]
        return made | ({"veto": True} if self.often(0.2) else {})

    def body(self, side: str) -> dict[str, Any]:
        count = int(self.rng.integers(1, 4))
        made = {
            "name": side, "side": side, "quota": float(self.rng.choice([0.3, 0.5, 0.67, 1.0])),
            "ratifiers": {f"r{k}": self.ratifier(side) for k in range(count)},
        }  # fmt: skip
        if self.often(0.5):
            made["asked_when"] = [self.condition(), self.condition()]
        return made

    def scenario(self) -> dict[str, Any]:
        never = [{"forbid": self.condition(), "why": "so"}]
        return {
            "zopa": 1, "title": "Random",
            "issues": {i: {"title": i, "options": {o: o for o in "abc"}} for i in self.issues},
            "parties": {"ann": self.party(), "bob": self.party()},
            "constraints": never if self.often(0.4) else [],
            "plans": {"text": {"title": "Text", "picks": {i: ["a", "b"] for i in self.issues[1:]}}},
            "ratification": {"bodies": {"one": self.body("ann"), "two": self.body("bob")}},
        }  # fmt: skip


class Slow:
    """The same questions, answered package by package."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.setting = Setting(scenario, draws=50)
        self.packages = list(self._signed())

    @staticmethod
    def worth(who: Any, like: Any, deal: dict[str, str]) -> Any:
        """Utility of a ratifier, or of a party where there is none."""
        party = who if like is None else like
        values = {**party.values, **who.values}
        limit = getattr(who, "issues", None) or list(values)
        issues = [i for i in values if i in limit]
        weights = {**(party.weights or {}), **(who.weights or {})}
        total = sum(weights.get(i, 1.0) for i in issues)
        worth = sum(weights.get(i, 1.0) / total * values[i][deal[i]] for i in issues)
        for item in who.interactions or []:
            counted = set(item.when) <= set(issues)
            if counted and all(deal[i] in said for i, said in item.when.items()):
                worth += item.add
        return worth

    def gain(self, who: Any, deal: dict[str, str]) -> Any:
        like: Any = self.scenario.parties[who.like] if who.like else None
        asks = who.disagreement if like is None else like.disagreement
        asks = (asks or 0.0) + (max(who.shift.threshold, 0.0) if who.shift else 0.0)
        if any(self.met(line.when, deal) for line in who.red_lines):
            return -np.inf
        return self.worth(who, like, deal) - asks

    @staticmethod
    def met(when: Any, deal: dict[str, str]) -> bool:
        return all(deal[i] in said for i, said in when.items())

    def _signed(self) -> Iterator[dict[str, str]]:
        for number in range(len(self.scenario.space)):
            deal = self.scenario.space.outcome(number)
            if any(self.met(c.forbid, deal) for c in self.scenario.constraints):
                continue
            if (self.utilities(deal) >= self.disagreement - NEAR).all():
                yield deal

    def utilities(self, deal: dict[str, str]) -> np.ndarray[Any, Any]:
        parties = self.scenario.parties.values()
        return np.array([self.worth(party, None, deal) for party in parties])

    @property
    def disagreement(self) -> np.ndarray[Any, Any]:
        return np.array([party.disagreement for party in self.scenario.parties.values()])

    def asked(self, body: Any, deal: dict[str, str]) -> bool:
        return body.asked_when is None or any(self.met(w, deal) for w in body.asked_when)

    def yes_share(self, body: Any, deal: dict[str, str], more: float = 0.0) -> float:
        """Share of votes for a deal; nothing where a veto is used."""
        total = sum(r.weight for r in body.ratifiers.values())
        share = 0.0
        for who in body.ratifiers.values():
            yes = self.gain(who, deal) >= more - NEAR
            if who.veto and not yes:
                return -1.0
            share += who.weight / total * yes
        return share

    def passes(self, body: Any, deal: dict[str, str]) -> bool:
        return not self.asked(body, deal) or self.yes_share(body, deal) >= body.quota - NEAR

    @property
    def bodies(self) -> list[Any]:
        assert self.scenario.ratification is not None
        return list(self.scenario.ratification.bodies.values())

    def ratified(self) -> list[dict[str, str]]:
        return [d for d in self.packages if all(self.passes(body, d) for body in self.bodies)]
