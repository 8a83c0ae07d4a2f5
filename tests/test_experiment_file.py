"""Experiment files: what they may say, and every mistake in them told before anything runs."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import InputError, ScenarioError
from sim.experiment.design import Case, Experiment
from sim.experiment.estimate import Estimate, estimate, refuse_too_large
from sim.experiment.job import Block, compute_block
from sim.experiment.scenario_job import ScenarioJob
from sim.experiment.shape import CASE, Column, TableShape
from sim.experiment.substitution import with_values
from sim.formats import read_scenario, shipped_scenarios
from sim.formats.experiments import (
    prepare_experiment,
    read_cases,
    read_experiment,
)
from sim.formats.overrides import domain_of
from sim.formats.room import bytes_on_disk, free_bytes
from sim.formats.shelf import shipped_experiments

WATER = "experiment: 1\nscenario: water-dispute\n"


@pytest.fixture
def write(tmp_path):
    def written(text, name="study.yaml"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return str(tmp_path / name)

    return written


@pytest.fixture
def told(write):
    def mistakes(text):
        path = write(text)
        with pytest.raises(ScenarioError) as error:
            prepare_experiment(path)
        return [line.removeprefix(f"{path}:") for line in str(error.value).splitlines()]

    return mistakes


# What a file may say


@pytest.mark.parametrize("name", shipped_experiments())
def test_every_shipped_experiment_is_ready_to_run(name):
    prepared, path = prepare_experiment(name)
    assert prepared.design.n_cases >= 1
    assert path.stem == name


def test_ranges_lists_levers_and_weights_vary_side_by_side(write):
    prepared, _ = prepare_experiment(
        write("""\
experiment: 1
scenario: ukraine-2025-12
vary:
  parties.ukraine.threshold.above_disagreement: {uniform: [0, 0.1]}
  parties.russia.patience: {normal: [0.97, 0.05]}
  parties.russia.red_lines[0].binds: {triangular: [0.2, 0.5, 1]}
  parties.us.weights: {simplex: grouped}
  plans.us28.picks.army_cap: [cap_800, cap_600]
  levers: [[], [us_arms_cutoff]]
  red_lines: [stated, implied]
design: {lhs: 12}
compute:
  compare: {plans: [us28]}
  zone: {}
