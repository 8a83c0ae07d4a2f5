"""Two players of a scenario: what they can agree on while everybody else's demands are met.

Games of posture, demands and patience are games between two. The players are the first two of
those asked for; what the other signatories insist on is a floor that every package must meet.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np

from sim.agreement import Certificate, Frontier
from sim.equilibria.conduct import Conduct
from sim.equilibria.setting import Setting
from sim.frontier import OutOfReach, pareto_frontier
from sim.problem import TOLERANCE, Floats, Indices, Problem
from sim.solutions import SOLUTIONS
from sim.words import listed, name_of, plain


@dataclass(frozen=True, eq=False)
class Pair:
    """The efficient packages between two players.

    Attributes
    ----------
    setting
        Where they come from.
    parties, names
        Identifiers and names of the two.
    utilities
        Shape ``(n_points, 2)``, in falling order of the first player's; at least one row.
    choices
        The packages, ``(n_points, n_issues)``.
    disagreement, thresholds
        Of the two, ``(2,)``.
    floors
        What packages were asked to give, in words: thresholds, or no deal where none meets those.
    certificate
        Whether these are all.
    """

    setting: Setting
    parties: tuple[str, str]
    names: tuple[str, str]
    utilities: Floats
    choices: Indices
    disagreement: Floats
    thresholds: Floats
    floors: str
    certificate: Certificate

    @cached_property
    def compromise(self) -> int:
        """Place of the Nash solution between the two."""
        return self.solution("nash")

    def solution(self, name: str) -> int:
        """Return the place of a bargaining solution between the two."""
        order = np.lexsort(self.choices.T[::-1])  # ties go to the package of lowest number
        found = SOLUTIONS[name](Problem.enumerated(self.utilities[order], self.disagreement))
        assert found.outcome is not None  # every point gives both at least no deal
        return int(order[int(found.outcome[0])])

    def gains(self, place: int) -> Floats:
        """Return what a package gives both over no deal, ``(2,)``."""
        gained: Floats = self.utilities[place] - self.disagreement
        return gained

    def package(self, place: int) -> dict[str, str]:
        """Return a package by name."""
        return self.setting.structure.space.name(self.choices[place])

    @cached_property
    def conduct(self) -> Conduct:
        """How the talks are conducted; the two are the first two columns of its numbers."""
        return Conduct.of(self.setting)

    @property
    def pace(self) -> str:
        """How patient the two are, in words; whether the file says so or it is assumed."""
        rates = zip(self.conduct.patience[:2], self.names, strict=True)
        said = ", ".join(f"{plain(rate, 3)} for {name}" for rate, name in rates)
        risk = float(self.conduct.rules.breakdown[0])
        ends = f"; talks break down with chance {plain(risk)} in each {self.conduct.unit}"
        return (
            f"patience a {self.conduct.unit} {said}{self.conduct.assumed(2)}{ends if risk else ''}"
        )

    def by_party(self, values: Floats) -> dict[str, float]:
        """Return one number for each of the two, by identifier."""
        return {p: float(v) for p, v in zip(self.parties, values, strict=True)}


@lru_cache(maxsize=8)
def pair(setting: Setting) -> Pair | str:
    """Find what two players can agree on; otherwise say why there is no game between two.

    Packages meet every signatory's threshold; where none does, they give every signatory at
    least its no-deal value instead, and the words in `Pair.floors` say so.
    """
    if len(setting.parties) < 2:
        return (
            "this is a game between two players, and only "
            f"{setting.names[0]} is looked at: name two with --parties"
        )
    structure, people = setting.structure, setting.scenario.parties
    two = setting.parties[:2]
    signatories = [p for p, needed in zip(structure.parties, structure.required, strict=True)
                   if needed]  # fmt: skip
    others = [p for p in dict.fromkeys((*setting.parties[2:], *signatories)) if p not in two]
    problem = Problem.from_draw(setting.one, red_lines=setting.red_lines, parties=(*two, *others))
    found = pareto_frontier(problem, time_limit=setting.time_limit)
    if isinstance(found, OutOfReach):
        return (
            f"the efficient packages are not listed: {found.why}; allow more time, or make "
            "signatories advisory"
        )
    names = name_of(people[two[0]].name), name_of(people[two[1]].name)
    kept, floors = _acceptable(found, problem)
    everyone = listed([*names, *(name_of(people[p].name) for p in others)])
    if not len(kept.utilities):
        return f"no package gives {everyone} as much as no deal: there is nothing to share"
    said = f"only packages that give {everyone} at least {floors} count"
    return Pair(
        setting, (two[0], two[1]), names, kept.utilities, kept.choices, problem.disagreement[:2],
        problem.thresholds[:2], said, found.certificate,
    )  # fmt: skip


def _acceptable(found: Frontier, problem: Problem) -> tuple[Frontier, str]:
    """Keep what everyone accepts, or everything where nobody could accept anything."""
    meets = (found.utilities >= problem.thresholds - TOLERANCE).all(axis=1)
    words = "their thresholds" if (problem.thresholds > problem.disagreement).any() else "no deal"
    if not meets.any():
        meets = np.ones_like(meets)
        words = "no deal (none meets every threshold)"
    two, choices = found.utilities[meets, :2], found.choices[meets]
    # among packages that give the two the same, or less, one is enough
    order = np.lexsort((-two[:, 1], -two[:, 0]))
    two, choices = two[order], choices[order]
    before = np.concatenate(([-np.inf], np.maximum.accumulate(two[:, 1])[:-1]))
    better = two[:, 1] > before + TOLERANCE
    return replace(found, utilities=two[better], choices=choices[better]), words
