"""Discovery: boxes, trees, break-even values and robustness, each against its definition."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, combinations, pairwise
from math import comb

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from sim.errors import InputError
from sim.experiment.analysis import (
    FoundBox,
    Outcome,
    Tree,
    Unanswered,
    choose,
    decision_tree,
    prim,
)
from sim.experiment.analysis.boxes import Limits, chance_of_as_many, measured
from sim.experiment.analysis.columns import Column, columns_of
from sim.experiment.analysis.growing import Node, best_split, grow, predict, prices, prune
from sim.experiment.analysis.peeling import paste, peel
from sim.experiment.analysis.prim import simplified

SEEDS = st.integers(0, 2**16)


def world(seed: int, n: int = 80) -> tuple[tuple[Column, ...], np.ndarray]:
    """Draw cases: a number, a number of few values, two categories; and what is of interest."""
    rng = np.random.default_rng(seed)
    varied = {
        "patience": rng.random(n).round(2),
        "army": rng.integers(4, size=n),
        "reading": rng.choice(["none", "stated", "implied"], n),
        "coin": rng.choice(["heads", "tails"], n),
    }
    noise = rng.random(n) < 0.1
    yes = (varied["patience"] < 0.6) & (varied["reading"] != "implied") & (varied["army"] > 0)
    return columns_of(varied, n), yes ^ noise


def settings_of(columns: tuple[Column, ...]) -> dict[str, np.ndarray]:
    return {
        c.name: np.array(c.categories)[c.values.astype(int)] if c.categories else c.values
        for c in columns
    }


def slices(
    columns: tuple[Column, ...], inside: np.ndarray, slice_share: float
) -> Iterator[np.ndarray]:
    """List by definition what stays when one slice is cut off a box."""
    cases = np.flatnonzero(inside)
    k = int(slice_share * len(cases))
    for column in columns:
        values = column.values
        if column.categories:
            yield from (inside & (values != code) for code in set(values[cases]))
            continue
        for sign in (1, -1):
            ranked = sorted(sign * values[cases])
            off = [v for v in ranked if v < ranked[k]] or [v for v in ranked if v == ranked[0]]
            yield inside & ~np.isin(sign * values, off)


@given(SEEDS, st.sampled_from([0.05, 0.1, 0.3]))
def test_every_peel_is_the_slice_that_gains_most_density_for_each_case_given_up(
    seed: int, slice_share: float
) -> None:
    columns, yes = world(seed)
    boxes = peel(columns, yes, slice_share=slice_share, least_support=0.1)
    inside = [limits.inside(columns) for limits in boxes]
    assert inside[0].all()

    def gain(kept: np.ndarray, here: np.ndarray) -> float:
        if not 0.1 * len(yes) <= kept.sum() < here.sum():
            return -np.inf
        return (yes[kept].mean() - yes[here].mean()) / (here.sum() - kept.sum())

    for here, smaller in pairwise(inside):
        best = max(gain(kept, here) for kept in slices(columns, here, slice_share))
        assert (smaller <= here).all()
        assert gain(smaller, here) == pytest.approx(best)
        assert yes[here].mean() < 1
    last = inside[-1]
    cut = max(gain(kept, last) for kept in slices(columns, last, slice_share))
    assert yes[last].mean() == 1 or cut == -np.inf


@given(SEEDS)
def test_pasting_gives_up_no_density_and_no_case(seed: int) -> None:
    columns, yes = world(seed)
    for limits in peel(columns, yes, slice_share=0.1, least_support=0.1):
        wider = paste(limits, columns, yes, slice_share=0.1)
        before, after = limits.inside(columns), wider.inside(columns)
        assert (before <= after).all()
        assert yes[after].mean() >= yes[before].mean() - 1e-12
        assert not any(wider.limits(k) and not limits.limits(k) for k in range(len(columns)))


def test_pasting_puts_back_what_peeling_cut_too_deep() -> None:
    (column,) = columns_of({"threshold": np.arange(100) / 100}, 100)
    yes = column.values < 0.7
    deep = Limits.everywhere([column]).with_low(0, 0.2).with_high(0, 0.5)
    pasted = paste(deep, [column], yes, slice_share=0.05)
    assert str(measured(pasted, [column], yes)) == (
        "threshold ≤ 0.69: 70 of 70 cases (density 100%, coverage 100%)"
    )


@given(SEEDS)
def test_coverage_density_support_and_chances_are_what_the_definitions_say(seed: int) -> None:
    columns, yes = world(seed)
    found = prim(settings_of(columns), Outcome.of(yes), resamples=2)
    assume(not isinstance(found, Unanswered))
    assert not isinstance(found, Unanswered)
    box, inside = found[0].box, found[0].inside
    assert box.cases == inside.sum()
    assert box.coverage == pytest.approx((inside & yes).sum() / yes.sum())
    assert box.density == pytest.approx(yes[inside].mean())
    assert box.support == pytest.approx(inside.mean())
    by_hand = np.ones(len(yes), dtype=bool)
    for limit in box.restrictions:
        values = settings_of(columns)[limit.factor]
        if limit.categories:
            by_hand &= np.isin(values, limit.categories)
        else:
            low, high = (-9 if limit.low is None else limit.low), (limit.high or 9)
            by_hand &= (values >= low) & (values <= high)
    assert_array_equal(by_hand, inside)


def test_a_quasi_p_value_is_the_chance_of_as_dense_a_box_without_the_factor() -> None:
    tail = sum(comb(10, k) * 0.3**k * 0.7 ** (10 - k) for k in range(6, 11))
    assert chance_of_as_many(6, 10, 0.3) == pytest.approx(tail)
    assert chance_of_as_many(0, 10, 0.0) == 1
    reading = np.repeat(["none", "stated"], 20)
    columns = columns_of({"reading": reading, "coin": np.tile(["heads", "tails"], 20)}, 40)
    yes = reading == "none"
    limits = Limits.everywhere(columns).with_category(0, 1, allowed=False)
    (reading_kept, coin_kept) = measured(
        limits.with_category(1, 1, allowed=False), columns, yes
    ).restrictions
    assert reading_kept.chance == pytest.approx(0.5**10)  # ten of ten, half of all without it
    assert coin_kept.chance == 1  # ten of ten were sure without it


def test_the_point_of_the_trade_is_ours_to_choose() -> None:
    rng = np.random.default_rng(1)
    threshold = rng.random(2000)
    zone = Outcome.of(rng.random(2000) < 1 - threshold, "a zone exists")
    for density in (0.6, 0.8, 0.9):
        found = prim({"threshold": threshold}, zone, density=density, resamples=0)
        assert not isinstance(found, Unanswered)
        chosen = found[0].trajectory[found[0].chosen]
        assert chosen.density >= density
        assert all(
            b.density < density or b.coverage <= chosen.coverage for b in found[0].trajectory
        )
        assert found[0].reproduced is None
    densest = found[0].trajectory[choose(found[0].trajectory, 2.0)]
    assert densest.density == max(b.density for b in found[0].trajectory)


def test_resampling_brings_back_the_factors_that_matter_and_owns_up_to_luck() -> None:
    rng = np.random.default_rng(2)
    varied = {name: rng.random(400) for name in ("threshold", "idle", "also_idle", "more_idle")}
    yes = varied["threshold"] < rng.normal(0.35, 0.1, 400)
    found = prim(varied, Outcome.of(yes), density=0.95, resamples=20)
    assert not isinstance(found, Unanswered)
    again = found[0].reproduced
    assert again is not None
    assert again.by_coverage["threshold"] == again.by_density["threshold"] == 1
    assert max(again.by_coverage[name] for name in varied if "idle" in name) < 0.8
    assert again.density_elsewhere < found[0].box.density


def test_limits_that_chance_accounts_for_are_dropped_and_those_that_matter_stay() -> None:
    rng = np.random.default_rng(5)
    varied = {"threshold": rng.random(1000), **{f"idle {k}": rng.random(1000) for k in range(40)}}
    yes = varied["threshold"] < rng.normal(0.3, 0.1, 1000)
    columns = columns_of(varied, 1000)
    limits = Limits.everywhere(columns).with_high(0, 0.3)
    for k in range(1, 41):
        limits = limits.with_low(k, 0.01)
    judged = measured(limits, columns, yes)
    assert sum(one.chance > 0.05 for one in judged.restrictions) > 20
    kept, box = simplified(limits, columns, yes)
    assert all(one.chance <= 0.05 for one in box.restrictions)
    assert "threshold" in [one.factor for one in box.restrictions]
    assert len(box.restrictions) < 5
    assert kept.inside(columns).sum() == box.cases


def test_chance_alone_gives_no_box_of_many_limits() -> None:
    rng = np.random.default_rng(2)
    varied = {f"idle {k}": rng.random(400) for k in range(4)}
    found = prim(varied, Outcome.of(rng.random(400) < 0.3), density=0.6, resamples=5)
    limits = [] if isinstance(found, Unanswered) else found[0].box.restrictions
    assert all(one.chance <= 0.05 for one in limits)


def test_no_box_is_drawn_around_a_handful_of_cases() -> None:
    threshold = np.arange(200) / 200
    nine, ten = (prim({"threshold": threshold}, Outcome.of(threshold < n / 200)) for n in (9, 10))
    assert isinstance(nine, Unanswered)
    assert "9 of 200 cases are of interest: too few" in nine.why
    assert not isinstance(ten, Unanswered)
    assert ten[0].box.coverage == 1


def test_categories_alone_will_do() -> None:
    reading, coin = np.repeat(["none", "stated", "implied"], 40), np.tile(["heads", "tails"], 60)
    zone = Outcome.of((reading != "implied") & (coin == "heads"), "a zone exists")
    found = prim({"reading": reading, "coin": coin}, zone)
    assert not isinstance(found, Unanswered)
    assert str(found[0].box) == (
        "reading is none or stated and coin is heads: 40 of 40 cases (density 100%, coverage 100%)"
    )
    assert str(decision_tree({"reading": reading, "coin": coin}, zone)).splitlines()[0] == (
        "coin is heads and reading is none or stated: 40 of 40 cases (100%)"
    )


def test_further_boxes_are_sought_where_the_first_ones_are_not() -> None:
    threshold = np.linspace(0, 1, 400)
    yes = (threshold < 0.2) | (threshold > 0.85)
    found = prim({"threshold": threshold}, Outcome.of(yes), boxes=5, resamples=0)
    assert not isinstance(found, Unanswered)
    assert len(found) == 2
    assert not (found[0].inside & found[1].inside).any()
    assert ((found[0].inside | found[1].inside) != yes).mean() < 0.01  # a slice is not thinner
    assert sum(one.box.coverage for one in found) == pytest.approx(1)


ASKED = {
    "prim": lambda s, o: prim(s, o, resamples=2),
    "tree": decision_tree,
}


@pytest.mark.parametrize("method", ASKED)
@settings(max_examples=12)
@given(SEEDS, st.sampled_from([0.0, 0.2, 0.9]))
def test_cases_without_an_answer_are_left_out_and_counted(
    method: str, seed: int, share: float
) -> None:
    columns, yes = world(seed)
    gone = np.random.default_rng(seed).random(len(yes)) < share
    varied = settings_of(columns)
    outcome = Outcome.of(np.ma.array(yes, mask=gone), "a zone exists")
    garbage = replace(outcome, values=np.where(gone, np.nan, outcome.values))
    found = ASKED[method](varied, outcome)
    again = ASKED[method](varied, garbage)
    only = ASKED[method]({name: v[~gone] for name, v in varied.items()}, Outcome.of(yes[~gone]))
    one, other, bare = (f[0] if isinstance(f, tuple) else f for f in (found, again, only))
    assert one.account == other.account
    assert one.account.undefined == gone.sum()
    assert type(one) is type(other) is type(bare)
    if isinstance(one, FoundBox):
        assert one.box == other.box
        assert not one.inside[gone].any()
        assert (one.box.cases, one.box.interesting) == (bare.box.cases, bare.box.interesting)
    if isinstance(one, Tree):
        assert str(one) == str(other)
        assert sum(rule.cases for rule in one.rules) == (~gone).sum()


@pytest.mark.parametrize("method", ASKED)
def test_where_all_cases_are_alike_nothing_is_found(method: str) -> None:
    columns, yes = world(0)
    varied = settings_of(columns)
    declined = ASKED[method](varied, Outcome.of(np.ones(len(yes)), "a zone exists"))
    assert isinstance(declined, Unanswered)
    assert "a zone exists is 1 in every case" in declined.why
    nowhere = ASKED[method](varied, Outcome.of([None] * len(yes), "a zone exists"))
    assert isinstance(nowhere, Unanswered)
    assert "undefined in every case" in nowhere.why
    flat = ASKED[method]({"patience": np.ones(len(yes))}, Outcome.of(yes))
    assert isinstance(flat, Unanswered)


def gini(yes: np.ndarray) -> float:
    return 2 * len(yes) * yes.mean() * (1 - yes.mean()) if len(yes) else 0.0


def questions(column: Column) -> Iterator[np.ndarray]:
    """List by definition every way to part the cases by one factor."""
    if not column.categories:
        yield from (column.values <= value for value in set(column.values))
        return
    codes = range(len(column.categories))
    for some in chain.from_iterable(combinations(codes, n) for n in range(1, len(codes))):
        yield np.isin(column.values, some)


@given(SEEDS, st.integers(1, 20))
def test_a_question_lowers_impurity_most_of_all_that_could_be_asked(seed: int, least: int) -> None:
    columns, yes = world(seed, n=50)
    split = best_split(columns, yes, least)
    gains = [
        gini(yes) - gini(yes[left]) - gini(yes[~left])
        for column in columns
        for left in questions(column)
        if min(left.sum(), (~left).sum()) >= least
    ]
    best = max(gains, default=0.0)
    if split is None:
        assert best <= 1e-9
        return
    left = split.goes_left(columns[split.column].values)
    assert min(left.sum(), (~left).sum()) >= least
    assert split.gain == pytest.approx(best)
    assert gini(yes) - gini(yes[left]) - gini(yes[~left]) == pytest.approx(best)


@pytest.mark.parametrize("yes", [range(2), range(8, 10)])
def test_no_leaf_is_smaller_than_it_may_be(yes: range) -> None:
    columns = columns_of({"patience": np.arange(10)}, 10)
    split = best_split(columns, np.isin(np.arange(10), yes), 3)
    assert split is not None
    left = int(split.goes_left(columns[0].values).sum())
    assert left == (3 if 0 in yes else 7)


def subtrees(node: Node) -> Iterator[tuple[float, int]]:
    """List the impurity and the number of leaves of every way to prune a tree."""
    yield node.impurity, 1
    branches = node.branches()
    if branches:
        for left in subtrees(branches[1]):
            for right in subtrees(branches[2]):
                yield left[0] + right[0], left[1] + right[1]


def size(node: Node) -> tuple[float, int]:
    branches = node.branches()
    if not branches:
        return node.impurity, 1
    (a, n), (b, m) = size(branches[1]), size(branches[2])
    return a + b, n + m


@given(SEEDS, st.floats(0, 5))
def test_pruning_finds_the_subtree_that_is_best_at_the_price(seed: int, price: float) -> None:
    columns, yes = world(seed)
    full = grow(columns, yes, depth=4, least=3)
    impurity, leaves = size(prune(full, price))
    best = min(i + price * n for i, n in subtrees(full))
    assert impurity + price * leaves == pytest.approx(best)
    steps = prices(full)
    assert steps == sorted(steps)
    assert size(prune(full, steps[-1] * 1.001 + 1e-9))[1] == 1


@settings(max_examples=10)
@given(SEEDS)
def test_rules_part_all_cases_and_count_what_is_in_them(seed: int) -> None:
    columns, yes = world(seed, n=200)
    varied = settings_of(columns)
    tree = decision_tree(varied, Outcome.of(yes))
    assert isinstance(tree, Tree)
    assert sum(rule.cases for rule in tree.rules) == len(yes)
    assert sum(rule.coverage for rule in tree.rules) == pytest.approx(1)
    assert sum(tree.importance.values()) == pytest.approx(1)
    shares = predict(tree.root, columns)
    seen = np.zeros(len(yes), dtype=int)
    for rule in tree.rules:
        where = np.ones(len(yes), dtype=bool)
        for condition in rule.conditions:
            where &= said(condition, varied)
        seen += where
        assert where.sum() == rule.cases
        assert yes[where].sum() == rule.interesting
        assert rule.says == (rule.density > 0.5)
        assert_allclose(shares[where], rule.density)
    assert (seen == 1).all()


def said(condition: str, varied: dict[str, np.ndarray]) -> np.ndarray:
    """Read a condition as it is written."""
    words = condition.split(" ")
    if words[1] == "is":
        return np.isin(varied[words[0]], [w for w in words[2:] if w != "or"])
    if words[1] == "≤":
        return varied[words[0]] <= float(words[2])
    if words[1] == ">":
        return varied[words[0]] > float(words[2])
    return (float(words[0]) < varied[words[2]]) & (varied[words[2]] <= float(words[4]))


def test_a_tree_that_learns_only_noise_is_not_shown() -> None:
    declined = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        varied = {name: rng.random(300) for name in "abcde"}
        declined += isinstance(decision_tree(varied, Outcome.of(rng.random(300) < 0.4)), Unanswered)
    assert declined >= 17


def test_a_tree_owns_up_to_what_it_gets_right_on_fresh_cases() -> None:
    columns, yes = world(7, n=2000)
    tree = decision_tree(settings_of(columns), Outcome.of(yes))
    assert isinstance(tree, Tree)
    fresh_columns, fresh = world(8, n=20_000)
    coded = [
        replace(
            f, values=np.array([c.categories.index(n) for n in f.categories])[f.values.astype(int)]
        )
        if c.categories
        else f
        for c, f in zip(columns, fresh_columns, strict=True)
    ]
    right = ((predict(tree.root, coded) > 0.5) == fresh).mean()
    assert tree.right == pytest.approx(right, abs=0.02)
    assert tree.right > tree.guess + 0.15


def test_searches_that_make_no_sense_are_refused() -> None:
    with pytest.raises(InputError, match="between 1 and 4 questions"):
        decision_tree({"a": [1.0, 2.0]}, Outcome.of([0, 1]), depth=5)
    with pytest.raises(InputError, match="slices are above 0"):
        prim({"a": [1.0, 2.0]}, Outcome.of([0, 1]), slice_share=0.7)