""")
    )
    design = prepared.design
    assert design.n_cases == 12
    assert len(design.inputs) == 7
    case = prepared.case(3)
    changed = prepared.scenario(case)
    number = case.settings["parties.ukraine.threshold.above_disagreement"]
    assert changed.parties["ukraine"].threshold.above_disagreement == number
    assert changed.plans["us28"].picks["army_cap"] in ("cap_800", "cap_600")
    assert sum(changed.parties["us"].weights.values()) == pytest.approx(1)
    assert case.levers in ((), ("us_arms_cutoff",))
    assert "compare" in prepared.experiment.asked
    assert "solve" not in prepared.experiment.asked
    assert prepared.experiment.asked.compare.plans == ["us28"]
    assert design.column("parties.russia.patience").max() <= 1
    again = pickle.loads(pickle.dumps(prepared))
    assert again.case(3) == case


def test_several_scenarios_vary_like_anything_else(write):
    write(shipped_scenarios()["water-dispute"].read_text(encoding="utf-8"), "mine.yaml")
    prepared, _ = prepare_experiment(write(
        "experiment: 1\nscenario: [water-dispute, mine.yaml]\nvary: {red_lines: [none, stated]}\n"
    ))  # fmt: skip
    names = [prepared.scenario_name(prepared.case(k)) for k in range(prepared.design.n_cases)]
    assert names == ["water-dispute", "water-dispute", "mine.yaml", "mine.yaml"]
    assert prepared.scenario(prepared.case(3)) is prepared.scenarios["mine.yaml"]


def test_a_table_of_cases_gives_readings_numbers_and_levers(write):
    write("red_lines,parties.sel.patience,levers\nnone,0.5,none\nstated,1,none\n", "cases.csv")
    prepared, _ = prepare_experiment(write(f"{WATER}design: {{table: cases.csv}}\n"))
    assert [prepared.case(k).settings for k in range(2)] == [
        {"red_lines": "none", "parties.sel.patience": 0.5, "levers": []},
        {"red_lines": "stated", "parties.sel.patience": 1, "levers": []},
    ]  # fmt: skip
    assert prepared.scenario(prepared.case(1)).parties["sel"].patience == 1.0


def test_the_cases_of_yesterday_are_those_of_today(write):
    text = (
        f"{WATER}vary: {{red_lines: [none, stated], parties.sel.consent: [required, advisory]}}\n"
    )
    experiment, path = read_experiment(write(text))
    prepared, _ = prepare_experiment(str(path))
    for (case, scenario), k in zip(read_cases(experiment, path), range(4), strict=True):
        assert prepared.case(k) == case
        assert prepared.scenario(case) == scenario


def test_a_case_says_its_settings_in_words():
    case = Case(
        0, {"levers": ["aid", "troops"], "red_lines": "none", "plans.a.picks.b": ["c", "d"]}
    )
    assert case.label == "levers aid + troops, no red lines, plans.a.picks.b = c + d"
    assert case.slug == "aid___troops-none-c___d"
    assert Case(0, {"levers": []}).label == "no levers"


# What is wrong with one


def test_every_mistake_is_told_at_its_place(told):
    assert told(f"""{WATER}vary:
  red_lines: [stated, implid]
  parties.nobody.patience: [0.5, 0.6]
  parties.sel.threshold: {{uniform: [-3, 40]}}
  parties.sel.consent: [required, advisry]
  parties.halden.patience: {{uniform: [0.5, 1.5]}}
  parties.merin.patience: {{unifrom: [0.5, 0.9]}}
  parties.merin.weigths: {{simplex: grouped}}
  levers: [[], [aid], nothing]
