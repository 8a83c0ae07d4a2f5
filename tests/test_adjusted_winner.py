"""Adjusted Winner: published divisions, its guarantees, and what lying could bring."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.division.adjusted_winner import adjusted_winner
from sim.division.misreport import best_misreport
from sim.errors import InputError

CASES = [
    case
    for case in json.loads(
        (Path(__file__).parent / "published" / "division.json").read_text(encoding="utf-8")
    )
    if case["model"] == "adjusted_winner"
]


def points(items: int) -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(0, 40), min_size=items, max_size=items).filter(any)


PAIRS = st.integers(1, 8).flatmap(lambda n: st.tuples(points(n), points(n)))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_published_divisions(case: dict[str, Any]) -> None:
    first, second = case["parameters"]["points"].values()
    division = adjusted_winner(first, second)
    shares = [Fraction(x) for x in case["expected"]["share_of_first_party"].values()]
    assert list(division.shares) == shares
    assert division.totals == (Fraction(case["expected"]["points_each"]),) * 2


def test_panama_is_behind_before_the_tie_and_ahead_after_it() -> None:
    case = next(c for c in CASES if c["id"].startswith("panama"))
    division = adjusted_winner(*case["parameters"]["points"].values())
    land = case["parameters"]["items"].index("Land and water")
    assert (division.tied, division.won[land]) == ((land,), 1)
    assert division.won_totals == (64, 68)
    (only,) = division.transfers
    assert (only.item, only.giver, only.share) == (land, 1, Fraction(2, 15))


@given(PAIRS)
def test_both_get_as_much_and_neither_would_swap(pair: tuple[list[int], list[int]]) -> None:
    division = adjusted_winner(*pair)
    assert division.equitable
    assert division.envy_free
    assert division.efficient
    assert sum(0 < share < 1 for share in division.shares) <= 1


@given(PAIRS)
def test_whoever_is_named_first_the_points_are_the_same(pair: tuple[list[int], list[int]]) -> None:
    first, second = pair
    there, back = adjusted_winner(first, second), adjusted_winner(second, first)
    assert there.totals == back.totals
    ratios = [Fraction(a, sum(first)) / (Fraction(b, sum(second)) or 1)
              for a, b in zip(first, second, strict=True)]  # fmt: skip
    if len(set(ratios)) == len(ratios) and all(first) and all(second):
        assert list(there.shares) == [1 - x for x in back.shares]


@given(PAIRS, st.integers(2, 9))
def test_the_size_of_the_points_does_not_matter(
    pair: tuple[list[int], list[int]], factor: int
) -> None:
    first, second = pair
    scaled = adjusted_winner([factor * p for p in first], second)
    assert scaled == adjusted_winner(first, second)


@given(PAIRS, st.data())
def test_no_other_division_is_better_for_both(
    pair: tuple[list[int], list[int]], data: st.DataObject
) -> None:
    division = adjusted_winner(*pair)
    other = data.draw(st.lists(st.fractions(0, 1, max_denominator=4), min_size=len(pair[0]),
                               max_size=len(pair[0])))  # fmt: skip
    first = sum(a * x for a, x in zip(division.points[0], other, strict=True))
    second = sum(b * (1 - x) for b, x in zip(division.points[1], other, strict=True))
    assert first <= division.totals[0] or second <= division.totals[1]


def test_an_inefficient_division_is_called_so() -> None:
    division = adjusted_winner([60, 40], [40, 60])
    swapped = type(division)(
        division.points, division.won, division.won_totals, (), (Fraction(0), Fraction(1)),
        (Fraction(40), Fraction(40)),
    )  # fmt: skip
    assert not swapped.efficient
    assert not swapped.envy_free
    wasted = adjusted_winner([100, 0], [50, 50])
    assert wasted.shares == (Fraction(2, 3), 0)


def test_an_issue_that_cannot_be_shared_is_rounded_both_ways() -> None:
    case = next(c for c in CASES if c["id"].startswith("trump"))
    division = adjusted_winner(*case["parameters"]["points"].values())
    assert division.rounded(1) == (78, 70)
    assert division.rounded(0) == (38, 90)
    whole = adjusted_winner([60, 40], [40, 60])
    assert whole.split is None
    assert whole.rounded(1) == whole.totals == (60, 60)


def reports(total: int, issues: int) -> Iterator[list[int]]:
    """List every way to hand out whole points."""
    if issues == 1:
        yield [total]
        return
    for first in range(total + 1):
        for rest in reports(total - first, issues - 1):
            yield [first, *rest]


def truly_worth(own: list[int], report: list[int], other: list[int], party: int) -> Fraction:
    pair = (report, other) if party == 0 else (other, report)
    shares = adjusted_winner(*pair).shares
    mine = shares if party == 0 else [1 - x for x in shares]
    return sum(
        (Fraction(100 * a, sum(own)) * x for a, x in zip(own, mine, strict=True)), Fraction()
    )


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 4), st.sampled_from([4, 7, 10]), st.integers(0, 1), st.data())
def test_no_false_report_is_better_than_the_best_one(
    issues: int, grid: int, party: int, data: st.DataObject
) -> None:
    every = list(reports(grid, issues))
    mostly_whole = st.sampled_from(every) | points(issues)
    own, other = data.draw(mostly_whole), data.draw(mostly_whole)
    found = best_misreport(own, other, party=party, grid=grid)
    assert found.honest == truly_worth(own, own, other, party)
    best = max(truly_worth(own, report, other, party) for report in every)
    assert found.gets == max(best, found.honest)
    assert sum(found.report) == 100


def test_lying_pays_where_the_other_is_known() -> None:
    lie = best_misreport([70, 30], [40, 60])
    assert lie.gain > 10
    assert truly_worth([70, 30], [int(p) for p in lie.report], [40, 60], 0) == lie.gets


def test_lying_is_found_out_for_thirty_issues_in_a_moment() -> None:
    rng = np.random.default_rng(5)
    own, other = rng.integers(1, 20, (2, 30)).tolist()
    lie = best_misreport(own, other)
    assert lie.gets > lie.honest
    scaled = [Fraction(p) for p in lie.report]
    pair = adjusted_winner(scaled, other)
    got = sum(Fraction(100 * a, sum(own)) * x for a, x in zip(own, pair.shares, strict=True))
    assert got == lie.gets


def test_an_issue_that_only_one_cares_about_costs_no_points_to_keep() -> None:
    lie = best_misreport([50, 50], [0, 100], party=0)
    assert lie.gets == max(truly_worth([50, 50], report, [0, 100], 0) for report in reports(100, 2))


def test_points_that_say_nothing_are_refused() -> None:
    with pytest.raises(InputError, match="each must say what every issue is worth"):
        adjusted_winner([1], [1, 2])
    with pytest.raises(InputError, match="cannot be negative"):
        adjusted_winner([1, -1], [1, 2])
    with pytest.raises(InputError, match="no points to any issue"):
        adjusted_winner([0, 0], [1, 2])
