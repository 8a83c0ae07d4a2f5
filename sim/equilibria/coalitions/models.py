"""Coalition games as predictions: power, the core, and the nucleolus, each with its proof."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from sim.division.bankruptcy import RULES
from sim.division.coalition_game import CoalitionGame, members_of, minimal_winning
from sim.division.core import Core, core, core_vertices, total_needed
from sim.division.nucleolus import nucleolus
from sim.division.shapley import Vote, banzhaf, shapley
from sim.equilibria.coalitions.hinges import core_hinges, nucleolus_hinges, power_hinges
from sim.equilibria.coalitions.played_game import Played, Shares
from sim.equilibria.exact_numbers import for_json, said
from sim.equilibria.prediction import Prediction
from sim.words import capital, counted, listed

MOST_SETTLED = 16
"""Players up to which core and nucleolus are worked out: 65,536 coalitions."""

MOST_CORNERS = 7
"""Players up to which the vertices of the core are listed."""

MOST_NAMED = 200
"""Minimal winning coalitions that are listed."""

TRANSFERS = "what a coalition secures can be divided among its members in any way"


@dataclass(frozen=True, eq=False)
class Sharing:
    """How something is shared among players, by one rule or several: what a picture shows.

    Attributes
    ----------
    title
        What it is about.
    names
        Of the players.
    total
        What there is to share.
    rules
        Name of each rule -> shares.
    corners
        Vertices of the core; empty where it is, ``None`` where they are not known.
    costs
        Costs are shared, not gains.
    orders
        Shares are shares of all orders of voting, not of something that is divided.
    """

    title: str
    names: tuple[str, ...]
    total: Fraction
    rules: Mapping[str, Shares]
    corners: tuple[Shares, ...] | None
    costs: bool = False
    orders: bool = False


def power(played: Played) -> Prediction:
    """Return the Shapley value, and with it how often each player is the pivot of a vote."""
    vote, game = played.vote, played.game
    if vote is not None:
        values, other = vote.shapley, vote.banzhaf
    else:
        assert game is not None  # only votes can have too many players
        values, other = shapley(game), banzhaf(game)
    about: dict[str, Any] = {
        "shapley": played.by_player(values), "banzhaf": played.by_player(other)
    }  # fmt: skip
    if vote is not None:
        whole = sum(other)
        shares = [value / whole for value in other]
        about["banzhaf_normalised"] = played.by_player(shares)
        about |= _of_vote(played, vote)
    verb = "pays" if played.costs else "gets"
    said_of = (
        f"Of all orders in which players may join a coalition, each is the one that turns it into "
        f"a winning one in this share: {played.in_words(values)}."
        if vote is not None
        else f"On average over all orders of joining, each {verb} what it adds: "
        f"{played.in_words(values)}."
    )
    return Prediction(
        "shapley",
        "Shapley value",
        f"players join one by one, every order is as likely; {TRANSFERS}"
        if vote is None
        else "voters join one by one in favour, every order is as likely",
        says=said_of + _without_power(played, values),
        parties=tuple(played.players),
        names=played.players,
        table=_table(played, {"Shapley value": values, "Banzhaf index": other}),
        utilities=None if vote is not None else played.utilities(values),
        hinges=power_hinges(played, values),
        details=about,
        picture=replace(
            _picture(played, {"Shapley value": played.shares(values)}), orders=vote is not None
        ),
    )


def _without_power(played: Played, values: Sequence[Fraction]) -> str:
    """Say who never makes a difference."""
    idle = [name for name, value in zip(played.names, values, strict=True) if not value]
    return f" {listed(idle)} never {'make' if idle[1:] else 'makes'} a difference." if idle else ""


def _of_vote(played: Played, vote: Vote) -> dict[str, Any]:
    """Say who has a veto or decides alone, and which coalitions just win."""
    most = sum(vote.weights)
    vetoes = [
        k for k, weight in enumerate(vote.weights) if k in vote.vetoes or most - weight < vote.quota
    ]
    alone = [k for k, weight in enumerate(vote.weights) if weight >= vote.quota
             and set(vote.vetoes) <= {k}]  # fmt: skip
    about: dict[str, Any] = {"vetoes": played.named(vetoes), "decide_alone": played.named(alone)}
    if played.game is not None and len(vote.weights) <= 12:
        groups = minimal_winning(played.game)
        about["minimal_winning"] = [played.named(group) for group in groups[:MOST_NAMED]]
        about["minimal_winning_count"] = len(groups)
    return about


def stability(played: Played) -> Prediction:
    """Return whether the core is empty, with the proof, its vertices and the least core."""
    blank = _blank(played, "core", "Core", f"coalitions can leave; {TRANSFERS}")
    game = played.game
    if game is None or game.n_players > MOST_SETTLED:
        return _core_of_large_vote(played, blank)
    found = core(game)
    corners = core_vertices(game) if game.n_players <= MOST_CORNERS else None
    needed = total_needed(game)
    if not found.empty:  # of the least core, the division that is fairest beyond the worst off
        found = replace(found, point=nucleolus(game).shares)
    return Prediction(
        blank.model,
        blank.title,
        blank.assumptions,
        says=_core_in_words(played, found, corners),
        parties=blank.parties,
        names=blank.names,
        utilities=played.utilities(found.point),
        hinges=core_hinges(played, needed),
        details={
            "empty": found.empty,
            "point": played.by_player(found.point),
            "largest_excess": for_json(found.excess),
            "balanced": [
                {"coalition": played.named(members_of(s)), "weight": for_json(w),
                 "worth": for_json(game.at(s))}
                for s, w in sorted(found.balanced.items())
            ],
            "balanced_worth": for_json(_balanced_worth(game, found)),
            "total": for_json(game.total),
            "total_needed": for_json(needed),
            "vertices": None if corners is None else [played.by_player(c) for c in corners],
            "convex": game.convex,
        },
        picture=_picture(
            played,
            {"Least core" if found.empty else "Nucleolus": played.shares(found.point)},
        ),
    )  # fmt: skip


def _core_in_words(played: Played, found: Core, corners: Sequence[Shares] | None) -> str:
    game = played.game
    assert game is not None  # asked for listed games only
    if found.empty:
        groups = [
            f"{listed(played.names[k] for k in members_of(s))} ({said(w)})"
            for s, w in sorted(found.balanced.items())
        ]
        return (
            f"The core is empty: whatever the division, some coalition gets less than it has by "
            f"itself, by {said(found.excess)} at least. Proof: {', '.join(groups)}, weighted so, "
            f"hold every player once, and have {said(_balanced_worth(game, found))} by themselves "
            f"where all together have {said(game.total)}."
        )
    if corners is not None and len(corners) == 1:
        return f"The core holds one division: {played.in_words(corners[0])}."
    many = "" if corners is None else f" and has {counted(len(corners), 'vertex', 'vertices')}"
    return (
        f"The core is not empty{many}. At its nucleolus ({played.in_words(found.point)}) no "
        f"coalition does better by itself; the one worst off {_to_spare(found.excess)}."
    )


def _to_spare(excess: Fraction) -> str:
    """Say what a coalition misses, or has beyond its own worth."""
    if excess > 0:
        return f"misses {said(excess)}"
    return f"has {said(-excess)} to spare" if excess else "has nothing to spare"


def _balanced_worth(game: CoalitionGame, found: Core) -> Fraction:
    return sum((w * game.at(s) for s, w in found.balanced.items()), Fraction(0))


def _core_of_large_vote(played: Played, blank: Prediction) -> Prediction:
    """Answer for votes with too many players to list coalitions: vetoes decide."""
    if played.vote is None:
        return blank.because(_too_many(played))
    vetoes = _of_vote(played, played.vote)["vetoes"]
    names = [played.players[key] for key in vetoes]
    said_of = (
        f"The core is not empty: it divides everything among {listed(names)}, without whom nothing "
        "passes."
        if vetoes
        else "The core is empty: nobody has a veto, so a majority without any given player can "
        "always take its share."
    )
    return Prediction(
        blank.model, blank.title, blank.assumptions, says=said_of, parties=blank.parties,
        hinges=core_hinges(played, Fraction(1)),
        details={"empty": not vetoes, "vetoes": vetoes},
    )  # fmt: skip


def fairest(played: Played) -> Prediction:
    """Return the nucleolus, and for an estate other rules beside it."""
    blank = _blank(
        played,
        "nucleolus",
        "Nucleolus",
        f"the coalition worst off is helped first, then the next; {TRANSFERS}",
    )
    game = played.game
    if game is None or game.n_players > MOST_SETTLED:
        return blank.because(_too_many(played))
    if sum(game.at(1 << k) for k in range(game.n_players)) > game.total:
        return blank.because(
            "the players have more alone than all together, so no division gives each its own"
        )
    found = nucleolus(game)
    about: dict[str, Any] = {
        "nucleolus": played.by_player(found.shares),
        "levels": [
            {"excess": for_json(e), "coalitions": [played.named(members_of(s)) for s in settled]}
            for e, settled in found.levels
        ],
    }
    rules = {"Nucleolus": found.shares, "Shapley value": shapley(game)}
    beside = dict(rules)
    if played.estate is not None:
        about["rules"] = {name: played.by_player(rule(*played.estate))
                          for name, rule in RULES.items()}  # fmt: skip
        rules["Proportional"] = RULES["proportional"](*played.estate)
        beside |= {
            capital(name.replace("_", " ")): rule(*played.estate)
            for name, rule in RULES.items()
            if name != "talmud"
        }
    worst = found.levels[0][0] if found.levels else Fraction(0)
    verb = "pays" if played.costs else "gets"
    return Prediction(
        blank.model,
        blank.title,
        blank.assumptions,
        says=(
            f"Each {verb}: {played.in_words(found.shares)}. The coalition worst off "
            f"{_to_spare(worst)}."
        ),
        parties=blank.parties,
        names=blank.names,
        utilities=played.utilities(found.shares),
        hinges=nucleolus_hinges(played, found.shares),
        details=about,
        picture=_picture(
            played, {k: played.shares(v) for k, v in rules.items()}
        ),
    )  # fmt: skip


def _blank(played: Played, model: str, title: str, assumptions: str) -> Prediction:
    return Prediction(
        model, title, assumptions, parties=tuple(played.players), names=played.players
    )


def _too_many(played: Played) -> str:
    return (
        f"{len(played.players)} players have {2 ** len(played.players):,} coalitions; this is "
        f"worked out for up to {MOST_SETTLED} players"
    )


def _table(played: Played, rules: Mapping[str, Sequence[Fraction]]) -> tuple[tuple[str, ...], ...]:
    """Set what each rule gives each player side by side."""
    columns = [played.shares(values) for values in rules.values()]
    rows = [(name, *(said(column[k]) for column in columns)) for k, name in enumerate(played.names)]
    return (("Player", *rules), *rows)


def _picture(played: Played, rules: Mapping[str, Shares]) -> Sharing:
    game = played.game
    vertices: tuple[Shares, ...] | None = None
    if game is not None and game.n_players <= MOST_CORNERS:
        listed_ones = core_vertices(game)
        if listed_ones is not None:
            vertices = tuple(played.shares(corner) for corner in listed_ones)
    total = Fraction(1) if game is None else game.total
    return Sharing(
        capital(played.title), tuple(played.names), -total if played.costs else total, rules,
        vertices, played.costs,
    )  # fmt: skip
