"""Offers without a last round: a prediction for a scenario, with and without lotteries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.equilibria.conduct import Conduct, gain_of_first
from sim.equilibria.hinging import CHANCE, PATIENCE, nearest_flip
from sim.equilibria.offers.backward_induction import Floats, Rules, backward_induction
from sim.equilibria.offers.changed_rules import patient, power, worst_case
from sim.equilibria.offers.in_words import changed, gets, packages, unanswerable
from sim.equilibria.offers.lotteries import Mixed
from sim.equilibria.offers.quota import Consent
from sim.equilibria.offers.several_equilibria import (
    agreement_hinges,
    endless_hinges,
    opening_hinges,
)
from sim.equilibria.offers.stationary import Stationary, is_complete, stationary
from sim.equilibria.offers.talks_without_end import LENGTHS, EndlessTalks
from sim.equilibria.prediction import Hinge, Prediction
from sim.equilibria.setting import Setting
from sim.frontier import OutOfReach
from sim.words import counted, listed, plain, signed

SHOWN = 50
"""Packages listed at most that can last without lotteries."""


@dataclass(frozen=True, eq=False)
class OffersConverging:
    """What picture `offers_converging` is drawn from.

    Attributes
    ----------
    setting
        Whose talks.
    unit
        What a round is called.
    lengths
        Lengths of a round, in units of the present one, longest first.
    opens
        Utilities by who opens, for each length: ``(n_lengths, n_parties, n_parties)``; row = who
        opens.
    nash
        The weighted Nash solution, ``(n_parties,)``; ``None`` where there is none.
    weights
        Its weights.
    patience
        Discount factors for one of the present rounds.
    curves
        For each party discount factors and what it gets with each, ``(n_points, 2)``.
    drifts
        Whether no-deal values drift at first; lengths and the Nash solution are of the time after.
    """

    setting: Setting
    unit: str
    lengths: tuple[float, ...]
    opens: Floats
    nash: Floats | None
    weights: Floats
    patience: Floats
    curves: tuple[Floats, ...]
    drifts: bool


def alternating_offers(setting: Setting) -> Prediction:
    """Predict talks without a last round.

    References
    ----------
    Rubinstein (1982), "Perfect Equilibrium in a Bargaining Model", Econometrica 50 (1), 97-109;
    Muthoo (1999), "Bargaining Theory with Applications"; more than two parties: Britz, Herings &
    Predtetchinski (2010), Journal of Economic Theory 145 (5), 1951-1967, and, on frontiers with
    kinks, Kultti & Vartiainen (2010), International Journal of Game Theory 39 (4), 677-689.
    """
    conduct = Conduct.of(setting)
    empty = Prediction(
        "alternating_offers", "Alternating offers without a last round", _assumptions(conduct),
        parties=setting.parties,
    )  # fmt: skip
    reason = unanswerable(conduct)
    if reason is not None or isinstance(conduct.drawable, OutOfReach):
        return empty.because(reason or "")
    game = EndlessTalks(conduct, conduct.drawable)
    if not len(game.points):
        utilities = setting.by_party(setting.problem.disagreement)
        hinges = setting.hinged(_opening(game))
        return replace(empty, says=conduct.nothing(), utilities=utilities, hinges=hinges)
    if (idle := _no_hurry(conduct)) is not None:
        return empty.because(idle)
    if game.end is None:
        return empty.because(
            "the search for proposals that all would keep to came to no end; outside options or "
            "costs of delay may leave none"
        )
    certificate = conduct.drawable.certificate
    alone = tuple(_without_lots(game))
    told = replace(
        empty,
        details=_details(game, alone),
        exact=certificate.exact,
        bound=certificate.bound,
        says=_says(game, alone),
    )
    if game.others:
        return replace(told, hinges=setting.hinged(endless_hinges(game)))
    return replace(
        told,
        outcome=_certain(game),
        utilities=setting.by_party(game.course[0].expected(conduct.chances)),
        hinges=setting.hinged(_hinges(game)),
        picture=_picture(game) if setting.hinges else None,
        table=_table(game),
    )


def _assumptions(conduct: Conduct) -> str:
    more = ""
    if len(conduct.setting.parties) > 2:
        more = "; each party always proposes the same (other equilibria exist between three)"
        more = more.replace("three", "more than two") if len(conduct.setting.parties) > 3 else more
    return (
        f"One proposal a {conduct.unit} without end, all must agree, everything is known; packages "
        f"may be drawn by lot; {conduct.in_words(drift=True)}{more}."
    )


def _no_hurry(conduct: Conduct) -> str | None:
    rules = conduct.rules
    kept = rules.patience * (1 - rules.breakdown[0])
    if (kept >= 1).all() and not rules.cost.any():
        return (
            "nobody is in a hurry, so anything can be held out for; give the parties a patience "
            "below 1, or the talks a breakdown or a cost"
        )
    return None


def _without_lots(game: EndlessTalks) -> Iterator[tuple[int, Floats]]:
    """Yield what can be agreed at the opening where nothing is drawn by lot: package, values."""
    rules = game.conduct.drifting
    moving = rules.steady_from
    for one in stationary(game.points, game.lasting):
        if not moving:
            yield int(one.proposals[0]), one.expected(rules.chances)
            continue
        end = _at(one, moving, rules)
        course = backward_induction(game.points, rules, moving, afterwards=end)
        first = course.proposals[0][course.may_propose[0]]
        yield int(first.max()), course.values[0]


def _at(one: Stationary, t: int, rules: Rules) -> Floats:
    if rules.chances is not None:
        return one.expected(rules.chances)
    row: Floats = one.values[t % len(one.turns)]
    return row


def _named(game: EndlessTalks, place: int) -> dict[str, str] | None:
    return None if place < 0 else game.conduct.setting.package(game.frontier.choices[place])


def _certain(game: EndlessTalks) -> dict[str, str] | None:
    """Return the package that is proposed whatever the lot, where it is one."""
    mix = game.course[0].chances
    place = int(mix[0].argmax())
    if (mix[:, place] > 1 - 1e-9).all():
        return game.conduct.setting.package(game.frontier.choices[place])
    return None


def _says(game: EndlessTalks, alone: tuple[tuple[int, Floats], ...]) -> str:
    setting, rules = game.conduct.setting, game.conduct.drifting
    names = setting.names
    if game.others:
        spread = np.array([one.expected(rules.chances) for one in (game.end, *game.others) if one])
        each = _ranges(names, spread)
        return f"Several equilibria stand beside each other: {each}. The model picks none of them."
    unit = game.conduct.unit
    when = next((t for t, one in enumerate(game.course) if one.chances.any()), None)
    if when is None:
        return f"Nothing is ever agreed: {gets(names, game.course[0].expected(rules.chances))}."
    later = "at once" if when == 0 else f"in {unit} {when + 1}, and not before"
    expected = game.course[0].expected(rules.chances)
    if rules.chances is None:
        opener = game.course[when].turns[0]
        others = listed([name for k, name in enumerate(names) if k != opener])
        drawn = int((game.course[when].chances[0] > 1e-9).sum())
        what = "one package" if drawn == 1 else f"a draw between {counted(drawn, 'package')}"
        verb = "accepts" if len(names) == 2 else "accept"
        said = f"{names[opener]} proposes {what}, which {others} {verb} {later}"
    else:
        said = f"What whoever is drawn proposes is accepted {later}"
    said = f"{said}; they expect {gets(names, expected)}."
    return f"{said} {_said_without_lots(game, alone)}"


def _said_without_lots(game: EndlessTalks, alone: tuple[tuple[int, Floats], ...]) -> str:
    names = game.conduct.setting.names
    least = "" if is_complete(game.points, game.lasting, Consent.of(len(names))) else "at least "
    if not alone:
        return "Without lotteries no package was found that would always be proposed."
    distinct = len({place for place, _ in alone})
    if distinct == 1:
        return f"Without lotteries {least}one package can last: {gets(names, alone[0][1])}."
    spread = np.array([values for _, values in alone])
    return (
        f"Without lotteries any of {least}{distinct} packages can last: {_ranges(names, spread)}."
    )


def _ranges(names: tuple[str, ...], spread: Floats) -> str:
    ends = zip(names, spread.min(axis=0), spread.max(axis=0), strict=True)
    return ", ".join(f"{name} {plain(low)} to {plain(high)}" for name, low, high in ends)


def _details(game: EndlessTalks, alone: tuple[tuple[int, Floats], ...]) -> dict[str, Any]:
    conduct, setting = game.conduct, game.conduct.setting
    rules = conduct.drifting
    expected = game.course[0].expected(rules.chances)
    consent = Consent.of(len(setting.parties))
    return {
        "order": [setting.parties[k] for k in conduct.order],
        "chances": None if conduct.chances is None else setting.by_party(conduct.chances),
        "proposals": list(_proposals(game)),
        "by_first_proposer": {
            setting.parties[k]: setting.by_party(row) for k, row in enumerate(game.opens)
        },
        "value_of_proposing_first": setting.by_party(gain_of_first(game.opens)),
        "nearest_package": _named(game, game.nearest(rules)),
        "cost_of_one_round": setting.by_party(expected - _waits(game)),
        **(_elsewhere(game) if setting.hinges else {}),
        "several_with_lotteries": [
            setting.by_party(one.expected(rules.chances)) for one in game.others
        ],
        "without_lotteries": {
            "complete": is_complete(game.points, game.lasting, consent),
            "count": len({place for place, _ in alone}),
            "packages": [
                {
                    "outcome": _named(game, place),
                    "utilities": setting.by_party(values),
                }
                for place, values in alone[:SHOWN]
            ],
        },
        "drifts_for": rules.steady_from,
    }


def _elsewhere(game: EndlessTalks) -> dict[str, Any]:
    """Return what would come of shorter rounds, and of other patience."""
    parties = game.conduct.setting.parties
    return {
        "quick_offers": _quick(game),
        "by_patience": {p: curve.tolist() for p, curve in zip(parties, game.curves, strict=True)},
    }


def _proposals(game: EndlessTalks) -> Iterator[dict[str, Any]]:
    """Yield who proposes what, now and once nothing moves any more; everybody accepts."""
    setting = game.conduct.setting
    steps = {"now": game.course[0], "at rest": game.course[-1]}
    for when, step in steps.items() if len(game.course) > 1 else [("always", game.course[0])]:
        for k, who in enumerate(step.turns):
            yield {
                "when": when,
                "proposer": setting.parties[who],
                "packages": packages(game.conduct, game.frontier, step.chances[k], game.points),
                "utilities": setting.by_party(step.values[k]),
                "accepted_by": [p for j, p in enumerate(setting.parties) if j != who]
                if step.chances[k].any()
                else [],
            }


def _waits(game: EndlessTalks) -> Floats:
    """Return what each party expects if the first round passes."""
    rules = game.conduct.drifting
    if len(game.course) > 1:
        later = game.course[1]
        after = later.expected(rules.chances) if len(game.course) > 2 else _at_mix(later, 1, rules)
    else:
        after = _at_mix(game.course[0], 1, rules)
    return rules.waiting(0, after)


def _at_mix(one: Mixed, t: int, rules: Rules) -> Floats:
    if rules.chances is not None:
        return one.expected(rules.chances)
    row: Floats = one.values[t % len(one.turns)]
    return row


def _quick(game: EndlessTalks) -> dict[str, Any]:
    setting, nash = game.conduct.setting, game.limit
    rows = []
    for length, opens in zip(LENGTHS, game.quick, strict=True):
        far = None if nash is None else float(np.abs(opens - nash[0]).max())
        rows.append({
            "round_length": length,
            "by_first_proposer": {
                setting.parties[k]: setting.by_party(row) for k, row in enumerate(opens)
            },
            "distance_to_nash": far,
        })  # fmt: skip
    return {
        "rows": rows,
        "nash": None if nash is None else setting.by_party(nash[0]),
        "nash_gap": None if nash is None else nash[1],
        "nash_weights": setting.by_party(power(game.lasting)),
    }


def _hinges(game: EndlessTalks) -> Iterator[Hinge]:
    """Yield where the package nearest to what the parties expect becomes another."""
    conduct, setting, rules = game.conduct, game.conduct.setting, game.conduct.drifting
    place = game.nearest(rules)

    def said(parameter: str, now: float, flip: tuple[float, object] | None, to: str) -> Hinge:
        if flip is None:
            same = "the nearest package is the same" if place >= 0 else "nothing is agreed"
            return Hinge(parameter, now, None, f"{same} {to}")
        other = flip[1] if isinstance(flip[1], int) else -1
        then = changed(setting, game.frontier, (place,), (other,))
        return Hinge(parameter, now, flip[0], then.replace("the package", "the nearest package"))

    for k in range(len(setting.names)):
        name, now = conduct.patience_of(k), float(conduct.patience[k])

        def at_patience(d: float, k: int = k) -> int:
            return game.nearest(patient(rules, k, d))

        flip = nearest_flip(at_patience, now, PATIENCE)
        yield said(name, now, flip, "from 0.5 to 0.9999")
    risk = float(rules.breakdown[0])
    flip = nearest_flip(
        lambda p: game.nearest(replace(rules, breakdown=np.array([p]))), risk, CHANCE
    )
    yield said("chance of breakdown", risk, flip, "from 0 to 1")
    if not any(one.chances.any() for one in game.course):
        yield from agreement_hinges(game)


def _opening(game: EndlessTalks) -> Iterator[Hinge]:
    """Yield the no-deal values at which there is a package to propose."""
    setting, rules = game.conduct.setting, game.conduct.rules
    problems = [(tuple(range(len(setting.names))), setting.problem)]
    lowest = np.atleast_2d(game.conduct.drifting.disagreement).min(axis=0)
    least = lowest + worst_case(rules) - rules.disagreement
    return opening_hinges(setting, problems, least, "something is agreed")


def _picture(game: EndlessTalks) -> OffersConverging:
    nash = game.limit
    return OffersConverging(
        game.conduct.setting, game.conduct.unit, LENGTHS, game.quick,
        None if nash is None else nash[0], power(game.lasting), game.conduct.patience,
        game.curves, len(game.course) > 1,
    )  # fmt: skip


def _table(game: EndlessTalks) -> tuple[tuple[str, ...], ...]:
    """Say party by party what it expects, what opening and a round are worth, and the limit."""
    setting, unit, nash = game.conduct.setting, game.conduct.unit, game.limit
    expected = game.course[0].expected(game.conduct.chances)
    gain, lost = gain_of_first(game.opens), expected - _waits(game)
    limit = "Nash by patience" if len(game.course) == 1 else "Nash by patience, at rest"
    head = ("party", "gets", "opening is worth", f"one {unit} costs", limit)
    rows = [head]
    for k, name in enumerate(setting.names):
        share = "–" if nash is None else plain(nash[0][k], 3)
        cells = plain(expected[k], 3), signed(gain[k], 3), plain(lost[k], 3)
        rows.append((name, *cells, share))
    return tuple(rows)