design: {{lhs: 64}}
compute: {{compare: {{plans: [nope]}}, solve: {{solutions: [nsh]}}}}
sensitivity: {{methods: [sobol]}}
discovery: [{{outcome: zone.exists, above: 1, below: 2}}]
""") == [
        "4:23: vary.red_lines[1]: 'implid' is none of its values; did you mean 'implied'? "
        "(none, stated, implied)",
        "5:3: vary.parties.nobody.patience: nothing is called 'nobody' in parties "
        "(known: halden, merin, sel, commission)",
        "6:37: vary.parties.sel.threshold.uniform[0]: -3: the threshold -3 is below the "
        "disagreement value 0.2: no party takes less than it has without a deal; raise it, or "
        "leave it out",
        "6:41: vary.parties.sel.threshold.uniform[1]: 40: the threshold 40 is above anything that "
        "an outcome gives this party (at most 1): it could accept nothing; lower it",
        "7:35: vary.parties.sel.consent[1]: advisry: expected required or advisory, found the text "
        "'advisry'; did you mean 'advisory'?",
        "8:44: vary.parties.halden.patience.uniform[1]: 1.5: expected a number above 0 and at most "
        "1, found 1.5",
        "9:28: vary.parties.merin.patience.unifrom: no field is called 'unifrom' here; did you "
        "mean 'uniform'? (fields: uniform, triangular, normal, integers, simplex, concentration, "
        "source, assumption, confidence, note)",
        "10:3: vary.parties.merin.weigths: no party's weights of two issues or more stand here; "
        "did you mean 'parties.merin.weights'? (parties.halden.weights, parties.merin.weights, "
        "parties.sel.weights, parties.commission.weights)",
        "11:16: vary.levers[1]: no lever is called 'aid'; there are none",
        "11:23: vary.levers[2]: expected a list of levers such as [aid], or [] for none, found the "
        "text 'nothing'",
        "13:29: compute.compare.plans[0]: no plan is called 'nope' (known: halden_draft, "
        "merin_draft, commission_text)",
        "13:57: compute.solve.solutions[0]: no solution is called 'nsh'; did you mean 'nash'? "
        "(nash, kalai_smorodinsky, egalitarian, utilitarian, utilitarian_unconstrained, "
        "proportional, raiffa, median)",
        "14:25: sensitivity.methods[0]: sobol does not read the design lhs: write "
        "`design: {sobol: 1024}`, or leave sobol out",
        "15:13: discovery[0]: asks for above and below at once: keep one of the two",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("vary: {parties.sel.patience: {uniform: [0.5, 1]}}",
         "a range has no end of values, and `design: full` takes every combination"),
        ("vary: {red_lines: {uniform: [0, 1]}}\ndesign: {lhs: 4}",
         "red_lines takes a list of values, not a range"),
        ("vary: {scenario: [a, b]}", "write the scenarios as a list under `scenario:`"),
        ("vary: {red_lines: [none]}\ndesign: lhs", "'lhs' is no design that needs no size: write "
         "{lhs: 512}"),
        ("vary: {red_lines: [none]}\ndesign: {lhs: 4, halton: 4}", "names halton, lhs: name one"),
        ("vary: {red_lines: [none]}\ndesign: {sobol: 100}", "take 64 or 128, not 100"),
        ("design: {halton: 4}", "nothing varies: name under `vary:` what the halton design"),
        ("vary: {parties.sel.weights: {simplex: grouped}, parties.sel.weights.data: [1]}\n"
         "design: {lhs: 4}", "parties.sel.weights varies as a whole, and this lies inside it"),
        ("vary: {parties.sel.patience: {integers: [3, 1]}}\ndesign: {lhs: 4}",
         "the numbers 3, 1 fall: write them from low to high"),
        ("vary: {parties.sel.consent: {uniform: [0, 1]}}\ndesign: {lhs: 4}",
         "expected required or advisory, found 0"),
        ("vary: {parties.sel.patience: 0.5}", "expected a list, found 0.5"),
        ("vary: {parties.sel.patience: []}", "is empty: add something, or take the line out"),
        ("compute: {}", "nothing is computed: name some of compare, solve, zone, amend"),
        ("design: {}\nvary: {red_lines: [none]}", "names no design: name one, such as {lhs: 512}"),
        ("compute: [compair]", "expected compare, solve, zone, amend or equilibria"),
        ("repeats: 0", "expected a whole number from 1"),
        ("design: {table: nowhere.csv}", "no file is called"),
        (f"design: {{table: {'x' * 300}}}", "no file is called"),
        ("sensitivity: {}", "nothing varies, so nothing can be traced back"),
        ("discovery: [{outcome: zone.exists}]", "nothing varies, so nothing can be traced back"),
        ("vary: {parties.sel.patience: {uniform: [0.5, 1]}}\ndesign: {lhs: 4}\n"
         "sensitivity: {methods: [tornado]}", "tornado does not read the design lhs: write "
         "`design: {one_at_a_time: 2}` (or full), or leave tornado out"),
        ("vary: {parties.sel.patience: {uniform: [0.5, 1]}}\ndesign: {morris: 4}\n"
         "sensitivity: {methods: [morris, pawn]}", "pawn does not read the design morris"),
        ("vary: {red_lines: [none]}\nsensitivity: {methods: [delta]}",
         "expected sobol, morris, pawn or tornado"),
        ("compute: {solve: {solutions: [median]}}", "median is defined for 2 parties, and 3 must "
         "agree here: leave it out"),
        ("compute: {solve: {solutions: [all]}}", "name the solutions that you want"),
        ("vary: {parties.sel.patience: {uniform: [0.5, 1]}}\ndesign: {halton: 90000000}\n"
         "repeats: 2", "180,000,000 cases of 1 number are more than a run may have"),
        ("vary:\n" + "".join(f"  title{k}: [1, 2, 3, 4, 5, 6]\n" for k in range(12)),
         "all combinations are 2,176,782,336 cases, more than the 100,000,000"),
    ],
)  # fmt: skip
def test_a_design_that_makes_no_sense_is_refused_with_the_cure(told, text, said):
    assert any(said in line for line in told(f"{WATER}{text}\n"))


def test_a_threshold_below_no_deal_is_found_where_two_ranges_meet(told):
    text = f"""{WATER}vary:
  parties.sel.threshold: {{uniform: [0.3, 0.5]}}
  parties.sel.disagreement: {{uniform: [0.1, 0.35]}}
