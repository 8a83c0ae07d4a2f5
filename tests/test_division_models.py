"""Division and coalition rules asked of scenarios and of game files."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from sim.division.adjusted_winner import adjusted_winner
from sim.equilibria import MODELS, Prediction, Setting
from sim.equilibria.coalitions.file import CoalitionFile, played
from sim.equilibria.coalitions.models import Sharing, fairest, power, stability
from sim.equilibria.division.adjusted_winner import Dividing
from sim.equilibria.division.file import DivisionFile, divide_file
from sim.equilibria.exact_numbers import exact
from sim.equilibria.game_files import GAMES
from sim.formats import parse_scenario, read_scenario
from sim.formats.games import find_game, read_game, shipped_games
from sim.plots import alt_text, draw

ORCHARD = """
zopa: 1
title: Two heirs and an orchard
issues:
  trees: {title: Who has the trees, options: {to_ann: Ann, to_bob: Bob}}
  barn: {title: Who has the barn, options: {to_ann: Ann, to_bob: Bob}}
  name: {title: The name, options: {old: the old one, new: a new one}}
parties:
  ann:
    name: Ann
    disagreement: 0.2
    weights: {trees: 6, barn: 3, name: 1}
    values:
      trees: {to_ann: 1, to_bob: 0}
      barn: {to_ann: 1, to_bob: 0}
      name: {old: 1, new: 0}
  bob:
    name: Bob
    disagreement: 0.2
    weights: {trees: 4, barn: 4, name: 2}
    values:
      trees: {to_ann: 0, to_bob: 1}
      barn: {to_ann: 0, to_bob: 1}
      name: {old: 1, new: 0}
