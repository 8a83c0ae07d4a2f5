"""Plan versions are judged as the definitions say, and counted draw by draw."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from reference import judge, threshold
from strategies import scenarios

from sim.comparison.verdict import verdict
from sim.plans import read_plans
from sim.sampling import central
from sim.scenario import RedLines, Scenario

READINGS = st.sampled_from(["none", "stated", "implied"])


@given(scenario=scenarios(), reading=READINGS)
def test_a_plan_is_judged_as_the_definitions_say(scenario: Scenario, reading: RedLines):
    ensemble = central(scenario, red_lines=reading)
    names = list(scenario.parties)
    levels = [threshold(scenario, name, reading) for name in names]
    assert_allclose(ensemble.thresholds[0], levels, atol=1e-9)
    places = {line.path: k for k, line in enumerate(ensemble.structure.lines)}
    for plan in read_plans(scenario):
        found = verdict(ensemble, plan, reading)
        right = judge(scenario, scenario.plans[plan.name], reading)
        assert_allclose(found.utility, [right.utility[n] for n in names], atol=1e-9)
        assert_allclose(found.low, [right.low[n] for n in names], atol=1e-9)
        assert_allclose(found.high, [right.high[n] for n in names], atol=1e-9)
        assert_allclose(found.surplus, found.utility - levels, atol=1e-9)
        for column, name in enumerate(names):
            path = f"parties.{name}.red_lines.{{}}.binds"
            said = [places[path.format(k)] for k in right.crossed[name]]
            quiet = [places[path.format(k)] for k in right.crossed_by_silence[name]]
            assert list(found.crossed[column]) == said
            assert list(found.crossed_by_silence[column]) == quiet
        assert found.accepts.tolist() == [right.accepts[n] for n in names]
        assert list(found.broken) == right.infeasible
        assert found.completable == right.completable
        assert found.accepted_by_all == (not right.blockers and not right.infeasible)
