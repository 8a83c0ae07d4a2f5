"""A coalition game in a file of its own: worths, a weighted vote, an estate, or shared costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from sim.division.coalition_game import (
    MOST_PLAYERS,
    CoalitionGame,
    best_part,
    best_partition,
    members_of,
    number,
)
from sim.division.shapley import MOST_COUNTED, Vote
from sim.equilibria.coalitions.models import fairest, power, stability
from sim.equilibria.coalitions.played_game import Played
from sim.equilibria.exact_numbers import exact
from sim.equilibria.game_sources import unknown_sources
from sim.equilibria.prediction import Prediction
from sim.errors import Mistake, did_you_mean
from sim.issues import Frozen, Identifier
from sim.preferences.uncertain import Basis, NonNegative, Real, whole
from sim.scenario.sources import Source, Sources, Text
from sim.words import listed

MOST_VOTERS = 100
MOST_PARTITIONED = 13
"""Players up to which coalitions are divided into those listed: 1.6 million ways."""

WAYS = ("worths", "vote", "estate", "shared_costs")
NEAR = 1e-9

Votes = Annotated[int, Field(ge=0), BeforeValidator(whole)]
Quota = Annotated[int, Field(ge=1), BeforeValidator(whole)]


class Worth(Basis):
    """What one coalition secures by itself."""

    of: Annotated[list[Identifier], Field(min_length=1)]
    worth: Real


class Voting(Basis):
    """A vote by weights.

    Attributes
    ----------
    weights
        Player -> votes.
    quota
        Votes that a motion needs.
    vetoes
        Players without whom no motion passes.
    """

    weights: dict[Identifier, Votes]
    quota: Quota
    vetoes: list[Identifier] = Field(default_factory=list)


class Estate(Basis):
    """Something to be divided that does not cover what is claimed.

    Attributes
    ----------
    amount
        What there is.
    claims
        Player -> what it claims.
    """

    amount: NonNegative
    claims: dict[Identifier, NonNegative]


class CoalitionFile(Frozen):
    """A coalition game.

    Attributes
    ----------
    coalitions
        Version of the file format: 1.
    title
        What it is about, in one line.
    players
        Identifier -> name.
    worths
        What coalitions secure by themselves; see `unlisted` for those left out.
    unlisted
        What coalitions are worth that are not listed: `nothing`, as much as their `best_part`,
        or what they get by dividing into listed ones, `best_partition`.
    vote
        Instead of worths: weights and a quota.
    estate
        Instead of worths: claims on something that does not cover them. A coalition secures
        what the claims of the others leave.
    shared_costs
        Instead of worths: what each player's need costs, where serving the largest need serves
        all others too.
    """

    coalitions: Annotated[Literal[1], BeforeValidator(whole)]
    title: Text
    description: str | None = None
    assumption: str | None = None
    source: Sources | None = None
    sources: dict[Identifier, Source] = Field(default_factory=dict)
    players: Annotated[dict[Identifier, Text], Field(min_length=1)]
    worths: Annotated[list[Worth], Field(min_length=1)] | None = None
    unlisted: Literal["nothing", "best_part", "best_partition"] | None = None
    vote: Voting | None = None
    estate: Estate | None = None
    shared_costs: dict[Identifier, NonNegative] | None = None


class PartialCoalitionFile(CoalitionFile):
    """What could be read of a coalition game with mistakes in it."""

    coalitions: Annotated[Any, BeforeValidator(whole)] = 1
    title: str = ""
    players: dict[Identifier, Text] = Field(default_factory=dict)


def coalition_mistakes(file: CoalitionFile) -> Iterator[Mistake]:
    """Say what does not hold between the parts of a coalition game."""
    given = [way for way in WAYS if getattr(file, way) is not None]
    if not given:
        yield Mistake(
            (), "nothing says what coalitions are worth: add `worths`, a `vote`, an `estate` or "
            "`shared_costs`"
        )  # fmt: skip
    for extra in given[1:]:
        yield Mistake((extra,), f"there is `{given[0]}` already: keep one of the two", at_name=True)
    most = MOST_VOTERS if given == ["vote"] else MOST_PLAYERS
    if file.unlisted == "best_partition":
        most = MOST_PARTITIONED
    if len(file.players) > most:
        yield Mistake(
            ("players",), f"{len(file.players)} players: this is done for at most {most}; join "
            "those that always act together"
        )  # fmt: skip
    if file.worths is not None:
        yield from _about_worths(file)
    elif file.unlisted is not None:
        yield Mistake(("unlisted",), "belongs to `worths`: take it out", at_name=True)
    if file.vote is not None:
        yield from _about_vote(file, file.vote)
    if file.estate is not None:
        yield from _about_estate(file, file.estate)
    if file.shared_costs is not None:
        yield from _players_named(file, file.shared_costs, ("shared_costs",), "costs")
    yield from _about_sources(file)


def _about_worths(file: CoalitionFile) -> Iterator[Mistake]:
    """Say which coalitions are listed twice, wrongly or not at all."""
    seen: dict[frozenset[str], int] = {}
    for k, entry in enumerate(file.worths or ()):
        path = ("worths", k, "of")
        for place, player in enumerate(entry.of):
            if player not in file.players:
                guess = did_you_mean(player, file.players, "players")
                yield Mistake((*path, place), f"no player is called '{player}'{guess}")
            elif player in entry.of[:place]:
                yield Mistake((*path, place), f"'{player}' stands here twice: take one out")
        members = frozenset(entry.of)
        if members in seen:
            yield Mistake(
                path, f"this coalition has a worth already (entry {seen[members] + 1}): keep one"
            )
        seen.setdefault(members, k)
    lacking = 2 ** min(len(file.players), 64) - 1 - len(seen)
    if file.unlisted is None and lacking > 0 and all(m <= set(file.players) for m in seen):
        yield Mistake(
            ("worths",), f"{lacking:,} of the coalitions have no worth: list them, or say "
            "`unlisted: nothing`, `best_part` or `best_partition`"
        )  # fmt: skip


def _about_vote(file: CoalitionFile, vote: Voting) -> Iterator[Mistake]:
    yield from _players_named(file, vote.weights, ("vote", "weights"), "votes")
    for k, player in enumerate(vote.vetoes):
        if player not in file.players:
            guess = did_you_mean(player, file.players, "players")
            yield Mistake(("vote", "vetoes", k), f"no player is called '{player}'{guess}")
    most = sum(vote.weights.values())
    if vote.quota > most:
        yield Mistake(
            ("vote", "quota"), f"no motion can pass: all votes together are {most}; lower it"
        )
    elif vote.quota * len(vote.weights) > MOST_COUNTED:
        yield Mistake(
            ("vote", "quota"), "the count would be too large: write votes and quota in larger units"
        )


def _about_estate(file: CoalitionFile, estate: Estate) -> Iterator[Mistake]:
    yield from _players_named(file, estate.claims, ("estate", "claims"), "claim")
    for player, claim in estate.claims.items():
        if claim == 0:
            yield Mistake(("estate", "claims", player), "a claim must be above 0: take it out, and "
                          "the player")  # fmt: skip
    claimed = sum(estate.claims.values())
    if estate.amount > claimed * (1 + NEAR):
        yield Mistake(
            ("estate", "amount"), f"covers all claims, which come to {claimed:.12g}: there is "
            "nothing to divide"
        )  # fmt: skip


def _players_named(
    file: CoalitionFile, given: Mapping[str, float], path: tuple[str, ...], what: str
) -> Iterator[Mistake]:
    """Say which names are no player's, and which players are left out."""
    for player in given:
        if player not in file.players:
            guess = did_you_mean(player, file.players, "players")
            yield Mistake((*path, player), f"no player is called '{player}'{guess}", at_name=True)
    lacking = [player for player in file.players if player not in given]
    if lacking:
        yield Mistake(path, f"no {what} for {listed(lacking)}: add a number for each")


