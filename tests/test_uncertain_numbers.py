"""What is not known is drawn from where it was said to lie, and nowhere else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from pydantic import ValidationError
from scipy.stats import truncnorm
from strategies import numbers

from sim.issues import Frozen
from sim.preferences.ordinal import Order, central_levels, draw_levels
from sim.preferences.readers import Central, Drawn
from sim.preferences.streams import Streams
from sim.preferences.uncertain import Number, Probability, Weight, central, draw, support
from sim.sampling import central as central_reading
from sim.sampling import sample
from sim.scenario import Scenario

TIERS = {1: (1.0, 2.0), 2: (2.0, 4.0), 3: (4.0, 7.0)}
N = 40_000


class Written(Frozen):
    """What may stand in a file."""

    number: Number = 0.0
    weight: Weight = 0.0
    chance: Probability = 0.0


def number(written: object) -> Any:
    return Written.model_validate({"number": written}).number


def weight(written: object) -> Any:
    return Written.model_validate({"weight": written}).weight


def quantiles(written: object, *at: float) -> list[float]:
    return draw(number(written), np.array(at)).tolist()


def alike(draws: np.ndarray, mean: float, sd: float) -> bool:
    """Whether the first two moments are within five standard errors of what they should be."""
    spread = ((draws - mean) ** 2).std() / np.sqrt(len(draws))
    return (
        abs(draws.mean() - mean) < 5 * sd / np.sqrt(len(draws))
        and abs(((draws - mean) ** 2).mean() - sd**2) < 5 * spread
    )


def who(party: dict[str, Any], issues: int = 2) -> Scenario:
    """A scenario with one party over a few issues of two options."""
    names = [f"issue{k}" for k in range(issues)]
    options = {"no": "No", "yes": "Yes"}
    return Scenario.model_validate(
        {
            "zopa": 1,
            "title": "One party",
            "tiers": {"1": [1, 2], "2": [2, 4], "3": [4, 7]},
            "issues": {name: {"title": name, "options": options} for name in names},
            "parties": {"ann": {"name": "Ann", **party}},
        }
    )


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (3, 3.0),
        ({"value": 3, "assumption": "a guess"}, 3.0),
        ({"uniform": [1, 4]}, 2.5),
        ({"triangular": [0, 1, 5]}, 1.0),
        ({"normal": [2, 9]}, 2.0),
    ],
)
def test_one_value_stands_for_a_number(written: object, value: float):
    assert central(number(written)) == value


def test_ranges_are_read_through_one_uniform_number():
    assert quantiles({"uniform": [2, 6]}, 0, 0.25, 0.5) == [2, 3, 4]
    assert_allclose(quantiles({"triangular": [0, 1, 2]}, 0, 0.125, 0.5, 0.875), [0, 0.5, 1, 1.5])
    assert_allclose(quantiles({"triangular": [0, 0, 1]}, 0, 0.75), [0, 0.5])
    assert_allclose(quantiles({"triangular": [0, 1, 1]}, 0, 0.25), [0, 0.5])
    assert_allclose(quantiles({"normal": [5, 2]}, 0.5, 0.841344746), [5, 7])
    assert quantiles({"uniform": [3, 3]}, 0, 0.9) == [3, 3]
    assert quantiles({"triangular": [3, 3, 3]}, 0, 0.9) == [3, 3]
    assert quantiles({"normal": [3, 0]}, 0, 0.9) == [3, 3]
    assert quantiles(7, 0, 0.9) == [7, 7]


def test_a_bell_is_cut_off_at_the_ends_of_its_range():
    bell = number({"normal": [0, 1]})
    half = draw(bell, np.array([0.0, 0.5, 1 - 2**-53]), low=0)
    assert half[0] == pytest.approx(0, abs=1e-12)
    assert half[1] == pytest.approx(0.674489750196)  # the 75 % point of the whole bell
    assert np.isfinite(half).all()


def test_a_bell_is_never_infinitely_far_out():
    assert np.isfinite(quantiles({"normal": [0, 1]}, 0.0, 1 - 2**-53)).all()


@given(
    written=numbers(-3, 7, uncertain=True),
    at=st.lists(st.floats(0, 1, exclude_max=True), min_size=2, max_size=20).map(sorted),
)
def test_draws_stay_in_their_range_and_rise_with_the_uniform(written: object, at: list[float]):
    draws = draw(number(written), np.array(at))
    low, high = support(number(written))
    assert (draws >= low - 1e-12).all()
    assert (draws <= high + 1e-12).all()
    assert (np.diff(draws) >= -1e-12).all()


@pytest.mark.parametrize(
    ("written", "mean", "sd"),
    [
        ({"uniform": [2, 5]}, 3.5, 3 / np.sqrt(12)),
        ({"triangular": [0, 1, 4]}, 5 / 3, np.sqrt(13 / 18)),  # (a²+b²+c²−ab−ac−bc)/18
        ({"normal": [1, 2]}, 1.0, 2.0),
    ],
)
def test_draws_have_the_mean_and_the_spread_of_their_kind(written, mean: float, sd: float):
    draws = Drawn(Streams(3), N).number(number(written), "some.number")
    assert alike(draws, mean, sd)


def test_a_truncated_bell_has_the_moments_of_the_textbook():
    draws = Drawn(Streams(5), N).number(number({"normal": [0.8, 0.3]}), "x", 0.0, 1.0)
    bell = truncnorm((0 - 0.8) / 0.3, (1 - 0.8) / 0.3, loc=0.8, scale=0.3)
    assert draws.min() >= 0
    assert draws.max() <= 1
    assert alike(draws, bell.mean(), bell.std())


def test_a_tier_is_a_weight_in_one_of_its_ranges_each_as_likely():
    tier = weight({"tier": [1, 3]})
    draws = Drawn(Streams(7), N).weight(tier, "w", TIERS)
    middles = np.array([1.5, 3, 5.5])
    second = np.mean([(1 + 2 + 4) / 3, (4 + 8 + 16) / 3, (16 + 28 + 49) / 3])
    assert draws.min() >= 1
    assert draws.max() <= 7
    assert alike(draws, middles.mean(), np.sqrt(second - middles.mean() ** 2))
    for low, high in TIERS.values():
        inside = ((draws >= low) & (draws < high)).mean()
        assert abs(inside - 1 / 3) < 5 * np.sqrt(2 / 9 / N)


def test_a_tier_stands_for_its_mean():
    tier = weight({"tier": [2, 3]})
    assert Central().weight(tier, "w", TIERS).tolist() == [(3 + 5.5) / 2]
    one = weight({"tier": [2, 2]})
    draws = Drawn(Streams(7), N).weight(one, "w", TIERS)
    assert alike(draws, 3.0, 2 / np.sqrt(12))


def test_a_weight_is_never_negative():
    some = weight({"normal": [0.1, 1]})
    draws = Drawn(Streams(7), N).weight(some, "w", TIERS)
    bell = truncnorm(-0.1, np.inf, loc=0.1, scale=1)
    assert draws.min() >= 0
    assert alike(draws, bell.mean(), bell.std())


@pytest.mark.parametrize("written", [{"uniform": [2, 1]}, {"triangular": [0, 2, 1]}])
def test_a_range_is_written_from_low_to_high(written: object):
    with pytest.raises(ValidationError, match="from low to high"):
        number(written)


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        ("weight", -1),
        ("weight", {"uniform": [-1, 2]}),
        ("chance", {"uniform": [0.5, 1.5]}),
        ("number", {"tier": [1, 2]}),
        ("number", True),
        ("number", "3"),
        ("number", float("nan")),
        ("number", {"normal": [0, -1]}),
        ("number", 1e13),
    ],
)
def test_a_number_that_means_nothing_is_refused(kind: str, written: object):
    with pytest.raises(ValidationError):
        Written.model_validate({kind: written})


def test_options_without_numbers_are_equally_spaced_centrally():
    assert central_levels(3).tolist() == [1, 0.5, 0]
    assert central_levels(2).tolist() == [1, 0]
    assert central_levels(1).tolist() == [0]


@given(n_levels=st.integers(2, 6), seed=st.integers(0, 1000))
def test_a_ranking_is_drawn_from_one_down_to_zero(n_levels: int, seed: int):
    values = draw_levels(n_levels, 50, np.random.default_rng(seed))
    assert_array_equal(values[0], 1)
    assert_array_equal(values[-1], 0)
    assert (np.diff(values, axis=0) <= 1e-12).all()


@pytest.mark.parametrize("n_levels", [2, 3, 6])
def test_a_ranking_is_spaced_like_uniform_order_statistics(n_levels: int):
    values = draw_levels(n_levels, N, np.random.default_rng(11))
    n = n_levels - 1
    for level in range(1, n):  # 1 − the sum of `level` of n spacings: Beta(n − level, level)
        rest = n - level
        assert alike(values[level], rest / n, np.sqrt(rest * level / (n**2 * (n + 1))))


def test_options_that_tie_share_a_level():
    order = Order.model_validate({"order": ["b", ["a", "c"], "d"]})
    assert order.levels == [["b"], ["a", "c"], ["d"]]
    assert order.level_of(["a", "b", "c", "d"]).tolist() == [1, 0, 1, 2]


def test_an_issue_on_which_all_options_tie_carries_no_weight():
    ann = who({"values": {"issue0": {"order": [["no", "yes"]]}, "issue1": {"no": 0, "yes": 1}}})
    for ensemble in (central_reading(ann), *sample(ann, 10)):
        assert_array_equal(ensemble.utility([1, 1])[:, 0], 1)
        assert_array_equal(ensemble.utility([1, 0])[:, 0], 0)


def test_a_party_to_whom_all_is_one_gets_nothing_from_anything():
    same = {"order": [["no", "yes"]]}
    ann = who({"values": {"issue0": same, "issue1": same}})
    for ensemble in (central_reading(ann), *sample(ann, 10)):
        assert_array_equal(ensemble.utility([1, 1]), 0)


def test_values_on_the_unit_scale_stay_on_it_in_every_draw():
    values = {"issue0": {"no": {"normal": [0.1, 0.4]}, "yes": {"normal": [0.9, 0.4]}}}
    (unit,) = sample(who({"values": values}, issues=1), 2000)
    (raw,) = sample(who({"values": values, "scale": "raw"}, issues=1), 2000)
    assert unit.terms[0].min() >= 0
    assert unit.terms[0].max() <= 1
    assert raw.terms[0].min() < 0
    assert raw.terms[0].max() > 1


def test_weights_are_normalised_in_every_draw():
    weights = {"issue0": {"uniform": [1, 9]}, "issue1": {"tier": [1, 3]}}
    values = {"issue0": {"no": 0, "yes": 1}, "issue1": {"no": 0, "yes": 1}}
    (ensemble,) = sample(who({"values": values, "weights": weights}), 500)
    assert_allclose(ensemble.utility([1, 1]), 1)
    assert ensemble.utility([1, 0]).std() > 0.1


@pytest.mark.parametrize(
    ("binds", "holds"),
    [
        (1, True),
        (0, False),
        (0.2, True),
        ({"triangular": [0, 0, 1]}, True),
        ({"normal": [0, 1]}, True),
    ],
)
def test_a_red_line_holds_centrally_unless_it_cannot(binds: object, holds: bool):
    ann = who({"red_lines": [{"when": {"issue0": "yes"}, "binds": binds}]})
    assert central_reading(ann).binds.tolist() == [[holds]]


@pytest.mark.parametrize(
    ("binds", "chance"), [(1, 1.0), (0, 0.0), (0.2, 0.2), ({"uniform": [0.6, 0.9]}, 0.75)]
)
def test_a_red_line_holds_as_often_as_it_says(binds: object, chance: float):
    ann = who({"red_lines": [{"when": {"issue0": "yes"}, "binds": binds}]})
    (ensemble,) = sample(ann, 8000, seed=3)
    assert abs(ensemble.binds.mean() - chance) <= 5 * np.sqrt(chance * (1 - chance) / 8000)
