"""On what the answers to a coalition game hinge: quotas, votes, worths, estates, costs; exact."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from sim.division.bankruptcy import talmud
from sim.division.core import total_needed
from sim.division.nucleolus import nucleolus
from sim.division.shapley import MOST_COUNTED, Vote
from sim.equilibria.coalitions.played_game import Played, Shares
from sim.equilibria.exact_numbers import said
from sim.equilibria.prediction import Hinge
from sim.words import listed

BIG = 3
"""Voters with the most votes whose own votes are asked about, of those with as many only one."""

SOLVED = 2**13
"""Coalitions of all games together that are solved in search of a quota."""

MOST_SOLVED = 40
"""Games that are solved in search of a quota."""

NEAR = 2000
"""Quotas that are all looked at; of those further away the ones that give or take a veto."""


def power_hinges(played: Played, values: Sequence[Fraction]) -> tuple[Hinge, ...]:
    """Say where the Shapley value puts somebody else first, or a vote gives others power."""
    if played.vote is not None:
        return (_pivot_quota(played, played.vote, values), *_own_votes(played, played.vote))
    if played.estate is not None:
        return (_leading_claim(played, *played.estate),)
    if played.costs:
        return (_leading_cost(played),)
    return (_leading_worth(played, values),)


def core_hinges(played: Played, needed: Fraction) -> tuple[Hinge, ...]:
    """Say where the core becomes empty or not, or who divides everything in it.

    Parameters
    ----------
    needed
        What all must have together for the core not to be empty; votes do without.
    """
    if played.vote is not None:
        return (_veto_quota(played, played.vote),)
    if played.estate is not None:  # no estate has an empty core: what it holds is what turns
        return _estate_hinges(played, *played.estate)
    return (_total_hinge(played, needed, "the core is empty"),)


def nucleolus_hinges(played: Played, shares: Shares) -> tuple[Hinge, ...]:
    """Say where the nucleolus changes its rule, its order, or who is content with it."""
    if played.vote is not None:
        return (_solved_quota(played, played.vote, shares),)
    if played.estate is not None:
        return _estate_hinges(played, *played.estate)
    assert played.game is not None  # only votes can have too many players
    needed = total_needed(played.game)
    content = _total_hinge(played, needed, "some coalition does better by itself")
    return (_leading_cost(played), content) if played.costs else (content,)


def _outward(vote: Vote) -> list[int]:
    """Return all other quotas, the nearest first."""
    every = [quota for quota in range(1, sum(vote.weights) + 1) if quota != vote.quota]
    return sorted(every, key=lambda quota: (abs(quota - vote.quota), quota))


def _no_quota(vote: Vote, looked: Sequence[int]) -> Hinge:
    """Say that no quota of those looked at changes anything."""
    tried = [*looked, vote.quota]
    return Hinge("quota", float(vote.quota), None, f"from {min(tried)} to {max(tried)}")


def _pivot_quota(played: Played, vote: Vote, values: Sequence[Fraction]) -> Hinge:
    """Find the nearest quota that gives someone another index; every whole number is tried."""
    tries = max(MOST_COUNTED // (len(vote.weights) ** 2 * (vote.quota + 1)), 4)
    able = [quota for quota in _outward(vote) if quota * len(vote.weights) <= MOST_COUNTED]
    looked = able[:tries]
    for quota in looked:
        other = Vote(vote.weights, quota, vote.vetoes).shapley
        if other != tuple(values):
            then = _new_share(played, values, other)
            return Hinge("quota", float(vote.quota), float(quota), then, whole=True)
    return _no_quota(vote, looked)


def _new_share(played: Played, values: Sequence[Fraction], other: Sequence[Fraction]) -> str:
    """Say what the share becomes of the first whose share is another one."""
    changed = [k for k, value in enumerate(values) if other[k] != value]
    who = max(changed, key=values.__getitem__)
    now, then = said(values[who]), said(other[who])
    if now == then:
        side = "larger" if other[who] > values[who] else "smaller"
        return f"the share of {played.names[who]} is a little {side}"
    return f"the share of {played.names[who]} is {then}, not {now}"


def _own_votes(played: Played, vote: Vote) -> Iterator[Hinge]:
    """Say with how many votes a large voter would never, or would, make a difference."""
    kinds: dict[int, int] = {}
    for k, weight in enumerate(vote.weights):
        if k not in vote.vetoes:  # these make a difference whatever their votes
            kinds.setdefault(weight, k)
    for weight in sorted(kinds, reverse=True)[:BIG]:
        who = kinds[weight]
        name, what = played.names[who], f"votes of {played.names[who]}"
        best = _best_losing(vote, who)
        if best is None:
            then = f"from 0 to {vote.quota}: those with a veto have the quota"
            yield Hinge(what, float(weight), None, then)
            continue
        least = vote.quota - best
        if weight < least:
            then = f"{name} makes a difference"
            yield Hinge(what, float(weight), float(least), then, whole=True)
            continue
        lost = sum(vote.weights) - weight < vote.quota
        then = "no motion can pass" if lost else f"{name} never makes a difference"
        yield Hinge(what, float(weight), float(least - 1), then, whole=True)


def _best_losing(vote: Vote, player: int) -> int | None:
    """Return the most votes of others, vetoes among them, that are too few; ``None`` if none."""
    have = sum(vote.weights[k] for k in vote.vetoes)
    if have >= vote.quota:
        return None
    reached = 1 << have  # bit b: some coalition has b votes
    mask = (1 << vote.quota) - 1
    for k, weight in enumerate(vote.weights):
        if k != player and k not in vote.vetoes and weight < vote.quota:
            reached |= reached << weight & mask
    return reached.bit_length() - 1


def _vetoes(vote: Vote, quota: int) -> frozenset[int]:
    """Return those without whom nothing passes at a quota."""
    most = sum(vote.weights)
    own = {k for k, weight in enumerate(vote.weights) if most - weight < quota}
    return frozenset(own | set(vote.vetoes))


def _veto_quota(played: Played, vote: Vote) -> Hinge:
    """Find the nearest quota at which others have a veto: they hold the core among them."""
    now, most = _vetoes(vote, vote.quota), sum(vote.weights)
    for quota in sorted(_veto_turns(vote), key=lambda q: (abs(q - vote.quota), q)):
        then = _vetoes(vote, quota)
        if then != now:
            names = [played.names[k] for k in sorted(then)]
            text = f"everything in the core goes to {_all_or_listed(names, len(vote.weights))}"
            text = text if then else "nobody has a veto and the core is empty"
            return Hinge("quota", float(vote.quota), float(quota), text, whole=True)
    return _no_quota(vote, [1, most])


def _all_or_listed(names: Sequence[str], n_players: int) -> str:
    return "all, each with a veto" if len(names) == n_players > 1 else listed(names)


def _solved_quota(played: Played, vote: Vote, shares: Shares) -> Hinge:
    """Find the nearest quota with another nucleolus, and say so where nearer ones are not solved.

    With vetoes nothing need be solved: those who have one get the same, others nothing. It is so
    as well where all have as many votes.
    """
    left = min(SOLVED >> len(vote.weights), MOST_SOLVED)
    unknown: list[int] = []
    outward = _outward(vote)
    turns = _veto_turns(vote)
    for quota in [*outward[:NEAR], *(q for q in outward[NEAR:] if q in turns)]:
        other, then = _without_solving(vote, quota), ""
        if other is None and sum(weight >= quota for weight in vote.weights) > 1:
            then = "several pass motions alone, and no division gives each its own"
        elif other is None and (not left or abs(quota - vote.quota) > NEAR // 4):
            unknown.append(quota)
        elif other is None:
            left -= 1
            other = nucleolus(Vote(vote.weights, quota, vote.vetoes).game).shares
        if other is not None:
            then = "" if other == shares else _new_share(played, shares, other)
        if then:
            then += " (nearer ones were not all solved)" if unknown else ""
            return Hinge("quota", float(vote.quota), float(quota), then, whole=True)
    lacking = ", where not all were solved" if unknown else ""
    every = f"from 1 to {sum(vote.weights)}{lacking}"
    return Hinge("quota", float(vote.quota), None, every)


def _without_solving(vote: Vote, quota: int) -> Shares | None:
    """Return the nucleolus at a quota where symmetry and vetoes tell it."""
    n, strong = len(vote.weights), _vetoes(vote, quota)
    if not strong and len(set(vote.weights)) == 1 and quota > vote.weights[0]:
        return (Fraction(1, n),) * n
    return tuple(Fraction(k in strong, len(strong)) for k in range(n)) if strong else None


def _veto_turns(vote: Vote) -> frozenset[int]:
    """Return the quotas on both sides of where a voter gets a veto."""
    most = sum(vote.weights)
    turns = {most - weight + more for weight in vote.weights for more in (0, 1)}
    return frozenset(quota for quota in turns if 1 <= quota <= most)


def _leading_worth(played: Played, values: Sequence[Fraction]) -> Hinge:
    """Say how much all but the first must have for the second to get more; the value is linear.

    Between two players the worth of a coalition with one of them counts (s - 1)!(n - s - 1)! /
    (n - 1)!, most for all but one: 1 / (n - 1).
    """
    game = played.game
    assert game is not None  # only votes can have too many players
    n = game.n_players
    if n == 1:
        return _alone(played)
    first, second = _two_highest(values)
    others = [played.names[k] for k in range(n) if k != first]
    worth = game.at(game.everyone ^ (1 << first))
    flips = worth + (values[first] - values[second]) * (n - 1)
    then = f"{played.names[second]} gets more than {played.names[first]}"
    what = f"worth of {_all_but(others, played.names[first])}, all other worths kept"
    return _at(what, worth, flips, then, "above")


def _all_but(others: Sequence[str], first: str) -> str:
    return listed(others) if len(others) <= BIG else f"all but {first}"


def _alone(played: Played) -> Hinge:
    """Say that one player has everything, however much it is."""
    assert played.game is not None
    (total,) = played.shares([played.game.total])
    what = "cost of serving all" if played.costs else "worth of all together"
    return Hinge(what, float(total), None, "whatever it is, one player has it all")


def _two_highest(values: Sequence[Fraction]) -> tuple[int, int]:
    first, second = sorted(range(len(values)), key=lambda k: -values[k])[:2]
    return first, second


def _at(what: str, now: Fraction, flips: Fraction, then: str, side: str) -> Hinge:
    """Say on which side it flips where the present value is the turn itself."""
    return Hinge(what, float(now), float(flips), f"{side} it {then}" if flips == now else then)


def _leading_cost(played: Played) -> Hinge:
    """Say how costly the second must be to pay most.

    Only the most demanding needs the last stretch, so that by both rules the first pays more
    than the second by what it costs more.
    """
    game = played.game
    assert game is not None
    if game.n_players == 1:
        return _alone(played)
    needs = played.shares([game.at(1 << k) for k in range(game.n_players)])
    first, second = _two_highest(needs)
    then = f"{played.names[second]} pays more than {played.names[first]}"
    return _at(f"cost of {played.names[second]}", needs[second], needs[first], then, "above")


def _leading_claim(played: Played, estate: Fraction, claims: Shares) -> Hinge:
    """Say at which estate the largest claim begins to get more: once the next one fits in it.

    What a claim exceeds the estate by counts for nothing, so that until then both are the same.
    """
    first = max(range(len(claims)), key=claims.__getitem__)
    lower = [k for k, claim in enumerate(claims) if claim < claims[first]]
    if not lower:
        return Hinge("estate", float(estate), None, "all claim, and get, the same")
    next_one = max(lower, key=claims.__getitem__)
    one, other = played.names[first], played.names[next_one]
    more, same = f"{one} gets more than {other}", f"{one} and {other} get the same"
    then = same if estate > claims[next_one] else more
    return _at("estate", estate, claims[next_one], then, "above")


def _estate_hinges(played: Played, estate: Fraction, claims: Shares) -> tuple[Hinge, ...]:
    """Say at which estates the rule of the Talmud turns: at half the claims, and who gains."""
    if len(set(claims)) == 1:
        return (Hinge("estate", float(estate), None, "all claim, and get, the same"),)
    half = sum(claims, Fraction(0)) / 2
    what, other = ("lose", "get") if estate < half else ("get", "lose")
    then = f"what all {what} is made equal, not what they {other}"
    regime = _at("estate", estate, half, then, "below")
    turns = sorted(_turns(claims) - {half}, key=lambda turn: (abs(turn - estate), turn))
    up = turns[0] >= estate
    who = [played.names[k] for k in _concerned(turns[0], claims, up=up)]
    whom = "all alike" if len(who) == len(claims) else f"{listed(who)} alone"
    then = f"what is {'added goes to' if up else 'taken away is taken from'} {whom}"
    return regime, _at("estate", estate, turns[0], then, "above")


def _turns(claims: Shares) -> set[Fraction]:
    """Return the estates at which another creditor has half its claim, or begins to have more."""
    halves, n = sorted(claim / 2 for claim in claims), len(claims)
    found = {sum(halves[:k], Fraction(0)) + (n - k) * halves[k] for k in range(n)}
    return found | {sum(claims) - turn for turn in found}


def _concerned(turn: Fraction, claims: Shares, *, up: bool) -> list[int]:
    """Return who shares in what is added just above, or taken just below, an estate."""
    places = sorted({*_turns(claims), Fraction(0), sum(claims, Fraction(0))})
    place = places.index(turn)
    end = places[place + 1 if up else place - 1]
    before, after = talmud(turn, claims), talmud(end, claims)
    return [k for k, (a, b) in enumerate(zip(before, after, strict=True)) if a != b]


def _total_hinge(played: Played, needed: Fraction, then: str) -> Hinge:
    """Say how much all together must have for no coalition to do better by itself."""
    assert played.game is not None
    now, least = played.shares([played.game.total, needed])
    what = "worth of all together"
    if played.costs:
        what = "cost of serving all, those of smaller groups kept"
    if needed > played.game.total:
        then = "the core is not empty" if "empty" in then else "no coalition does better by itself"
    return _at(what, now, least, then, "above" if played.costs else "below")
