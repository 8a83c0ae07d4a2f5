"""A small file to begin with, explained line by line: what `zopa new` writes."""

from __future__ import annotations

_STARTER = """\
# A scenario: who negotiates over what, and what each would take. Change it freely;
# `zopa check FILE` tells every mistake at once, `zopa compare FILE` says who accepts which plan.
zopa: 1
title: Two neighbours and a fence
round: month                    # how long one round of talks takes

sources:                        # where a number comes from: name it after `source:`
  deed1987: {title: Deed of the plot, date: 1987-05-01}

issues:                         # what is disputed; each has two options or more, in order, or is
                                # a number: `grid: {from: 0, to: 10, step: 1}` instead of options
  height:
    title: Height of the fence
    options: {low: up to 1 m, mid: up to 1.5 m, high: up to 2 m}
    status_quo: low             # where the matter stands without a deal
  cost:
    title: Who pays
    options: {ann: Ann pays, half: shared, bob: Bob pays}
    status_quo: half

parties:
  ann:
    name: Ann
    consent: required           # or advisory: scored and shown, binds nothing
    disagreement: 0.3           # what no deal is worth to her, from 0 (worst) to 1 (best)
    threshold: {uniform: [0.35, 0.5], assumption: she wants a deal to be worth the trouble}
    patience: 0.95              # what the next round is worth beside this one
    weights: {height: 3, cost: {uniform: [1, 2]}}      # only their proportions matter
    values:
      height: {low: 0, mid: 0.7, high: 1}
      cost: {order: [bob, half, ann]}                  # only the ranking is known: best first
    interactions:               # what a combination adds to the sum of weight x value, or takes
      - {when: {height: high, cost: ann}, add: -0.1, why: a high fence is dear}
    red_lines:                  # what she refuses whatever the rest; `binds` is the chance of it
      - {when: {height: low}, kind: stated, binds: {uniform: [0.6, 0.9]}, source: deed1987}
  bob:
    name: Bob
    disagreement: 0.25
    weights: {height: 2, cost: 2}
    values:
      height: {low: 1, mid: 0.6, high: 0}
      cost: {ann: 1, half: 0.6, bob: 0}

constraints:                    # what cannot stand together for anyone
  - {forbid: {height: high, cost: bob}, why: Bob's bank would not lend him so much}

plans:                          # versions of the text: a pick, a list of what is open, or silence
  first_draft:
    title: First draft
    date: 2025-11-20
    picks: {height: mid, cost: [half, bob]}
    sources: [deed1987]
  letter:
    title: Bob's letter
    date: 2025-11-28
    picks: {height: mid, cost: half}

levers:                         # what a third party can do: shifts of levels and values, at a cost
  discount: {by: the builder, effects: {ann: {threshold: -0.05}}, cost: 0.1}
"""


def starter_scenario() -> str:
    """Return the text of a small scenario that uses most of what a file can say."""
    return _STARTER


EXAMPLES = {
    "graph_model": "prisoners-dilemma-graph",
    "bimatrix": "prisoners-dilemma",
    "division": "divorce",
    "coalitions": "glove",
}
"""Kind of game -> the shipped file of that kind that is best to start from."""


def starter_game(kind: str) -> str:
    """Return the text of a small game file of a kind.

    >>> starter_game("division").splitlines()[1]
    'division: 1'
    """
    from sim.formats.games import shipped_games  # noqa: PLC0415  loads every model

    return shipped_games()[EXAMPLES[kind]].read_text(encoding="utf-8")
