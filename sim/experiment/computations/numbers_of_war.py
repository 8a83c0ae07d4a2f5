"""What models of war and of waiting say in numbers."""

from __future__ import annotations

from collections.abc import Mapping

from sim.experiment.computations.model_numbers import Number, Told
from sim.experiment.computations.prediction_details import (
    at_the_front,
    counted_shifts,
    is_open,
    most_in_war,
    most_left,
    of_wait,
    open_in_draws,
    preventive_gain,
    range_in_war,
    range_open,
)

WAR: Mapping[str, Told] = {
    "war": Told(
        {
            "open": Number("truth", "some package is better for all than fighting on", "open"),
            "slack": Number(
                "number",
                "how far all no-deal values could rise until no package suits all; below 0 none",
                at_the_front("slack"),
            ),
            "probability": Number(
                "number",
                "share of draws in which there is such a package",
                at_the_front("open_in_draws"),
            ),
            "rounds": Number("number", "rounds that the fighting lasts", "rounds_expected"),
            "opens": Number(
                "number", "chance that there is such a package before the end", "opens.ever"
            ),
            "ripe": Number(
                "truth", "all lose by another round, and there is a way out", "ripe.ripe"
            ),
            "{end}.chance": Number("number", "chance that the war ends so: {end}", "ends.{end}"),
            "{party}.most": Number(
                "number",
                "the most {party} can get while the others get what war is worth",
                most_in_war,
            ),
            "{party}.range": Number(
                "number", "that most, less what war is worth to {party}", range_in_war
            ),
        },
        utilities="utility that {party} expects from fighting on",
    ),
    "commitment": Told(
        {
            "shifts": Number("whole", "shifts of power looked at", counted_shifts()),
            "preventive": Number(
                "whole",
                "shifts before which no deal is better if the rising side makes all offers",
                counted_shifts("no_deal_if_the_rising_side_makes_all_offers"),
            ),
            "unavoidable": Number(
                "whole",
                "shifts before which no promise by anyone is enough",
                counted_shifts("no_deal_whoever_makes_offers"),
            ),
            "gap": Number(
                "number",
                "no deal now less the best promise, where that is most: above 0 none is enough",
                preventive_gain,
            ),
        }
    ),
    "optimism": Told(
        {
            "open": Number("truth", "some package suits all, seen alike", "open_as_all_see_it"),
            "open_as_believed": Number(
                "truth", "some package suits all, with the beliefs of the file", "open_as_believed"
            ),
            "{party}.certainty": Number(
                "number",
                "what {party} would gain in no deal were it sure of the best end",
                "no_deal_gained_by_certainty.{party}",
            ),
        }
    ),
    "waiting": Told(
        {
            "open": Number("truth", "some package is better for both than no deal", is_open),
            "probability": Number(
                "number", "share of draws in which some package is", open_in_draws
            ),
            "{party}.most": Number(
                "number",
                "upper end of the bargaining range: the most {party} can get while the other gets "
                "what no deal is worth to it",
                most_left,
            ),
            "{party}.range": Number(
                "number",
                "width of the bargaining range: the most {party} can get, less what no deal is "
                "worth to it; below 0 where none is open",
                range_open,
            ),
            "{party}.pays_from": Number(
                "number",
                "no-deal value from which waiting a round pays {party}",
                of_wait("from_no_deal_value", longest=False),
            ),
            "{party}.pays_in_draws": Number(
                "number",
                "share of draws in which waiting a round pays {party}",
                of_wait("share_of_drawn_pairs", longest=False),
            ),
            "{party}.long_pays_from": Number(
                "number",
                "no-deal value from which the longest wait looked at pays {party}",
                of_wait("from_no_deal_value", longest=True),
            ),
            "{party}.long_pays_in_draws": Number(
                "number",
                "share of draws in which the longest wait looked at pays {party}",
                of_wait("share_of_drawn_pairs", longest=True),
            ),
        },
        pair=True,
    ),
}
"""Model -> what it says in numbers."""
