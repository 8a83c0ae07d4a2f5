"""Would a signed text last? Who would move away from each plan version, and what deters them.

The graph model of `sim.graph_model` on the graph that `sim.equilibria.graph.plan_graph` builds
from a scenario.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from sim.equilibria.graph.plan_graph import NO_DEAL, PlanGraph, Version, plan_graph
from sim.equilibria.graph.plan_words import why
from sim.equilibria.prediction import Hinge, Prediction
from sim.equilibria.setting import Setting
from sim.graph_model.coalitions import MOST_PARTIES, Coalition, coalitions, improvements
from sim.graph_model.graph import Bools, Graph
from sim.graph_model.hinge import nearest_flip
from sim.graph_model.narration import witness
from sim.graph_model.sketch import MOST_DRAWN, StateGraph, state_graph
from sim.graph_model.stability import CONCEPTS, NAMES, Concept, equilibria, stable
from sim.graph_model.turns import Sanctions
from sim.plans import PlanReading
from sim.scenario import AfterSignature, RedLines
from sim.solutions.nash import nash
from sim.words import counted, listed, name_of

READING: dict[RedLines, str] = {
    "none": "central reading, no red lines",
    "stated": "central reading, stated red lines",
    "implied": "central reading, stated and implied red lines",
}

TITLE = "Stability of the text once signed (graph model)"


def stability(setting: Setting) -> Prediction:
    """Say which plan versions would last, who would move away, and what deters whom."""
    blank = Prediction("stability", TITLE, _assumptions(setting), parties=setting.parties)
    readings = None
    if not setting.scenario.plans:
        agreement = nash(setting.problem, time_limit=setting.time_limit)
        if agreement.outcome is None:
            return blank.because(
                "there is no plan version, and no package that all prefer to no deal: add a "
                "version under `plans`"
            )
        picks = tuple(np.array([choice]) for choice in agreement.outcome)
        silent = np.zeros(len(picks), dtype=bool)
        readings = [PlanReading("", picks, picks, silent)]
    built = plan_graph(setting, readings)
    if isinstance(built, str):
        return blank.because(built)
    if not any(version.feasible for version in built.versions):
        return blank.because(
            "every plan version breaks a constraint, so that none can be carried out: mend one"
        )
    study = Study(built, (setting.scenario.graph or AfterSignature()).sanctions)
    return Prediction(
        model="stability",
        title=TITLE,
        assumptions=_assumptions(setting),
        says=study.says(),
        parties=built.movers,
        hinges=study.hinges(),
        details=study.details(),
        picture=study.picture(),
    )


def _assumptions(setting: Setting) -> str:
    """Say what the answer takes for granted."""
    block = setting.scenario.graph
    text = (
        "Alone a signatory can only walk away, for good; to sign or change the text takes all of "
        "them; a state that crosses a signatory's own red line is worse for it than no deal"
    )
    if not setting.scenario.plans:
        text += "; the text is the Nash solution, as there are no plan versions"
    if block is None or not block.controls:
        return text + "; nobody breaks single clauses, as the file has no `graph` block."
    issues = counted(len(block.controls), "issue")
    return f"{text}; on {issues} the party in control can also break the text, or return to it."


@dataclass(frozen=True, eq=False)
class Study:
    """The versions with their verdicts.

    Attributes
    ----------
    plans
        States, moves, preferences.
    sanctions
        Which answers of several parties count.
    """

    plans: PlanGraph
    sanctions: Sanctions

    @property
    def graph(self) -> Graph:
        """The graph of all versions."""
        return self.plans.graph

    @cached_property
    def verdicts(self) -> Mapping[Concept, Bools]:
        """Concept -> who would stay where, shape ``(n_movers, n_states)``."""
        return {c: stable(self.graph, c, sanctions=self.sanctions) for c in CONCEPTS}

    @cached_property
    def held(self) -> Mapping[Concept, Bools]:
        """Concept -> which states are equilibria, shape ``(n_states,)``."""
        return {c: equilibria(v) for c, v in self.verdicts.items()}

    @cached_property
    def feasible(self) -> tuple[Version, ...]:
        """The versions that can be carried out."""
        return tuple(v for v in self.plans.versions if v.feasible)

    @cached_property
    def best(self) -> Version:
        """The most stable version: in the most demanding sense, for most parties, most clearly."""
        return max(self.feasible, key=self._rank)

    def _rank(self, version: Version) -> tuple[Any, ...]:
        signed = int(version.states[0])
        players = len(self.plans.setting.parties)
        margin = self.graph.values[:players, signed] - self.graph.values[:players, NO_DEAL]
        staying = int(self.verdicts["SEQ"][:, signed].sum())
        return (*(bool(self.held[c][signed]) for c in CONCEPTS), staying, float(margin.min()))

    def sense(self) -> Concept | None:
        """Return the most demanding sense in which the most stable version holds."""
        signed = int(self.best.states[0])
        return next((c for c in CONCEPTS if self.held[c][signed]), None)

    def away(self, version: Version, concept: Concept = "SEQ") -> list[int]:
        """Return who would move away from a version as signed."""
        return np.flatnonzero(~self.verdicts[concept][:, version.states[0]]).tolist()

    def told(self, version: Version, mover: int, concept: Concept) -> str:
        """Say why a party would stay with a version as signed, or not."""
        found = witness(
            self.graph, mover, int(version.states[0]), concept, sanctions=self.sanctions
        )
        return why(self.plans, version, found)

    def says(self) -> str:
        """Say which version lasts best, and who would move away from how many."""
        return " ".join([self.finding(), *self._why(self.sense()), *self._counts()])

    def finding(self) -> str:
        """Say in which sense the most stable version holds."""
        title, sense = f"“{self.best.title}”", self.sense()
        return {
            "R": f"{title} holds: nobody gains by moving away from it, even unanswered.",
            "SEQ": f"{title} holds, through answers that it would pay the others to give.",
            "SMR": f"{title} holds only through threats that it would not pay to carry out.",
            "GMR": f"{title} holds only through threats that it would not pay to carry out.",
            None: f"No version holds; {title} comes nearest.",
        }[sense]

    def _why(self, sense: Concept | None) -> list[str]:
        """Give the witness that decides on the most stable version."""
        if sense == "R":
            return []
        concept: Concept = sense or "SEQ"
        whom = self.away(self.best, "R" if sense else "SEQ")
        said = [self.told(self.best, whom[0], concept)] if whom else []
        if sense and len(whom) > 1:
            who = listed(self.plans.names[k] for k in whom)
            said.insert(0, f"Unanswered, each of {who} would gain by moving away.")
        return said

    def _counts(self) -> list[str]:
        n = len(self.feasible)
        if n < 2:
            return []
        times = np.sum([~self.verdicts["SEQ"][:, v.states[0]] for v in self.feasible], axis=0)
        many = zip(self.plans.names, times, strict=True)
        first, *more = [(name, int(count)) for name, count in many if count] or [("", 0)]
        if not first[0]:
            return [f"Nobody would move away, undeterred, from any of the {n} versions."]
        parts = [f"{first[0]} would move away from {first[1]}"]
        parts += [f"{name} from {count}" for name, count in more]
        return [f"Of the {n} versions, {listed(parts)}, undeterred."]

    def hinges(self) -> tuple[Hinge, ...]:
        """Say at which no-deal values the verdict on the most stable version flips."""
        sense = self.sense()
        # no deal is for good, so that nothing else than its own states bears on a version
        graph = self.graph.among([NO_DEAL, *self.best.states.tolist()])
        concept: Concept = sense or "SEQ"
        title = f"“{self.best.title}”"
        then = f"{title} {'no longer holds' if sense else 'holds'} in the {NAMES[concept]} sense"

        def holds(tried: Graph) -> Bools:
            found = stable(tried, concept, sanctions=self.sanctions)
            return equilibria(found)[..., 1]

        found = []
        for k, name in enumerate(self.plans.names[: len(self.plans.setting.parties)]):
            worst = min(float(self.best.utilities[:, k].min()), float(graph.values[k, NO_DEAL]))
            flip = nearest_flip(graph, k, NO_DEAL, holds, above=worst - 1e-6)
            end = then if flip else f"the verdict on {title} stays, whatever it is worth"
            now = float(graph.values[k, NO_DEAL])
            found.append(Hinge(f"no-deal value of {name}", now, flip.at if flip else None, end))
        return tuple(found)

    @cached_property
    def joint(self) -> Mapping[Coalition, Bools]:
        """Coalition -> to which states it would move, shape ``(n_states, n_states)``."""
        if len(self.plans.movers) > MOST_PARTIES:
            return {}
        groups = coalitions(len(self.plans.movers), least=2)
        return {group: improvements(self.graph, group) for group in groups}

    def details(self) -> dict[str, Any]:
        """Return every verdict with its witness, ready for JSON."""
        return {
            "most_stable": self.best.name or None,
            "sense": self.sense(),
            "plans": {v.name or "nash": self._plan(v) for v in self.plans.versions},
        }

    def _plan(self, version: Version) -> dict[str, Any]:
        if not version.feasible:
            return {"title": version.title, "feasible": False}
        signed = int(version.states[0])
        return {
            "title": version.title,
            "feasible": True,
            "states": len(version.states),
            "holds": [c for c in CONCEPTS if self.held[c][signed]],
            "moves_away": [self.plans.movers[k] for k in self.away(version)],
            "parties": {
                mover: self._party(version, k) for k, mover in enumerate(self.plans.movers)
            },
            "coalitions": self._coalitions(version),
        }

    def _party(self, version: Version, k: int) -> dict[str, Any]:
        signed = int(version.states[0])
        return {
            "utility": float(version.utilities[0, k]),
            "no_deal": float(self.graph.values[k, NO_DEAL]),
            "red_lines_crossed": int(version.crossed[0, k]),
            "stable": [c for c in CONCEPTS if self.verdicts[c][k, signed]],
            "why": {c: self.told(version, k, c) for c in CONCEPTS},
        }

    def _coalitions(self, version: Version) -> list[dict[str, Any]]:
        """Return which coalitions would move away together, and to what."""
        signed = int(version.states[0])
        return [
            {
                "members": [self.plans.movers[k] for k in group],
                "to": [self.plans.states[t] for t in np.flatnonzero(ends[signed])[:12]],
            }
            for group, ends in self.joint.items()
            if ends[signed].any()
        ]

    def picture(self) -> StateGraph:
        """Show no deal, the versions as signed, and the most stable one with one clause broken."""
        setting = self.plans.setting
        once = self.best.states[self.best.broken.sum(axis=1) == 1].tolist()
        signed = [int(v.states[0]) for v in self.feasible]
        signed.sort(key=lambda state: state != self.best.states[0])
        shown = [NO_DEAL, *signed][:MOST_DRAWN]
        shown += once[: MOST_DRAWN - len(shown)]
        names, texts = self._labels()
        whole = state_graph(
            self.graph,
            self.held,
            title=f"{name_of(setting.scenario.title)}; {READING[setting.red_lines]}",
            parties=self.plans.names,
            names=names,
            texts=texts,
            status_quo=NO_DEAL,
            shown=shown,
        )
        parties = setting.structure.parties
        return replace(
            whole,
            arrows=tuple(a for a in whole.arrows if a.improves or a.target != shown.index(NO_DEAL)),
            columns=tuple(parties.index(mover) for mover in self.plans.movers),
            finding=self.finding().rstrip("."),
            remark="Every signatory can walk away from every state; shown where that pays.",
        )

    def _labels(self) -> tuple[Sequence[str], Sequence[str]]:
        issues = list(self.plans.setting.scenario.issues.values())
        names, texts = ["no deal"], [""]
        for version in self.plans.versions:
            for row in version.broken:
                broken = [
                    (self.plans.names[b.mover], name_of(issues[b.issue].title))
                    for b, on in zip(version.breaches, row, strict=True)
                    if on
                ]
                who = listed(dict.fromkeys(name for name, _ in broken))
                names.append(f"{who} breaks" if broken else version.title)
                texts.append("; ".join(issue for _, issue in broken))
        return names, texts
