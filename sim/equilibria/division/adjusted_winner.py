"""Adjusted Winner in words: who gets what, what lying would bring, on which points it hinges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sim.division.adjusted_winner import Division, adjusted_winner
from sim.division.misreport import Misreport, best_misreport
from sim.equilibria.exact_numbers import for_json, said
from sim.equilibria.prediction import Hinge, Prediction
from sim.words import counted, listed, plain

TITLE = "Adjusted Winner"
MODEL = "adjusted_winner"

NAMED = 6
"""More issues than this are not all named in a sentence."""

ASSUMES = (
    "both hand out 100 points over the issues, truthfully; every issue can be shared and is worth "
    "the same whatever becomes of the others"
)


@dataclass(frozen=True, eq=False)
class Dividing:
    """Two parties and what they divide, by name.

    Attributes
    ----------
    parties
        Identifier -> name of both.
    items
        Identifier -> title of each issue.
    division
        What the procedure gives.
    lies
        The best false report of each.
    indivisible
        Identifiers of issues that cannot be shared.
    title
        Of the whole.
    """

    parties: Mapping[str, str]
    items: Mapping[str, str]
    division: Division
    lies: tuple[Misreport, Misreport]
    indivisible: frozenset[str] = frozenset()
    title: str = ""

    @property
    def names(self) -> tuple[str, str]:
        """Names of both parties."""
        first, second = self.parties.values()
        return first, second

    def goes_to(self, party: int) -> list[str]:
        """Titles of the issues that go whole to one party, dearest to it first."""
        whole, points = Fraction(1 - party), self.division.points[party]
        titles = list(self.items.values())
        got = [k for k, share in enumerate(self.division.shares) if share == whole]
        return [titles[k] for k in sorted(got, key=lambda k: -points[k])]


def divide(
    parties: Mapping[str, str],
    items: Mapping[str, str],
    points: Sequence[Sequence[Fraction]],
    *,
    indivisible: frozenset[str] = frozenset(),
    title: str = "",
) -> Dividing:
    """Run the procedure, and see what each could gain by a false report."""
    first, second = points
    division = adjusted_winner(first, second)
    lies = (best_misreport(first, second, party=0), best_misreport(second, first, party=1))
    return Dividing(parties, items, division, lies, indivisible, title)


def predicted(dividing: Dividing) -> Prediction:
    """Say in words and numbers what the procedure gives to whom."""
    return Prediction(
        MODEL,
        TITLE,
        ASSUMES,
        says=in_words(dividing),
        parties=tuple(dividing.parties),
        hinges=hinges(dividing),
        details=details(dividing),
        picture=dividing,
        table=_table(dividing),
        names=dividing.parties,
    )


def _table(dividing: Dividing) -> tuple[tuple[str, ...], ...]:
    """Set the points of both beside what the first gets of each issue."""
    division, names = dividing.division, dividing.names
    rows = [
        (title, said_short(a), said_short(b), said(x))
        for title, a, b, x in zip(
            dividing.items.values(), *division.points, division.shares, strict=True
        )
    ]
    return (("Issue", *(f"Points of {name}" for name in names), f"Goes to {names[0]}"), *rows)


def in_words(dividing: Dividing) -> str:
    """Say who gets what, and what lying would bring."""
    division, names = dividing.division, dividing.names
    total = division.totals[0]
    each = said_short(total) + (f" ({said(total)})" if total.denominator > 1 else "")
    goes = [f"{some} to {names[who]}" for who in (0, 1) if (some := _gets(dividing, who))]
    shared = ""
    if division.split is not None:
        key, title = list(dividing.items.items())[division.split]
        share = division.shares[division.split]
        shared = f"{'; ' if goes else ''}{title} is shared, "
        shared += f"{said(share)} to {names[0]} and {said(1 - share)} to "
        shared += f"{names[1]}{_roundings(dividing) if key in dividing.indivisible else ''}"
    return (
        f"Both end with {each} of their own 100 points: {', '.join(goes)}{shared}. "
        f"{_manipulation(dividing)}"
    )


def _gets(dividing: Dividing, party: int) -> str:
    """Name the issues that go whole to one party; of many those that it cares for most."""
    titles = dividing.goes_to(party)
    if len(titles) <= NAMED:
        return listed(titles) if titles else ""
    return f"{counted(len(titles), 'issue')} ({listed(titles[:3])} above all)"


def _roundings(dividing: Dividing) -> str:
    """Say what both ways of not sharing an issue that cannot be shared come to."""
    texts = []
    for share in (1, 0):
        first, second = dividing.division.rounded(share)
        whole = dividing.names[1 - share]
        texts.append(f"whole to {whole} it leaves them {said(first)} and {said(second)}")
    return f" (it cannot be: {'; '.join(texts)})"


def _manipulation(dividing: Dividing) -> str:
    gains = [
        f"{name} could get {said_short(lie.gets)}"
        for name, lie in zip(dividing.names, dividing.lies, strict=True)
        if lie.gain > 0
    ]
    if not gains:
        return "Neither can gain by handing out whole points falsely."
    return f"By a false report, if the other is truthful and known, {listed(gains)}."


def said_short(value: Fraction) -> str:
    """Write points with one decimal unless they are whole."""
    return said(value) if value.denominator == 1 else plain(float(value), 1)


def details(dividing: Dividing) -> dict[str, Any]:
    """Return every number of a division under its name."""
    division, keys = dividing.division, list(dividing.items)
    parties = list(dividing.parties)
    split = division.split
    return {
        "points": {
            party: {key: for_json(p) for key, p in zip(keys, own, strict=True)}
            for party, own in zip(parties, division.points, strict=True)
        },
        "won_first": dict(zip(keys, (parties[who] for who in division.won), strict=True)),
        "tied": [keys[k] for k in division.tied],
        "totals_first": _by_party(parties, division.won_totals),
        "transfers": [
            {
                "item": keys[t.item],
                "from": parties[t.giver],
                "to": parties[1 - t.giver],
                "share": for_json(t.share),
                "totals": _by_party(parties, t.totals),
            }
            for t in division.transfers
        ],
        "shares_of_first": {key: for_json(x) for key, x in zip(keys, division.shares, strict=True)},
        "points_each": for_json(division.totals[0]),
        "split": None if split is None else keys[split],
        "split_indivisible": split is not None and keys[split] in dividing.indivisible,
        "roundings": []
        if split is None
        else [
            {"whole_to": parties[1 - share], "totals": _by_party(parties, division.rounded(share))}
            for share in (1, 0)
        ],
        "equitable": division.equitable,
        "envy_free": division.envy_free,
        "efficient": division.efficient,
        "misreports": {
            party: {
                "honest": for_json(lie.honest),
                "gets": for_json(lie.gets),
                "gain": for_json(lie.gain),
                "report": {key: float(p) for key, p in zip(keys, lie.report, strict=True)},
            }
            for party, lie in zip(parties, dividing.lies, strict=True)
        },
    }


def _by_party(parties: Sequence[str], totals: tuple[Fraction, Fraction]) -> dict[str, Any]:
    return {party: for_json(total) for party, total in zip(parties, totals, strict=True)}


def hinges(dividing: Dividing) -> tuple[Hinge, ...]:
    """Say how many points for the issue in the balance would change who gets what.

    A party's other points are kept in proportion. Every whole number from 0 to 100 is tried.
    """
    division, titles = dividing.division, list(dividing.items.values())
    item = division.split
    if item is None:
        item = min(
            range(len(titles)), key=lambda k: abs(division.points[0][k] - division.points[1][k])
        )
    return tuple(_hinge(dividing, who, item, titles) for who in (0, 1))


def _hinge(dividing: Dividing, who: int, item: int, titles: list[str]) -> Hinge:
    division = dividing.division
    now = division.points[who][item]
    pattern = _pattern(division)
    name = f"points of {dividing.names[who]} for {titles[item]}"
    rest = 100 - now
    for value in sorted(range(101), key=lambda v: abs(v - now)):
        if value == now or not rest:
            continue
        own = [p * (100 - value) / rest for p in division.points[who]]
        own[item] = Fraction(value)
        pair = (own, division.points[1]) if who == 0 else (division.points[0], own)
        other = adjusted_winner(*pair)
        if _pattern(other) != pattern:
            return Hinge(name, float(now), float(value), _change(dividing, other, titles))
    return Hinge(name, float(now), None, "from 0 to 100")


def _pattern(division: Division) -> tuple[int, ...]:
    """Say of each issue whether it goes to the second, is shared, or goes to the first."""
    return tuple(int(x > 0) + int(x == 1) for x in division.shares)


def _change(dividing: Dividing, other: Division, titles: list[str]) -> str:
    """Say what is different in another division."""
    before, after = _pattern(dividing.division), _pattern(other)
    texts = []
    for title, was, now in zip(titles, before, after, strict=True):
        if was != now:
            to = dividing.names[0] if now == 2 else dividing.names[1]
            texts.append(f"{title} is shared" if now == 1 else f"{title} goes to {to}")
    return listed(texts)