design: {{halton: 8}}
"""
    (line,) = told(text)
    assert line.startswith("4:37: vary.parties.sel.threshold.uniform[0]: 0.3: the threshold 0.3 is "
                           "below the disagreement value 0.35")  # fmt: skip
    assert "vary parties.sel.threshold.above_disagreement" in line


def test_a_threshold_and_a_disagreement_value_that_move_together_never_clash(write):
    text = shipped_scenarios()["water-dispute"].read_text(encoding="utf-8")
    above = text.replace("threshold: {uniform: [0.4, 0.5]}", "threshold: {above_disagreement: 0.2}")
    assert above != text
    write(above, "mine.yaml")
    prepared, _ = prepare_experiment(
        write("""\
experiment: 1
scenario: mine.yaml
vary:
  parties.sel.threshold.above_disagreement: {uniform: [0, 0.2]}
  parties.sel.disagreement: {uniform: [0.1, 0.6]}
design: {halton: 8}
""")
    )
    rows = ScenarioJob(prepared).compute(0, 8)
    assert rows["outcomes"]["case"].tolist() == list(range(8))


@pytest.mark.parametrize("high", [0.8, 1.2])
def test_among_many_factors_the_one_that_is_wrong_is_found(write, high):
    paths = [f"parties.{party}.patience" for party in ("halden", "merin", "sel", "commission")]
    paths += [f"parties.halden.weights.{issue}" for issue in ("flow", "dam", "data", "cost")]
    ranges = {path: [0.5, 0.9] for path in paths} | {"parties.merin.patience": [0.5, high]}
    lines = "".join(f"  {path}: {{uniform: {ends}}}\n" for path, ends in ranges.items())
    path = write(f"{WATER}vary:\n{lines}design: {{lhs: 8}}\n")
    if high <= 1:
        assert len(prepare_experiment(path)[0].design.factors) == 8
        return
    with pytest.raises(ScenarioError) as error:
        prepare_experiment(path)
    (line,) = str(error.value).splitlines()
    assert "vary.parties.merin.patience.uniform[1]: 1.2: expected a number above 0" in line


def test_ranges_that_fit_together_pass_though_each_alone_would_not(write):
    prepare_experiment(
        write(f"""{WATER}vary:
  parties.sel.threshold: {{uniform: [0.15, 0.19]}}
  parties.sel.disagreement: {{uniform: [0.1, 0.15]}}
