"""Sensitivity: published indices, definitions by hand, and gaps that are never taken for zeros."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from SALib.analyze import pawn
from scipy.stats import qmc
from scipy.stats import sobol_indices as by_scipy

from sim.errors import InputError
from sim.experiment.analysis import (
    MorrisEffects,
    Outcome,
    PawnIndices,
    SobolIndices,
    Tornado,
    Unanswered,
    morris_effects,
    pawn_indices,
    sobol_indices,
    tornado,
)

Model = Callable[[np.ndarray], np.ndarray]


def saltelli(
    model: Model, n: int, width: int, *, groups: Sequence[Sequence[int]] = (), seed: int = 0
) -> np.ndarray:
    """Run a model on a Saltelli design in the unit cube: for each point A, AB of each input, B."""
    points = qmc.Sobol(2 * width, seed=seed).random(n)
    a, b = points[:, :width], points[:, width:]
    runs = [model(a)]
    for group in groups or [[k] for k in range(width)]:
        ab = a.copy()
        ab[:, group] = b[:, group]
        runs.append(model(ab))
    return np.column_stack([*runs, model(b)]).ravel()


def ishigami(units: np.ndarray) -> np.ndarray:
    x = (2 * units.T - 1) * np.pi
    return np.sin(x[0]) + 7 * np.sin(x[1]) ** 2 + 0.1 * x[2] ** 4 * np.sin(x[0])


G_COEFFICIENTS = np.array([0, 0.5, 3, 9, 99, 99])


def g_function(units: np.ndarray) -> np.ndarray:
    return ((np.abs(4 * units - 2) + G_COEFFICIENTS) / (1 + G_COEFFICIENTS)).prod(axis=1)


def three(units: np.ndarray) -> np.ndarray:
    """Take something with an interaction and an input that does nothing."""
    return units[:, 0] * units[:, 1] + units[:, 0]


def answered(model: Model, n: int, width: int, **options: object) -> SobolIndices:
    names = [f"x{k}" for k in range(width)]
    found = sobol_indices(names, Outcome.of(saltelli(model, n, width)), **options)
    assert isinstance(found, SobolIndices)
    return found


PUBLISHED = {
    # Ishigami, Homma (1990); values as in Saltelli et al. (2008), Global Sensitivity Analysis
    "Ishigami": (ishigami, [0.3139, 0.4424, 0], [0.5576, 0.4424, 0.2437]),
    # Sobol' (1993); Saltelli, Sobol' (1995)
    "g-function": (
        g_function,
        [0.586781, 0.260792, 0.0366738, 0.00586781, 0.00005868, 0.00005868],
        [0.690086, 0.356173, 0.0563335, 0.00917058, 0.00009201, 0.00009201],
    ),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_sobol_indices_are_those_of_the_literature(name: str) -> None:
    model, first, total = PUBLISHED[name]
    found = answered(model, 8192, len(first), resamples=300)
    assert_allclose(found.first, first, atol=0.01)
    assert_allclose(found.total, total, atol=0.01)
    assert ((found.first_low <= first) & (np.array(first) <= found.first_high)).all()
    assert ((found.total_low <= total) & (np.array(total) <= found.total_high)).all()


@pytest.mark.parametrize("model", [ishigami, three])
def test_on_complete_designs_the_estimates_are_those_of_scipy(model: Model) -> None:
    parts = saltelli(model, 256, 3).reshape(-1, 5)
    theirs = by_scipy(
        func={"f_A": parts[None, :, 0], "f_B": parts[None, :, -1], "f_AB": parts.T[1:-1, None]},
        n=256,
    )
    found = answered(model, 256, 3, resamples=10)
    assert_allclose(found.first, theirs.first_order, rtol=1e-9, atol=1e-12)
    assert_allclose(found.total, theirs.total_order, rtol=1e-9, atol=1e-12)


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    truth = np.array([0.75 * 9, 0.75]) / 7.5  # y = 3 a + b: variances 9 / 12 and 1 / 12
    held = np.zeros((2, 2))
    for seed in range(100):
        rng = np.random.default_rng(seed)
        a, b = rng.random((2, 200, 2))
        y = np.column_stack(
            [m @ [3, 1] for m in (a, np.c_[b[:, 0], a[:, 1]], np.c_[a[:, 0], b[:, 1]], b)]
        )
        found = sobol_indices(["a", "b"], Outcome.of(y.ravel()), resamples=200, seed=seed)
        assert isinstance(found, SobolIndices)
        held[0] += (found.first_low <= truth) & (truth <= found.first_high)
        held[1] += (found.total_low <= truth) & (truth <= found.total_high)
    assert (held >= 86).all()


@given(st.floats(-100, 100), st.sampled_from([-7.0, 0.01, 1e6]))
def test_indices_do_not_depend_on_the_scale_of_the_outcome(shift: float, scale: float) -> None:
    y = saltelli(three, 64, 3)
    plain, scaled = (
        sobol_indices("abc", Outcome.of(values), resamples=20)
        for values in (y, scale * (y + shift))
    )
    assert isinstance(plain, SobolIndices)
    assert isinstance(scaled, SobolIndices)
    assert_allclose(scaled.first, plain.first, atol=1e-6)
    assert_allclose(scaled.total_high, plain.total_high, atol=1e-6)


def test_weights_that_sum_to_one_are_one_input_with_the_variance_of_a_flat_simplex() -> None:
    def model(units: np.ndarray) -> np.ndarray:
        shares = -np.log1p(-units[:, :3])
        return shares[:, 0] / shares.sum(axis=1) + 0.5 * units[:, 3]

    y = saltelli(model, 4096, 4, groups=[[0, 1, 2], [3]])
    found = sobol_indices(["weights", "patience"], Outcome.of(y), resamples=50)
    assert isinstance(found, SobolIndices)
    weights, patience = 1 / 18, 0.25 / 12  # of a Dirichlet(1, 1, 1) share; of a uniform halved
    assert_allclose(found.first[0], weights / (weights + patience), atol=0.02)
    assert_allclose(found.first, found.total, atol=0.03)
    assert found.additive == pytest.approx(1, abs=0.03)


def gappy(y: np.ndarray, share: float, seed: int = 0) -> Outcome:
    """Take the outcome away from a share of the cases."""
    gone = np.random.default_rng(seed).random(len(y)) < share
    return Outcome.of(np.ma.array(y, mask=gone), "surplus")


def test_a_comparison_with_a_gap_is_dropped_whole_and_counted() -> None:
    y = saltelli(ishigami, 1024, 3)
    outcome = gappy(y, 0.01)
    found = sobol_indices("abc", outcome, resamples=50)
    assert isinstance(found, SobolIndices)
    known = outcome.defined.reshape(-1, 5)
    for k in range(3):
        rows = known[:, 0] & known[:, -1] & known[:, 1 + k]
        assert found.points[k] == rows.sum() < 1024
        a, b, ab = y.reshape(-1, 5)[rows][:, [0, 4, 1 + k]].T
        mean, variance = np.mean([a, b]), np.var([a, b])
        assert found.first[k] == pytest.approx(((b - mean) * (ab - a)).mean() / variance)
        assert found.total[k] == pytest.approx(((a - ab) ** 2).mean() / 2 / variance)
    dropped = int((1024 - found.points).sum())
    assert f"undefined in {outcome.undefined} of 5120 cases: {dropped} of 3072" in str(
        found.account
    )


def test_too_many_gaps_are_an_answer_and_whether_it_is_defined_is_another_question() -> None:
    y = saltelli(ishigami, 256, 3)
    hole = Outcome.of(np.where(saltelli(lambda u: u[:, 1], 256, 3) < 0.4, np.nan, y), "surplus")
    declined = sobol_indices("abc", hole)
    assert isinstance(declined, Unanswered)
    assert "whether surplus is defined" in declined.why
    instead = sobol_indices("abc", hole.whether_defined(), resamples=50)
    assert isinstance(instead, SobolIndices)
    assert_allclose(instead.first, [0, 1, 0], atol=0.05)
    assert_array_equal(instead.total[[0, 2]], 0)


SETTINGS = {"patience": np.linspace(0, 1, 40), "reading": np.tile(["none", "stated"], 20)}
WALKS = 10


def walks(n: int, owners: Sequence[str], seed: int = 0) -> np.ndarray:
    """Make walks on four places of each axis, steps of two thirds; a group moves together."""
    rng = np.random.default_rng(seed)
    inputs = list(dict.fromkeys(owners))
    rows = []
    for _ in range(n):
        here = rng.integers(4, size=len(owners)) / 3
        rows.append(here)
        for name in rng.permutation(inputs):
            moves = np.array([owner == name for owner in owners])
            here = np.where(moves, np.where(here < 0.5, here + 2 / 3, here - 2 / 3), here)
            rows.append(here)
    return np.array(rows)


EVERY = {
    "sobol": lambda o: sobol_indices(["a", "b"], o, resamples=20),
    "morris": lambda o: morris_effects("abc", walks(WALKS, "abc"), o, resamples=20),
    "pawn": lambda o: pawn_indices(SETTINGS, o, slices=4, resamples=20),
    "tornado": lambda o: tornado(SETTINGS | {"reading": ["none"] * 40}, o, threshold=0.5),
}


def numbers(found: object) -> list[np.ndarray]:
    values = [getattr(found, field.name) for field in fields(found)]
    return [np.asarray(v, dtype=float) for v in values if isinstance(v, np.ndarray)]


@pytest.mark.parametrize("analysis", EVERY)
@given(st.integers(0, 1000), st.sampled_from([0.0, 0.02, 0.3, 1.0]))
def test_no_analysis_looks_at_a_gap_or_leaves_one_in_its_answer(
    analysis: str, seed: int, share: float
) -> None:
    rng = np.random.default_rng(seed)
    outcome = gappy(rng.normal(size=40), share, seed)
    other = replace(outcome, values=np.where(outcome.defined, outcome.values, np.nan))
    found, again = EVERY[analysis](outcome), EVERY[analysis](other)
    assert found.account.cases == 40
    assert found.account.undefined == outcome.undefined
    assert bool(found.account.done) == bool(outcome.undefined)
    if isinstance(found, Unanswered | Tornado):
        assert found == again
        return
    for one, same in zip(numbers(found), numbers(again), strict=True):
        assert_array_equal(one, same)
        assert np.isfinite(one).all()


@pytest.mark.parametrize("analysis", ["sobol", "morris", "pawn"])
def test_a_constant_outcome_has_no_indices_and_the_answer_says_so(analysis: str) -> None:
    almost = 0.3 + 1e-17 * np.arange(40) + (np.arange(40) % 2) * 1e-16
    declined = EVERY[analysis](Outcome.of(almost, "surplus"))
    assert isinstance(declined, Unanswered)
    assert "surplus is 0.3 in every case" in declined.why


def test_an_outcome_that_hardly_ever_differs_is_not_explained() -> None:
    y = np.zeros(40)
    y[7] = 1
    declined = EVERY["sobol"](Outcome.of(y))
    assert isinstance(declined, Unanswered)
    assert "differs in too few cases" in declined.why
    small = sobol_indices("ab", Outcome.of(np.arange(20.0)))
    assert isinstance(small, Unanswered)
    assert "5 base points are too few" in small.why


def test_elementary_effects_of_a_straight_line_are_its_slopes() -> None:
    units = walks(6, "abc")
    found = morris_effects("abc", units, Outcome.of(units @ [3.0, -2.0, 0.0]))
    assert isinstance(found, MorrisEffects)
    assert_allclose(found.mean, [3, -2, 0], atol=1e-12)
    assert_allclose(found.mean_size, [3, 2, 0], atol=1e-12)
    assert_allclose(found.spread, 0, atol=1e-12)
    assert_allclose(found.high - found.low, 0, atol=1e-12)


@given(st.integers(0, 1000), st.sampled_from([0.0, 0.03]))
def test_elementary_effects_are_the_mean_jumps_of_the_walks_that_are_whole(
    seed: int, share: float
) -> None:
    owners = ["party", "party", "mediator", "patience"]
    units = walks(12, owners, seed)
    y = np.sin(5 * units[:, 0]) + units[:, 1] * units[:, 2] + units[:, 3] ** 2
    outcome = gappy(y, share, seed)
    found = morris_effects(owners, units, outcome, resamples=50)
    whole = outcome.defined.reshape(12, 4).all(axis=1)
    if 2 * whole.sum() < len(whole):
        assert isinstance(found, Unanswered)
        return
    assert isinstance(found, MorrisEffects)
    assert found.walks == whole.sum()
    effects: dict[str, list[float]] = {name: [] for name in found.inputs}
    for walk in np.flatnonzero(whole):
        for step in range(4 * walk, 4 * walk + 3):
            moved = np.flatnonzero(units[step + 1] != units[step])
            jump = (y[step + 1] - y[step]) / (2 / 3)
            effects[owners[moved[0]]].append(
                jump * np.sign((units[step + 1] - units[step])[moved[0]])
            )
    sizes = [np.abs(effects[name]).mean() for name in found.inputs]
    assert_allclose(found.mean_size, sizes, atol=1e-12)
    assert found.mean.mask.tolist() == found.spread.mask.tolist() == [True, False, False]
    assert_allclose(found.mean[1:], [np.mean(effects[n]) for n in found.inputs[1:]], atol=1e-12)
    assert_allclose(
        found.spread[1:], [np.std(effects[n], ddof=1) for n in found.inputs[1:]], atol=1e-12
    )
    assert ((found.low >= 0) & (found.low <= sizes) & (sizes <= found.high)).all()


def test_without_resampling_nothing_is_claimed_about_how_sure_an_estimate_is() -> None:
    y = np.random.default_rng(0).random(40)
    sobol = sobol_indices("ab", Outcome.of(y), resamples=0)
    morris = morris_effects("abc", walks(WALKS, "abc"), Outcome.of(y), resamples=0)
    pawn_found = pawn_indices(SETTINGS, Outcome.of(y), slices=4, resamples=0)
    assert isinstance(sobol, SobolIndices)
    assert isinstance(morris, MorrisEffects)
    assert isinstance(pawn_found, PawnIndices)
    assert np.isposinf(sobol.first_high).all()
    assert np.isneginf(sobol.total_low).all()
    assert np.isposinf(morris.high).all()
    assert (pawn_found.low.tolist(), pawn_found.high.tolist()) == ([0, 0], [1, 1])


def test_what_are_no_walks_is_refused() -> None:
    units = walks(5, "abc")
    shuffled = units[np.random.default_rng(0).permutation(len(units))]
    with pytest.raises(InputError, match="does not move every input once"):
        morris_effects("abc", shuffled, Outcome.of(np.arange(20.0)))
    with pytest.raises(InputError, match="no walks of 3 inputs"):
        morris_effects("abc", units[:-1], Outcome.of(np.arange(19.0)))
    with pytest.raises(InputError, match="no Saltelli design of 3 inputs"):
        sobol_indices("abc", Outcome.of(np.arange(19.0)))


@given(st.integers(0, 1000))
def test_pawn_is_the_median_distance_between_distributions(seed: int) -> None:
    rng = np.random.default_rng(seed)
    reading, y = rng.integers(3, size=60), rng.integers(6, size=60) / 5
    reading[:3] = range(3)
    y[:2] = [0, 1]
    found = pawn_indices({"reading": np.array(list("abc"))[reading]}, Outcome.of(y), resamples=5)
    assert isinstance(found, PawnIndices)
    distances = [
        max(abs((y <= at).mean() - (y[reading == k] <= at).mean()) for at in y) for k in range(3)
    ]
    assert found.median[0] == pytest.approx(np.median(distances))
    assert found.largest[0] == pytest.approx(max(distances))
    assert found.slices[0] == 3


def test_on_numbers_pawn_agrees_with_salib() -> None:
    units = np.random.default_rng(3).random((2000, 3))
    y = ishigami(units)
    problem = {"num_vars": 3, "names": list("abc"), "bounds": [[0, 1]] * 3}
    theirs = pawn.analyze(problem, units, y, S=10)
    found = pawn_indices(dict(zip("abc", units.T, strict=True)), Outcome.of(y), resamples=20)
    assert isinstance(found, PawnIndices)
    assert_allclose(found.median, theirs["median"], atol=0.006)
    assert_allclose(found.largest, theirs["maximum"], atol=0.006)


def test_pawn_tells_what_matters_from_what_chance_alone_would_show() -> None:
    rng = np.random.default_rng(5)
    matters, idle = rng.random((2, 800))
    lines = rng.choice(["none", "stated"], 800)
    settings = {"matters": matters, "idle": idle, "lines": lines, "coin": rng.permutation(lines)}
    outcome = Outcome.of((matters > 0.6) & (lines == "none"), "a zone exists")
    found = pawn_indices(settings, outcome, resamples=100)
    assert isinstance(found, PawnIndices)
    assert (found.median > found.by_chance).tolist() == [True, False, True, False]
    assert ((found.low <= found.median) & (found.median <= found.high)).all()


def test_a_tornado_shows_each_factor_alone_the_longest_bar_first() -> None:
    patience, reading = (
        [0.9, 0.8, 0.95, 0.9, 0.9, 0.8],
        ["none"] * 3 + ["stated", "implied", "stated"],
    )
    surplus = Outcome.of([0.1, 0.05, 0.2, -0.4, None, 9.0], "surplus")
    found = tornado({"patience": patience, "reading": reading}, surplus, threshold=0.0)
    assert found.base == 0.1
    assert [bar.factor for bar in found.bars] == ["reading", "patience"]
    reading_bar, patience_bar = found.bars
    assert (reading_bar.low, reading_bar.high) == (-0.4, 0.1)
    assert (reading_bar.at_low, reading_bar.at_high) == ("stated", "none")
    assert reading_bar.undefined == ("implied",)
    assert (reading_bar.flips, patience_bar.flips) == (True, False)
    assert (patience_bar.at_low, patience_bar.at_high) == ("0.8", "0.95")
    assert patience_bar.swing == pytest.approx(0.15)
    assert str(found.account).startswith("undefined in 1 of 5 cases")  # the last case moves both


def test_a_surplus_of_nothing_but_rounding_is_on_the_threshold_as_everywhere() -> None:
    surplus = Outcome.of([0.3, 0.7 - 0.4 - 0.3], "surplus")
    assert surplus.values[1] < 0
    assert surplus.where(above=0).values.tolist() == [1, 1]
    assert tornado({"patience": [0.9, 0.8]}, surplus, threshold=0.0).bars[0].flips is False


def test_a_group_has_one_bar_and_a_base_without_a_value_is_said() -> None:
    settings = {"w1": [0.5, 0.8, 0.5], "w2": [0.5, 0.2, 0.5], "patience": [0.9, 0.9, 0.5]}
    found = tornado(settings, Outcome.of([None, 1.0, None]), groups={"weights": ["w1", "w2"]})
    assert found.base is None
    assert [(bar.factor, bar.low) for bar in found.bars] == [("weights", 1.0), ("patience", None)]
    assert found.bars[0].at_low == "w1 = 0.8, w2 = 0.2"
    assert found.bars[1].undefined == ("0.9", "0.5")
    with pytest.raises(InputError, match="in one factor alone"):
        tornado({"w1": [1, 2], "w2": [1, 2]}, Outcome.of([1.0, 2.0]))
    with pytest.raises(InputError, match="w9 does not vary"):
        tornado(settings, Outcome.of([1.0, 1.0, 1.0]), groups={"weights": ["w9"]})


def test_a_column_is_read_with_its_gaps_and_every_mistake_in_the_settings_is_told() -> None:
    assert Outcome.of([True, None, False]).values.tolist() == [1, 0, 0]
    assert Outcome.of([0.2, np.nan]).where(above=0.1, below=0.3).defined.tolist() == [True, False]
    with pytest.raises(InputError, match="case 1 is infinite"):
        Outcome.of([0.0, np.inf])
    with pytest.raises(InputError, match="not a column of numbers"):
        Outcome.of(["yes", "no"])
    with pytest.raises(InputError, match="at least one case"):
        Outcome.of([])
    with pytest.raises(InputError) as told:
        pawn_indices({"a": [1.0, 2.0], "b": [1.0, np.nan, 2.0]}, Outcome.of([1.0, 2.0, 3.0]))
    assert len(str(told.value).splitlines()) == 2
    missing = np.ma.array([0.9, 0.8, 0.0], mask=[False, False, True])
    (patience,) = tornado({"patience": missing}, Outcome.of([1.0, 2.0, 3.0])).bars
    assert (patience.at_low, patience.at_high) == ("0.9", "none")