"""


LINE = "    red_lines: [{when: {barn: to_bob}}]\n"


def asked(text: str = ORCHARD, model: str = "adjusted_winner", **how: Any) -> Prediction:
    return MODELS[model](Setting(parse_scenario(text), **how))


def test_heirs_share_the_trees_and_keep_the_name_that_both_like() -> None:
    prediction = asked()
    division = adjusted_winner([Fraction(6, 9), Fraction(3, 9)], [Fraction(1, 2), Fraction(1, 2)])
    assert prediction.details["points_each"]["exact"] == str(division.totals[0])
    assert prediction.details["agreed"] == {"name": "old"}
    assert prediction.details["split"] == "trees"
    assert prediction.outcome is None
    share = float(division.shares[0])
    assert prediction.utilities == pytest.approx(
        {"ann": 0.1 + 0.6 * share, "bob": 0.2 + 0.4 * (1 - share) + 0.4}
    )
    ends = prediction.details["packages"]
    assert [end["weight"] for end in ends] == pytest.approx([share, 1 - share])
    assert ends[0]["outcome"] == {"trees": "to_ann", "barn": "to_bob", "name": "old"}
    assert ends[1]["utilities"] == pytest.approx({"ann": 0.1, "bob": 1.0})
    assert [end["accepted"] for end in ends] == [True, False]
    assert "Both get at least their thresholds" in prediction.says


def test_a_division_without_a_shared_issue_is_a_package() -> None:
    text = ORCHARD.replace("{trees: 4, barn: 4, name: 2}", "{trees: 3, barn: 6, name: 1}")
    prediction = asked(text)
    assert prediction.outcome == {"trees": "to_ann", "barn": "to_bob", "name": "old"}
    assert prediction.details["roundings"] == []
    assert "whole" not in prediction.says


def test_a_division_that_a_party_would_not_sign_is_called_so() -> None:
    text = ORCHARD.replace("disagreement: 0.2\n    weights: {trees: 6", "disagreement: 0.95\n"
                           "    weights: {trees: 6")  # fmt: skip
    assert "It would not be signed: it gives Ann" in asked(text).says


def test_broken_constraints_and_crossed_lines_of_the_packages_are_named() -> None:
    text = ORCHARD + ("constraints:\n  - {forbid: {trees: to_ann, barn: to_bob}, why: one fence}\n")
    text = text.replace("    weights: {trees: 4", LINE + "    weights: {trees: 4")
    packages = asked(text).details["packages"]
    assert [len(p["constraints_broken"]) for p in packages] == [1, 0]
    assert [len(p["red_lines_crossed"]) for p in packages] == [1, 1]


def test_a_hinge_is_where_the_division_really_changes() -> None:
    for hinge, who in zip(asked().hinges, (0, 1), strict=True):
        points = [[exact(2 / 3) * 100, exact(1 / 3) * 100], [Fraction(50), Fraction(50)]]
        before = adjusted_winner(*points)
        assert hinge.now == pytest.approx(float(points[who][0]))
        assert hinge.flips_at is not None
        step = 1 if hinge.flips_at > hinge.now else -1
        patterns = []
        for value in (hinge.flips_at - step, hinge.flips_at):
            own = [Fraction(value), 100 - Fraction(value)]
            pair = [own, points[1]] if who == 0 else [points[0], own]
            after = adjusted_winner(*pair)
            patterns.append([(x > 0, x == 1) for x in after.shares])
        assert patterns[0] == [(x > 0, x == 1) for x in before.shares] != patterns[1]


def test_what_adjusted_winner_cannot_divide() -> None:
    water = Setting(read_scenario("water-dispute"))
    assert "between two parties" in str(MODELS["adjusted_winner"](water).not_computed)
    two = Setting(read_scenario("water-dispute"), ("merin", "halden"))
    assert MODELS["adjusted_winner"](two).parties == ("merin", "halden")
    csis = Setting(read_scenario("csis-2025"), ("ukraine", "russia"))
    assert "mean over the articles" in str(MODELS["adjusted_winner"](csis).not_computed)
    agreed = ORCHARD.replace("trees: {to_ann: 0, to_bob: 1}", "trees: {to_ann: 1, to_bob: 0}")
    agreed = agreed.replace("barn: {to_ann: 0, to_bob: 1}", "barn: {to_ann: 1, to_bob: 0}")
    assert "loses nothing" in str(asked(agreed).not_computed)


def quarrel(threshold: float, line: str = "") -> str:
    text = ORCHARD.replace(
        "disagreement: 0.2\n", f"disagreement: 0.2\n    threshold: {threshold}\n"
    )
    return text.replace("    weights: {trees: 6", f"{line}    weights: {{trees: 6")


def test_either_heir_opens_the_talks_by_yielding() -> None:
    prediction = asked(quarrel(0.75), "coalitions")
    assert prediction.details["opens"] == [["ann"], ["bob"]]
    assert prediction.details["shapley"]["ann"]["exact"] == "1/2"
    for hinge, most in zip(prediction.hinges, (0.1, 0.2), strict=True):
        assert (hinge.now, hinge.flips_at) == (0.75, pytest.approx(most))
    ann = asked(quarrel(0.75).replace("0.75", "0.7", 1), "coalitions")
    assert ann.details["question"] == "whose yielding opens a zone"
    text = quarrel(0.75).replace("threshold: 0.75", "threshold: 0.699", 1)
    text = text.replace("threshold: 0.75", "threshold: 0.6")
    assert asked(text, "coalitions").details["zone"]


def test_a_red_line_that_stands_alone_in_the_way_makes_its_owner_needed() -> None:
    line = "    red_lines: [{when: {trees: [to_ann, to_bob]}}]\n"
    prediction = asked(quarrel(0.25, line), "coalitions")
    assert prediction.details["needed"] == ["ann"]
    assert prediction.details["opens"] == [["ann"]]
    assert prediction.details["shapley"]["bob"]["exact"] == "0"
    assert prediction.hinges[0].flips_at is None
    assert "if Ann yields" in prediction.says


def test_what_somebody_else_refuses_is_not_theirs_to_yield() -> None:
    eve = "  eve: {name: Eve, say: [name], weights: {name: 1}, values: {name: {old: 1, new: 0}}, "
    text = f"{ORCHARD}{eve}red_lines: [{{when: {{name: [old, new]}}}}]}}\n"
    prediction = asked(text, "coalitions", chosen=("ann", "bob"))
    assert "even if all of these parties yield" in str(prediction.not_computed)


@pytest.mark.parametrize("name", ["job-offer", "wage-bargain", "water-dispute"])
def test_a_coalition_claims_what_it_can_gain_in_the_zone(name: str) -> None:
    setting = Setting(read_scenario(name))
    prediction = MODELS["coalitions"](setting)
    _, utilities = setting.problem.enumerate()
    least = setting.problem.thresholds
    zone = utilities[(utilities >= least - 1e-9).all(axis=1)] - least
    for entry in prediction.details["claims"]:
        columns = [setting.parties.index(party) for party in entry["coalition"]]
        assert entry["worth"] == pytest.approx(zone[:, columns].sum(axis=1).max(), abs=2e-6)
    total = prediction.details["joint_gain"]
    for rule in ("shapley", "nucleolus"):
        shares = [x["value"] for x in prediction.details[rule].values()]
        assert sum(shares) == pytest.approx(total)
    left = {tuple(e["coalition"]): e["worth"] for e in prediction.details["left_by_others"]}
    gains = prediction.details["gains_at_package"]
    for size in range(1, len(setting.parties) + 1):
        for group in combinations(setting.parties, size):  # the best package is in the core
            assert sum(gains[party] for party in group) >= left[group] - 1e-5
    assert sum(prediction.details["transfers_to_shapley"].values()) == pytest.approx(0, abs=1e-5)
    for hinge, column in zip(prediction.hinges, range(len(least)), strict=True):
        assert hinge.flips_at == pytest.approx(least[column] + zone[:, column].max(), abs=2e-6)


def test_the_flagship_says_whose_yielding_would_open_a_zone() -> None:
    setting = Setting(read_scenario("ukraine-2025-12"))
    prediction = MODELS["coalitions"](setting)
    assert not prediction.details["zone"]
    assert prediction.details["opens"]
    assert sum(x["value"] for x in prediction.details["shapley"].values()) == pytest.approx(1)
    assert json.loads(json.dumps(prediction.details, allow_nan=False)) == prediction.details


def test_too_many_or_too_few_parties_are_no_coalitions() -> None:
    one = Setting(read_scenario("job-offer"), ("candidate",))
    assert "two to 10 parties" in str(MODELS["coalitions"](one).not_computed)


OURS = {name: found for name in shipped_games() if (found := find_game(name))
        and found[1] in ("division", "coalitions")}  # fmt: skip


@pytest.mark.parametrize("name", OURS)
def test_shipped_divisions_and_coalition_games_are_answered(name: str) -> None:
    path, kind = OURS[name]
    file = read_game(path, kind)
    for model, ask in GAMES[kind].models.items():
        prediction = ask(file)
        assert prediction.model == model
        assert prediction.not_computed is None
        assert prediction.says.endswith(".")
        json.dumps(prediction.details, allow_nan=False)
        assert prediction.picture is not None
        drawn = (
            "adjusted_winner" if isinstance(prediction.picture, Dividing) else "coalition_shares"
        )
        assert alt_text(drawn, prediction.picture)
        draw(drawn, prediction.picture)


def test_shipped_divisions_reproduce_what_is_published() -> None:
    wanted = {"divorce": "170/3", "panama-canal-1974": "66", "trump-1990": "218/3"}
    for name, points in wanted.items():
        file = read_game(*OURS[name])
        assert isinstance(file, DivisionFile)
        assert divide_file(file).details["points_each"]["exact"] == points
    trump = divide_file(read_game(*OURS["trump-1990"]))  # type: ignore[arg-type]
    assert "it cannot be: whole to Donald it leaves them 78 and 70" in trump.says


def coalition(**parts: Any) -> CoalitionFile:
    players = {"a": "Ann", "b": "Bob", "c": "Eve"}
    return CoalitionFile.model_validate(
        {"coalitions": 1, "title": "A game", "players": players} | parts
    )


def test_an_empty_core_is_proven_in_words() -> None:
    pairs = [{"of": [x, y], "worth": 1} for x, y in ("ab", "ac", "bc")]
    file = coalition(worths=pairs, unlisted="best_part")
    prediction = stability(played(file))
    assert prediction.details["empty"]
    assert "have 3/2 by themselves" in prediction.says.replace("1 1/2", "3/2")
    assert "Ann and Bob (1/2)" in prediction.says
    (hinge,) = prediction.hinges
    assert (hinge.now, hinge.flips_at) == (1.0, 1.5)
    assert power(played(file)).utilities == pytest.approx(dict.fromkeys("abc", 1 / 3))


def test_players_who_never_matter_are_named() -> None:
    file = coalition(vote={"weights": {"a": 3, "b": 1, "c": 1}, "quota": 3})
    prediction = power(played(file))
    assert "Bob and Eve never make a difference" in prediction.says
    assert prediction.details["decide_alone"] == ["a"]
    assert prediction.details["minimal_winning"] == [["a"]]
    assert prediction.hinges[0].flips_at == 2.0


def test_a_vote_with_too_many_players_to_list_is_settled_by_its_vetoes() -> None:
    names = {f"p{k}": f"Member {k}" for k in range(27)}
    weights = dict.fromkeys(names, 1)
    for quota, empty in ((14, True), (27, False)):
        file = CoalitionFile.model_validate({
            "coalitions": 1, "title": "Council", "players": names,
            "vote": {"weights": weights, "quota": quota},
        })  # fmt: skip
        prediction = stability(played(file))
        assert prediction.details["empty"] is empty
        assert power(played(file)).details["shapley"]["p0"]["exact"] == "1/27"
        assert "134,217,728 coalitions" in str(fairest(played(file)).not_computed)


def test_players_with_more_alone_than_together_have_no_nucleolus() -> None:
    file = coalition(worths=[{"of": ["a"], "worth": 2}], unlisted="nothing")
    assert "more alone than all together" in str(fairest(played(file)).not_computed)
    assert stability(played(file)).details["empty"]


def test_costs_are_paid_and_gains_are_got() -> None:
    costs = fairest(played(coalition(shared_costs={"a": 6, "b": 12, "c": 42})))
    assert costs.says.startswith("Each pays: Eve 34 1/2")
    assert costs.utilities == pytest.approx({"a": 3, "b": 4.5, "c": 34.5})
    assert isinstance(costs.picture, Sharing)
    assert costs.picture.total == 42
    assert all((np.array(corner, dtype=float) >= 0).all() for corner in costs.picture.corners or ())
