"""Offers against a deadline: a prediction for a scenario, by backward induction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from sim.agreement import Frontier
from sim.equilibria.conduct import Conduct, gain_of_first
from sim.equilibria.hinging import CHANCE, PATIENCE, nearest_flip
from sim.equilibria.offers.backward_induction import Course, Floats, Rules, backward_induction
from sim.equilibria.offers.changed_rules import patient
from sim.equilibria.offers.in_words import below_threshold, changed, gets, unanswerable
from sim.equilibria.prediction import Hinge, Prediction
from sim.equilibria.setting import Setting
from sim.frontier import OutOfReach
from sim.words import counted, listed, plain, signed

DEADLINES, LONG = 100, 600
"""Deadlines that may pass, where one is not sure to be enforced, and rounds that they take at
most; the last deadline is sure."""

HORIZONS, CURVE = 24, 25


@dataclass(frozen=True, eq=False)
class OfferPath:
    """What picture `offer_path` is drawn from.

    Attributes
    ----------
    setting
        Whose talks.
    unit
        What a round is called.
    values
        What each party expects at the start of each round if nothing was agreed before, and
        after the last, ``(n_rounds + 1, n_parties)``.
    no_deal
        What each party has in each round while there is no deal, and after the last, same shape.
    proposers
        Who may propose in each round.
    proposals
        What each of them would propose, as a place on the frontier or -1, ``(n_rounds,
        n_parties)``.
    agreement
        First round with an acceptable proposal; ``None`` where there is none.
    enforced
        Chance that the deadline ends the talks.
    horizons
        What each party gets if that many rounds are left at the start, ``(n_horizons,
        n_parties)``, from one round on.
    """

    setting: Setting
    unit: str
    values: Floats
    no_deal: Floats
    proposers: tuple[tuple[int, ...], ...]
    proposals: np.ndarray
    agreement: int | None
    enforced: float
    horizons: Floats


@dataclass(frozen=True, eq=False)
class _Game:
    """Talks with a deadline over the frontier of a scenario."""

    conduct: Conduct
    frontier: Frontier

    @property
    def points(self) -> Floats:
        return self.frontier.utilities

    @cached_property
    def rules(self) -> Rules:
        """The rules, with the deadline as a risk that the talks end in its round."""
        return self.with_deadline(self.conduct.rounds, self.conduct.enforced)

    def with_deadline(self, rounds: int, enforced: float, rules: Rules | None = None) -> Rules:
        given = self.conduct.drifting if rules is None else rules
        risk = np.full(rounds, float(given.breakdown[0]))
        risk[-1] = 1 - (1 - risk[-1]) * (1 - enforced)
        return replace(given, breakdown=risk)

    def play(self, rules: Rules) -> Course:
        """Solve the talks; a deadline that may pass is followed by another as long."""
        rounds = len(rules.breakdown)
        if rules.breakdown[-1] < 1:
            rounds *= max(min(DEADLINES, LONG // rounds), 2)
        return backward_induction(self.points, rules, rounds)

    def package(self, rules: Rules) -> tuple[int, ...]:
        """Return what is proposed when agreement is first possible, see `opened`."""
        return opened(self.play(rules), rules)

    @cached_property
    def course(self) -> Course:
        return self.play(self.rules)


def opened(course: Course, rules: Rules) -> tuple[int, ...]:
    """Return what each party that may propose proposes in the first round that can end the talks.

    Empty where nothing is agreed.
    """
    t = course.agreement
    if t is None:
        return ()
    return tuple(int(course.proposals[t, who]) for who, _ in rules.proposers(t))


def last_round(setting: Setting) -> Prediction:
    """Predict talks that end with a deadline.

    References
    ----------
    Ståhl (1972), "Bargaining Theory"; Rubinstein (1982), Econometrica 50 (1), 97-109.
    """
    conduct = Conduct.of(setting)
    empty = Prediction(
        "last_round", "Offers with a last round", _assumptions(conduct), parties=setting.parties
    )
    reason = unanswerable(conduct)
    if reason is not None or isinstance(conduct.frontier, OutOfReach):
        return empty.because(reason or "")
    game = _Game(conduct, conduct.frontier)
    certificate = conduct.frontier.certificate
    course = game.course
    place = opened(course, game.rules)
    agreed = place[0] if len(set(place)) == 1 and place[0] >= 0 else None
    return replace(
        empty,
        says=_says(game, course),
        outcome=None if agreed is None else setting.package(conduct.frontier.choices[agreed]),
        utilities=setting.by_party(course.values[0]),
        hinges=setting.hinged(_hinges(game, place)),
        exact=certificate.exact,
        bound=certificate.bound,
        details=_details(game, course),
        picture=_picture(game, course) if setting.hinges else None,
        table=_table(game),
    )


def _assumptions(conduct: Conduct) -> str:
    n, unit = conduct.rounds, conduct.unit
    given = "" if conduct.talks.rounds else " (by default)"
    sure = "which ends the talks"
    if conduct.enforced < 1:
        sure = (
            f"enforced with chance {plain(conduct.enforced)}, otherwise followed by another as long"
        )
    return (
        f"One proposal a {unit}, all must agree, everything is known; a deadline after "
        f"{counted(n, unit)}{given}, {sure}; {conduct.in_words(drift=True)}."
    )


def _says(game: _Game, course: Course) -> str:
    setting, unit = game.conduct.setting, game.conduct.unit
    names = setting.names
    if course.leaves is not None:
        return f"{names[course.leaves]} takes its outside option; nothing is agreed."
    if course.agreement is None:
        if not len(game.points):
            return game.conduct.nothing()
        return f"Nothing is agreed: the parties expect {gets(names, course.values[0])}."
    t = course.agreement
    when = "at once" if t == 0 else f"in {unit} {t + 1}, and not before"
    proposers = [k for k, _ in game.rules.proposers(t)]
    places = {int(course.proposals[t, k]) for k in proposers}
    if len(places) > 1:
        expected = gets(names, course.values[0])
        return f"What whoever is drawn proposes is accepted {when}; before the draw: {expected}."
    deal = game.points[places.pop()]
    if len(proposers) == 1:
        others = [name for k, name in enumerate(names) if k != proposers[0]]
        verb = "accepts" if len(others) == 1 else "accept"
        said = f"{names[proposers[0]]} proposes a package that {listed(others)} {verb} {when}"
    else:
        said = f"Whoever is drawn proposes the same package, which the others accept {when}"
    return f"{said}: {gets(names, deal)}.{_last_word(game)}{below_threshold(setting, deal)}"


def _last_word(game: _Game) -> str:
    """Say who makes the last proposal, where that is known: it is what weighs most."""
    if game.rules.chances is not None or game.conduct.enforced < 1:
        return ""
    last = game.rules.order[(game.conduct.rounds - 1) % len(game.rules.order)]
    return f" The last proposal before the deadline would be {game.conduct.setting.names[last]}'s."


def _details(game: _Game, course: Course) -> dict[str, Any]:
    conduct, setting = game.conduct, game.conduct.setting
    first = firsts(game)
    wait = game.rules.waiting(0, course.values[1])
    return {
        "rounds": conduct.rounds,
        "enforced": conduct.enforced,
        "order": [setting.parties[k] for k in conduct.order],
        "agreement_round": None if course.agreement is None else course.agreement + 1,
        "proposals": list(_proposals(game, course)),
        "by_first_proposer": {
            setting.parties[k]: setting.by_party(row) for k, row in enumerate(first)
        },
        "value_of_proposing_first": setting.by_party(gain_of_first(first)),
        "cost_of_one_round": setting.by_party(course.values[0] - wait),
        **(_elsewhere(game) if setting.hinges else {}),
        "values_repeat": None
        if course.repeats is None
        else {"after_rounds": course.repeats[0], "every": course.repeats[1]},
    }


def _elsewhere(game: _Game) -> dict[str, Any]:
    """Return what would come of another number of rounds, and of other patience."""
    by_party = game.conduct.setting.by_party
    return {
        "by_rounds_left": [by_party(row) for row in horizons(game)],
        "by_patience": curves(game),
    }


def _proposals(game: _Game, course: Course) -> Iterator[dict[str, Any]]:
    """Yield who proposes what in each round until the first deadline, and who accepts it."""
    setting = game.conduct.setting
    for t in range(min(game.conduct.rounds, len(course.proposals))):
        for who, chance in game.rules.proposers(t):
            place = int(course.proposals[t, who])
            found = {"round": t + 1, "proposer": setting.parties[who], "chance": chance}
            if place < 0:
                yield {**found, "outcome": None, "utilities": None, "accepted_by": []}
                continue
            package = setting.package(game.frontier.choices[place])
            yield {
                **found,
                "outcome": package,
                "utilities": setting.by_party(game.points[place]),
                "accepted_by": [p for k, p in enumerate(setting.parties) if k != who],
            }


def firsts(game: _Game) -> Floats:
    """Return what each party gets if a given one opens the talks: row = who opens.

    Where parties take turns, the order is the same but begins with the one that opens.
    """
    rules, n = game.rules, len(game.conduct.setting.parties)
    rows = np.full((n, n), np.nan)
    for who in range(n):
        if rules.chances is None:
            if who in rules.order:
                start = rules.order.index(who)
                turned = replace(rules, order=(*rules.order[start:], *rules.order[:start]))
                rows[who] = game.play(turned).values[0]
            else:
                rows[who] = game.course.values[0]
            continue
        place = int(game.course.proposals[0, who])
        wait = rules.waiting(0, game.course.values[1])
        rows[who] = game.points[place] if place >= 0 else wait
    return rows


def horizons(game: _Game) -> Floats:
    """Return what each party gets if so many rounds are left, from one round on."""
    most = max(HORIZONS, min(game.conduct.rounds + 2 * len(game.rules.order), 2 * HORIZONS))
    enforced = game.conduct.enforced
    return np.array([
        game.play(game.with_deadline(k, enforced)).values[0] for k in range(1, most + 1)
    ])  # fmt: skip


def curves(game: _Game) -> dict[str, list[list[float]]]:
    """Return for each party what it gets by its own patience, all else as it is."""
    setting = game.conduct.setting
    low, high = PATIENCE.forth(0.5), PATIENCE.forth(0.999)
    grid = [PATIENCE.back(low + (high - low) * k / (CURVE - 1)) for k in range(CURVE)]
    return {
        party: [
            [round(d, 6), float(game.play(patient(game.rules, k, d)).values[0, k])] for d in grid
        ]
        for k, party in enumerate(setting.parties)
    }


def _hinges(game: _Game, place: tuple[int, ...]) -> Iterator[Hinge]:
    """Yield where the package that is agreed becomes another."""
    conduct, setting = game.conduct, game.conduct.setting

    def then(other: object) -> str:
        return changed(setting, game.frontier, place, other)

    for k in range(len(setting.names)):
        name, now = conduct.patience_of(k), float(conduct.patience[k])

        def at_patience(d: float, k: int = k) -> tuple[int, ...]:
            return game.package(patient(game.rules, k, d))

        flip = nearest_flip(at_patience, now, PATIENCE)
        yield _hinge(name, now, flip, then, "from 0.5 to 0.9999")
    risk = float(conduct.rules.breakdown[0])
    base = conduct.drifting

    def at_risk(p: float) -> tuple[int, ...]:
        rules = replace(base, breakdown=np.array([p]))
        return game.package(game.with_deadline(conduct.rounds, conduct.enforced, rules))

    yield _hinge("chance of breakdown", risk, nearest_flip(at_risk, risk, CHANCE), then)
    if conduct.talks.rounds and conduct.enforced < 1:
        sure = conduct.enforced
        flip = nearest_flip(
            lambda e: game.package(game.with_deadline(conduct.rounds, e)), sure, CHANCE
        )
        yield _hinge("chance that the deadline is enforced", sure, flip, then)
    yield _by_rounds(game, place, then)


def _by_rounds(game: _Game, place: tuple[int, ...], then: Any) -> Hinge:
    """Find the nearest number of rounds at which another package is agreed."""
    now = game.conduct.rounds
    for step in range(1, HORIZONS + 1):
        for rounds in (now + step, now - step):
            if rounds < 1:
                continue
            other = game.package(game.with_deadline(rounds, game.conduct.enforced))
            if other != place:
                return Hinge("rounds until the deadline", now, rounds, then(other), whole=True)
    return Hinge(
        "rounds until the deadline", now, None,
        f"the same package for {max(now - HORIZONS, 1)} to {now + HORIZONS} rounds",
    )  # fmt: skip


def _hinge(
    parameter: str, now: float, flip: tuple[float, object] | None, then: Any,
    searched: str = "from 0 to 1",
) -> Hinge:  # fmt: skip
    if flip is None:
        return Hinge(parameter, now, None, f"the same {searched}")
    return Hinge(parameter, now, flip[0], then(flip[1]))


def _picture(game: _Game, course: Course) -> OfferPath:
    rounds = game.conduct.rounds
    values = course.values[: rounds + 1]
    no_deal = np.array([game.rules.no_deal(t) for t in range(len(values))])
    proposers = tuple(tuple(k for k, _ in game.rules.proposers(t)) for t in range(rounds))
    return OfferPath(
        game.conduct.setting, game.conduct.unit, values, no_deal, proposers,
        course.proposals[:rounds], course.agreement, game.conduct.enforced, horizons(game),
    )  # fmt: skip


def _table(game: _Game) -> tuple[tuple[str, ...], ...]:
    """Say what opening the talks is worth, party by party."""
    setting, course = game.conduct.setting, game.course
    first = firsts(game)
    gain, wait = gain_of_first(first), game.rules.waiting(0, course.values[1])
    rows = [("party", "gets", "if it opens", "opening is worth", f"one {game.conduct.unit} costs")]
    for k, name in enumerate(setting.names):
        lost = float(course.values[0, k] - wait[k])
        rows.append((
            name, plain(course.values[0, k], 3), plain(first[k, k], 3), signed(gain[k], 3),
            plain(lost, 3),
        ))  # fmt: skip
    return tuple(rows)
