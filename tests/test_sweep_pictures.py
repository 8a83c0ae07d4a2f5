"""Pictures of sweeps: heatmaps, distributions, parallel coordinates, boxes; true and legible."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from legibility import check_legible

from sim.errors import InputError
from sim.experiment.as_written import as_written
from sim.experiment.study import study
from sim.formats.experiments import prepare_experiment
from sim.plots import alt_text, caption, draw
from sim.plots.factor_cells import PER_CELL
from sim.plots.factor_values import factor_values
from sim.plots.found_box import shown_box
from sim.plots.outcome_grid import outcome_grid
from sim.plots.parallel_lines import MOST_LINES, parallel_lines, spread
from sim.plots.plan_outcomes import all_plans
from sim.plots.style import TINY, styled
from sim.plots.zone_heatmap import edge_lines

NAMES = ("zone_heatmap", "plan_distributions", "parallel_coordinates", "prim_box")

EXPERIMENTS = {
    "ranges": """
scenario: water-dispute
vary:
  parties.halden.threshold: {uniform: [0.35, 0.7]}
  parties.merin.threshold: {uniform: [0.36, 0.6]}
  parties.sel.consent: [required, advisory]
  red_lines: [none, stated, implied]
design: {lhs: 120}
compute: [compare, zone]
draws: 20
zone_draws: 5
sensitivity: {outcomes: [zone.probability], resamples: 20}
discovery: [{outcome: zone.probability, above: 0.9, methods: [prim]}]
""",
    "lists": """
scenario: water-dispute
vary:
  parties.halden.threshold: [0.35, 0.4, 0.5, 0.6]
  parties.merin.threshold: [0.4, 0.5, 0.7]
  red_lines: [none, stated, implied]
compute: [compare, zone]
draws: 20
zone_draws: 20
discovery: [{outcome: zone.exists, methods: [prim]}]
""",
    "levers, plans, bells": """
scenario: ukraine-2025-12
vary:
  levers: [[], [us_arms_cutoff], [oil_sanctions], [us_arms_cutoff, oil_sanctions, european_loan]]
  plans.us28.picks.army_cap: [cap_600, cap_800]
  parties.russia.disagreement: {normal: [0.3, 0.1]}
  talks.rounds: {integers: [1, 40]}
design: {halton: 64}
compute: {compare: {plans: [us28, geneva19]}}
draws: 5
discovery: [{outcome: us28.russia.surplus, above: 0.3, methods: [prim]}]
""",
    "weights": """
scenario: ukraine-2025-12
vary:
  parties.ukraine.weights: {simplex: grouped}
  parties.us.consent: [required, advisory]
  red_lines: [none, stated, implied]
design: {lhs: 96}
compute: {compare: {plans: [us28, e3_28, geneva19]}}
draws: 10
discovery: [{outcome: us28.ukraine.surplus, above: 0, methods: [prim]}]
""",
    "flagship": """
scenario: ukraine-2025-12
vary:
  parties.ukraine.threshold: {uniform: [0.1, 0.6]}
  parties.russia.threshold: {uniform: [0.1, 0.6]}
  red_lines: [none, stated, implied]
design: {lhs: 30}
compute: [compare, zone]
draws: 10
zone_draws: 2
discovery: [{outcome: zone.exists, methods: [prim]}]
""",
    "one at a time": """
scenario: water-dispute
vary:
  parties.halden.threshold: {uniform: [0.35, 0.6]}
  parties.merin.threshold: {uniform: [0.36, 0.6]}
design: {one_at_a_time: 5}
compute: [compare]
draws: 20
""",
}


@cache
def ran(name):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "sweep.yaml"
        path.write_text("experiment: 1\n" + EXPERIMENTS[name].lstrip())
        prepared, _ = prepare_experiment(str(path))
    return study(prepared, "sweep")


def shown(name):
    without = "one at a time"  # asks for no boxes
    return [picture for picture in NAMES if name != without or picture != "prim_box"]


@pytest.mark.parametrize(
    ("scene", "picture"), [(scene, name) for scene in EXPERIMENTS for name in shown(scene)]
)
def test_every_picture_is_legible_and_says_what_it_shows(scene, picture):
    found = ran(scene)
    check_legible(draw(picture, found), TINY if picture == "plan_distributions" else 11.0)
    words = caption(picture, found)
    assert words.alt.startswith(words.title)
    assert "Conditional on these inputs" in words.subtitle
    assert words.note
    assert "nan" not in words.alt.replace("–", " ").split()