design: {{halton: 8}}
""")
    )


def test_what_a_value_breaks_elsewhere_in_the_scenario_is_told_with_that_place(told):
    (line,) = told(f"{WATER}vary: {{parties.sel.disagreement: [0.1, 0.48]}}\n")
    assert line.startswith("3:40: vary.parties.sel.disagreement[1]: with parties.sel.disagreement "
                           "= 0.48: ")  # fmt: skip
    assert "water-dispute.yaml:" in line
    assert line.count("the threshold 0.45 is below the disagreement value 0.48") == 1


def test_mistakes_of_a_scenario_and_of_the_experiment_are_told_together(write, told):
    text = shipped_scenarios()["water-dispute"].read_text(encoding="utf-8")
    mine = write(text.replace("threshold: 0.6", "thresold: 0.6"), "mine.yaml")
    lines = told("experiment: 1\nscenario: mine.yaml\nvary: {red_lines: [non]}\n")
    assert lines[0].startswith("3:20: vary.red_lines[0]: 'non' is none of its values")
    assert lines[1].startswith(f"{mine}:")
    assert "did you mean 'threshold'?" in lines[1]


def test_weights_that_two_scenarios_do_not_share_cannot_vary_together(write, told):
    text = shipped_scenarios()["water-dispute"].read_text(encoding="utf-8")
    write(
        text.replace("weights: {flow: {uniform: [3, 5]}, data: 1}", "weights: {flow: 1, data: 0}"),
        "b.yaml",
    )
    (line,) = told(
        "experiment: 1\nscenario: [water-dispute, b.yaml]\ndesign: {lhs: 4}\n"
        "vary: {parties.sel.weights: {simplex: grouped}}\n"
    )
    assert line.startswith(
        "4:8: vary.parties.sel.weights: no party's weights of two issues or more"
    )
    assert line.endswith("(in b.yaml)")


def test_a_value_that_only_one_of_several_scenarios_takes_names_it(write, told):
    text = shipped_scenarios()["water-dispute"].read_text(encoding="utf-8")
    write(text.replace("merin", "merian").replace("Merin", "Merian"), "mine.yaml")
    (line,) = told(
        "experiment: 1\nscenario: [water-dispute, mine.yaml]\n"
        "vary: {parties.merin.patience: [0.5]}\n"
    )
    assert line.startswith("3:8: vary.parties.merin.patience: nothing is called 'merin' in parties")
    assert line.endswith("(in mine.yaml)")


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("", "1:1: the table is empty: name its columns first"),
        ("red_lines\n", "1:1: no case follows the header: add rows"),
        ("red_lines,red_lines\nnone,none\n", "1:11: 'red_lines' is the name of a second column"),
        ("red_lines,parties.sel.patience\nnone\n", "2:1: the row has 1 cells, and the header 2"),
        ("red_lines,parties.sel.patience\nnone,\n", "2:6: parties.sel.patience: the cell is empty"),
        ("parties.sel.patience\n0.5\n.nan\n", "3:1: parties.sel.patience: .nan is no finite"),
        ("parties.sel.patience\n0.5\n\n1.7\n", "4:1: parties.sel.patience: 1.7: expected a number"),
        ("red_lines,parties.sel.consent\nnone,required\nnone,requird\n",
         "3:6: parties.sel.consent: requird: expected required or advisory"),
        ("red_lines,parties.sel.consnt\nnone,required\n", "1:11: nothing is called 'consnt' in "
         "parties.sel; did you mean 'consent'?"),
        ("red_lines\nnone\nnnone\n", "3:1: red_lines: 'nnone' is none of its values; did you mean"),
        ("levers\naid + b\n", "2:1: levers: no lever is called 'b'; there are none"),
        ('title\n"a\n', "cannot be read as CSV"),
    ],
)  # fmt: skip
def test_a_bad_cell_is_told_by_its_line_and_column(write, told, table, said):
    path = write(table, "cases.csv")
    lines = told(f"{WATER}design: {{table: cases.csv}}\n")
    assert any(line.startswith(f"{path}:") and said in line for line in lines), lines


@pytest.mark.parametrize("copies", [1, 100])
def test_rows_of_a_table_are_tried_as_they_stand_and_not_mixed(write, told, copies):
    rows = "0.3,0.1\n0.4,0.25\n0.5,0.35\n" * copies
    write(f"parties.sel.threshold,parties.sel.disagreement\n{rows}", "cases.csv")
    text = f"{WATER}design: {{table: cases.csv}}\n"
    prepared, _ = prepare_experiment(write(text))
    assert prepared.design.n_cases == 3 * copies
    path = write(f"parties.sel.threshold,parties.sel.disagreement\n{rows}0.41,0.42\n", "cases.csv")
    (line,) = told(text)
    assert line.startswith(
        f"{path}:{3 * copies + 2}:1: parties.sel.threshold: 0.41: the threshold 0.41 is below the "
        "disagreement value 0.42"
    )


def test_columns_of_a_table_are_those_that_vary_and_cells_keep_to_their_ranges(write, told):
    path = write(
        "parties.sel.patience,parties.sel.consnt\n0.6,required\n0.4,required\n", "cases.csv"
    )
    lines = told(f"""{WATER}vary:
  parties.sel.patience: {{uniform: [0.5, 1]}}
  parties.sel.consent: [required]