def _about_sources(file: CoalitionFile) -> Iterator[Mistake]:
    yield from unknown_sources(file.sources, file.source, ("source",))
    for k, entry in enumerate(file.worths or ()):
        yield from unknown_sources(file.sources, entry.source, ("worths", k, "source"))
    for name, part in (("vote", file.vote), ("estate", file.estate)):
        if part is not None:
            yield from unknown_sources(file.sources, part.source, (name, "source"))


def played(file: CoalitionFile) -> Played:
    """Turn a file without mistakes into its game."""
    keys = list(file.players)
    if file.vote is not None:
        vote = Vote(
            tuple(file.vote.weights[key] for key in keys),
            file.vote.quota,
            tuple(sorted({keys.index(key) for key in file.vote.vetoes})),
        )
        game = vote.game if len(keys) <= MOST_PLAYERS - 4 else None
        return Played(file.title, file.players, game, vote)
    if file.estate is not None:
        claims = tuple(exact(file.estate.claims[key]) for key in keys)
        amount = exact(file.estate.amount)
        game = CoalitionGame.bankruptcy(amount, claims)
        return Played(file.title, file.players, game, estate=(amount, claims))
    if file.shared_costs is not None:
        needs = [exact(file.shared_costs[key]) for key in keys]
        return Played(
            file.title, file.players, CoalitionGame.shared_costs(needs), costs=True
        )  # fmt: skip
    return Played(file.title, file.players, _listed_game(file, keys))


def _listed_game(file: CoalitionFile, keys: list[str]) -> CoalitionGame:
    worths = {
        number([keys.index(key) for key in entry.of]): exact(entry.worth)
        for entry in file.worths or ()
    }
    if file.unlisted == "best_part":
        return best_part(len(keys), worths)
    if file.unlisted == "best_partition":
        return best_partition(len(keys), worths)
    return CoalitionGame.of(len(keys), {tuple(members_of(s)): w for s, w in worths.items()})


def power_in_file(file: CoalitionFile) -> Prediction:
    """Return the Shapley value of a game in a file."""
    return power(played(file))


def stability_in_file(file: CoalitionFile) -> Prediction:
    """Return the core of a game in a file."""
    return stability(played(file))


def fairest_in_file(file: CoalitionFile) -> Prediction:
    """Return the nucleolus of a game in a file."""
    return fairest(played(file))


COALITION_MODELS = {
    "shapley": power_in_file,
    "core": stability_in_file,
    "nucleolus": fairest_in_file,
}
"""What answers a coalition game in a file of its own."""