design: {{table: cases.csv}}
""")
    said = [line.removeprefix(f"{path}:") for line in lines]
    assert said[0].startswith("1:1: the table has no column for parties.sel.consent: add it")
    assert said[2].startswith("1:22: 'parties.sel.consnt' is none of what varies; did you mean")
    assert said[3] == "3:1: parties.sel.patience: 0.4 is outside its range, 0.5 to 1"


# Values put into a scenario


SUBSTITUTIONS = [
    ("ukraine-2025-12", {"parties.ukraine.threshold": 0.9}),
    ("ukraine-2025-12", {"parties.ukraine.threshold.above_disagreement": 0.05}),
    ("ukraine-2025-12", {"parties.ukraine.weights.army_cap": 3,
                         "parties.russia.weights.army_cap": {"uniform": [1, 2]}}),
    ("ukraine-2025-12", {"plans.us28.picks.army_cap": ["cap_800", "cap_600"]}),
    ("ukraine-2025-12", {"parties.us.consent": "required", "parties.ukraine.say": ["army_cap"]}),
    ("ukraine-2025-12", {"parties.ukraine.red_lines[0].binds": 0.5}),
    ("ukraine-2025-12", {"parties.ukraine.disagreement": {"share_of_best": 0.3}}),
    ("ukraine-2025-12", {"parties.ukraine.disagreement.share_of_best.uniform.0": 0.2}),
    ("ukraine-2025-12", {"plans.us28.picks.crimea": None, "tiers.1": [1, 3]}),
    ("ukraine-2025-12", {"published.outcomes": 6, "issues.army_cap.status_quo": "cap_800"}),
    ("wage-bargain", {"parties.union.values.rise.line.3": 0.65}),
    ("wage-bargain", {"parties.union.values.rise.line.2.5": 0.5}),
    ("wage-bargain", {"issues.rise.grid.to": 7, "parties.union.values.rise.line.7": 1,
                      "parties.owner.values.rise.line.7": 0}),
    ("wage-bargain", {"plans.offer.picks.rise": 2.5}),
    ("water-dispute", {"parties.sel.red_lines[0]": None}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "values"), SUBSTITUTIONS)
def test_putting_values_in_gives_what_reading_the_file_with_them_gives(name, values):
    read = read_scenario(name, values)
    changed = with_values(read_scenario(name), values)
    assert changed == read
    assert changed.model_dump(exclude_unset=True) == read.model_dump(exclude_unset=True)
    assert [list(i.options) for i in changed.issues.values()] == [
        list(i.options) for i in read.issues.values()
    ]


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("parties.anne.patience", 0.5, "expected|Field required|Input should"),
        ("parties.sel.patiens", 0.5, "nothing is called 'patiens'; did you mean 'patience'"),
        ("parties.sel.patience", 1.5, "less than or equal to 1"),
        ("parties.sel.consent", "requird", "'required' or 'advisory'"),
        ("parties.sel.red_lines[7].binds", 0.5, "nothing is called '7'; there are 2 entries"),
        ("parties.sel.patience.x", 0.5, "1.0 stands on the way, with nothing inside it"),
        ("", 0.5, "is no path"),
    ],
)
def test_a_value_that_fits_nowhere_is_refused(path, value, said):
    with pytest.raises(InputError, match=said):
        with_values(read_scenario("water-dispute"), {path: value})


def test_a_scenario_is_as_it_was_after_values_were_put_into_a_copy():
    scenario = read_scenario("water-dispute")
    before = scenario.model_dump()
    changed = with_values(scenario, {"parties.sel.weights.flow": 1, "parties.halden.patience": 0.5})
    assert scenario.model_dump() == before
    assert changed.parties["merin"] is scenario.parties["merin"]


@given(
    st.dictionaries(
        st.sampled_from([
            "parties.halden.patience", "parties.merin.patience", "parties.sel.weights.flow",
            "parties.merin.weights.dam", "parties.halden.values.dam.small",
            "parties.merin.interactions[0].add", "parties.halden.red_lines[1].binds",
        ]),
        st.floats(0.01, 1),
    )
)  # fmt: skip
def test_any_numbers_put_in_are_the_numbers_read(values):
    assert with_values(WATER_READ, values) == read_scenario("water-dispute", values)


WATER_READ = read_scenario("water-dispute")


def test_the_ends_of_what_makes_sense_are_those_of_the_scenario_file():
    assert domain_of("parties.ann.red_lines[0].binds") == (0, 1)
    assert 0 < domain_of("parties.ann.patience")[0] < 1e-6
    assert domain_of("parties.ann.weights.cost")[0] == 0
    assert domain_of("parties.ann.consent") == (-np.inf, np.inf)


# What a run would take


class Counted:
    """A job whose clock is its own: 3 seconds for a block, and half a second for each case."""

    block = 64

    def __init__(self, n_cases):
        self.n_cases, self.now = n_cases, 0.0
        columns = {"case": CASE, "x": Column("number", "a number")}
        self.tables = {"cases": TableShape("A case.", columns)}

    def compute(self, first, last):
        assert 0 <= first < last <= self.n_cases
        self.now += 3 + 0.5 * (last - first)
        if first == 0 and last > 1:
            raise ValueError("the first case fails in company")
        return {"cases": {"case": np.arange(first, last), "x": np.arange(first, last) / 7}}


@pytest.mark.parametrize("budget", [10, 30, 200])
def test_an_estimate_tells_blocks_from_cases_however_few_it_computes(budget):
    job = Counted(1000)
    job.compute(0, 1)
    told = estimate(job, lambda c: 100 + 16 * len(c.rows["cases"]["x"]), budget=budget,
                    clock=lambda: job.now)  # fmt: skip
    assert (told.n_cases, told.n_blocks) == (1000, 16)
    assert told.seconds == pytest.approx(16 * 3 + 1000 * 0.5)
    assert told.bytes == 16 * 100 + 1000 * 16
    assert job.now < budget + 15
    assert told.seconds_with(4) == told.seconds / 4
    assert told.seconds_with(100) == told.seconds / 16


def test_a_single_case_is_an_estimate_of_itself():
    job = Counted(1)
    told = estimate(job, lambda _: 50, clock=lambda: job.now)
    assert (told.seconds, told.bytes, told.tried) == (3.5, 50, 1)


def test_room_on_the_disk_is_measured_as_it_will_be_written(tmp_path):
    job = Counted(10_000)
    few, many = (bytes_on_disk(job, compute_block(job, Block(0, 1, last))) for last in (2, 5001))
    assert 0 < few < many
    assert free_bytes(tmp_path / "not" / "there" / "yet") > 0


def test_a_run_that_the_disk_has_no_room_for_is_refused():
    told = Estimate(10**8, 1, 1.0, 10**12, 3, 0)
    with pytest.raises(InputError, match="results: 100,000,000 cases need about 2"):
        refuse_too_large(told, 9 * 10**9, "results")
    refuse_too_large(told, 3 * 10**12, "results")


def test_an_experiment_is_written_down_and_read_again_as_it_was(write):
    text = f"{WATER}vary: {{parties.sel.patience: {{uniform: [0.5, 1]}}}}\ndesign: {{lhs: 4}}\n"
    experiment, _ = read_experiment(write(text))
    assert Experiment.model_validate(experiment.model_dump(exclude_unset=True)) == experiment


def test_the_folder_somebody_stands_in_has_no_say_in_which_scenario_is_meant(
    write, told, tmp_path, monkeypatch
):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for name in ("job.yaml", "water-dispute"):
        (elsewhere / name).write_text("zopa: 1\n", encoding="utf-8")
    monkeypatch.chdir(elsewhere)
    assert prepare_experiment(write(WATER))[0].scenario_name(Case(0, {})) == "water-dispute"
    assert "no file and no shipped scenario" in told("experiment: 1\nscenario: job.yaml\n")[0]
