"""Domains of other tools keep their meaning: every outcome is worth what it is worth there."""

from __future__ import annotations

import json
import shutil
import xml.etree.ElementTree as ET
from itertools import product
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from reference import central, utility
from shipped import unfounded

from sim.cli import run_command
from sim.formats import read_scenario
from sim.formats.imports import import_domain
from sim.formats.imports.domain import Extra
from sim.formats.imports.largest import largest_utility
from sim.settlement import solve

HERE = Path(__file__).parent / "imported"


def imported(name, **options):
    return import_domain([str(HERE / name)], **options).scenario


def outcomes(scenario):
    """Every outcome, and what its options are called in the files."""
    issues = scenario.issues.items()
    for picks in product(*[issue.options for _, issue in issues]):
        outcome = dict(zip(scenario.issues, picks, strict=True))
        yield outcome, {issue.title: issue.options[outcome[name]] for name, issue in issues}


def is_worth(scenario, party, meaning):
    """Compare the model read aloud with what the format means, over all outcomes."""
    found = [utility(scenario, party, outcome) for outcome, _ in outcomes(scenario)]
    assert found == pytest.approx([meaning(said) for _, said in outcomes(scenario)], abs=1e-12)


def genius(file):
    """What a GENIUS profile means, read straight from its XML."""
    text = file.read_text(encoding="latin-1").replace(" & ", " &amp; ")
    root = ET.fromstring(text.split("?>")[-1])
    weights = {w.get("index"): float(w.get("value")) for w in root.iter("weight")}
    issues = {i.get("name"): i for i in root.iter("issue")}

    def evaluation(issue, option):
        line = issue.find("evaluator")
        if line is not None:
            above = float(option) - float(issue.get("lowerbound"))
            return min(max(float(line.get("offset")) + float(line.get("slope")) * above, 0), 1)
        each = {
            " ".join(i.get("value").split()): float(i.get("evaluation"))
            for i in issue.findall("item")
        }
        return each[option] / max(each.values())

    def meaning(said):
        said = {"Place": "on the border", **said}
        return sum(
            weights[issues[name].get("index")] * evaluation(issues[name], option)
            for name, option in said.items()
        )

    return meaning


@pytest.mark.parametrize("party", ["ann", "bob"])
def test_genius_divides_by_the_largest_evaluation_and_takes_weights_as_written(party):
    is_worth(imported("genius"), party, genius(HERE / "genius" / f"{party}.xml"))


def test_a_reservation_value_is_the_disagreement_and_a_discount_is_patience_over_the_whole_talks():
    ann, bob = imported("genius").parties.values()
    assert (ann.disagreement, ann.patience.value) == (0.55, 0.75)
    assert "0 at the start of the talks to 1 at their deadline" in ann.patience.assumption
    assert (bob.disagreement.value, bob.patience) == (0.0, 1.0)
    assert "GENIUS takes as 0" in bob.disagreement.assumption


def test_an_issue_with_one_option_is_kept_as_a_constant_and_the_file_says_so():
    scenario = imported("genius")
    assert [issue.title for issue in scenario.issues.values()] == [
        "Paint & varnish",
        "Gate",
        "Ann's share",
    ]
    assert "'Place' has the one option 'on the border'" in scenario.description


@pytest.mark.parametrize(("party", "most", "first"), [("ann", 100, 40), ("bob", 80, -10)])
def test_hyper_rectangles_add_up_and_are_divided_by_maxutility(party, most, first):
    def meaning(said):
        height, length, depth = int(said["height"]), int(said["length"]), int(said["depth"])
        total = first * (1 <= height <= 3 and -1 <= length <= 2)
        total += 0.5 * 20 * (2 <= depth <= 9 and 0 <= depth <= 2)
        total += 2 * 15 * (not (0 <= height <= 1 and 1 <= depth <= 2))
        return (total + 5) / most

    is_worth(imported("rectangles"), party, meaning)


@pytest.mark.parametrize("party", ["ann", "bob"])
def test_geniusweb_means_the_same_in_both_spellings(party):
    space = json.loads((HERE / "geniusweb" / f"{party}.json").read_text())
    space = space["LinearAdditiveUtilitySpace"]

    def worth(issue, option):
        (values,) = space["issueUtilities"][issue].values()
        if "valueUtilities" in values:
            return values["valueUtilities"][option]
        low, at_low, high, at_high = (float(values[k]) for k in
            ("lowValue", "lowUtility", "highValue", "highUtility"))  # fmt: skip
        return at_low + (at_high - at_low) * (float(option) - low) / (high - low)

    def meaning(said):
        return sum(space["issueWeights"][i] * worth(i, o) for i, o in said.items())

    scenario = imported("geniusweb")
    is_worth(scenario, party, meaning)
    bid = (space["reservationBid"] or {"issuevalues": {}})["issuevalues"]
    level = central(scenario.parties[party].disagreement)
    assert level == pytest.approx(meaning(bid), abs=1e-12)
    assert scenario.parties[party].name == space["name"]


@pytest.mark.parametrize("party", ["profileA", "profileB"])
def test_negolog_sums_weight_times_value_even_if_weights_do_not_sum_to_one(party):
    profile = json.loads((HERE / "negolog" / f"{party}.json").read_text())

    def meaning(said):
        return sum(profile["issueWeights"][i] * profile["issues"][i][o] for i, o in said.items())

    scenario = imported("negolog")
    is_worth(scenario, party, meaning)
    assert scenario.parties[party].disagreement == profile["reservationValue"]
    assert scenario.title == "Fence"


def test_negmas_adds_bias_and_functions_of_values_with_any_sign():
    def ann(said):
        paint = {"green": 0.5, "No": 1.0}[said["paint"]]
        return 0.125 + (0.1 + 0.2 * float(said["price"])) + 2 * paint - 0.5 * float(said["posts"])

    def bob(said):
        price, posts = float(said["price"]), float(said["posts"])
        quadratic = 0.5 * posts**2 - posts + 2
        return 0.5 * (1 - price / 4) + 0.25 * (said["paint"] == "green") + 0.25 * quadratic

    scenario = imported("negmas")
    is_worth(scenario, "ann", ann)
    is_worth(scenario, "bob", bob)
    assert scenario.parties["ann"].disagreement == 0.3


def test_minus_infinity_as_a_reserved_value_is_the_least_that_any_outcome_is_worth():
    scenario = imported("negmas")
    bob = scenario.parties["bob"]
    worst = min(utility(scenario, "bob", outcome) for outcome, _ in outcomes(scenario))
    assert bob.disagreement.value == pytest.approx(worst)
    assert "any agreement is better than none" in bob.disagreement.assumption
    assert bob.patience.value == 0.9
    assert "at each step, which is one round" in bob.patience.assumption


@pytest.mark.parametrize("name", ["genius", "rectangles", "geniusweb", "negolog", "negmas"])
def test_every_number_of_an_imported_scenario_has_a_source(name):
    scenario = imported(name)
    assert list(unfounded(scenario)) == []
    files = [f.name for f in (HERE / name).iterdir()]
    assert all(file in scenario.sources["origin"].title for file in files)


@pytest.mark.parametrize("name", ["genius", "rectangles", "geniusweb", "negolog", "negmas"])
def test_the_order_of_the_files_changes_nothing_but_the_order_of_the_parties(name):
    files = sorted(str(file) for file in (HERE / name).iterdir())
    forth, back = (import_domain(order).scenario for order in (files, files[::-1]))
    assert forth.parties == back.parties
    assert {title(i) for i in forth.issues.values()} == {title(i) for i in back.issues.values()}


def title(issue):
    return issue.title, frozenset(issue.options)


def test_numeric_issues_become_grids_and_rectangles_spans():
    scenario = imported("rectangles")
    assert list(scenario.issues["length"].options) == ["-2", "-1", "0", "1", "2"]
    first = scenario.parties["ann"].interactions[0]
    assert (first.when["height"].text, first.when["length"].text) == ("1 to 3", "-1 to 2")
    assert first.why == "hyper-rectangle of line 8: 40 of 100"


def test_a_long_straight_run_of_values_is_written_as_a_line(tmp_path):
    domain = (HERE / "genius" / "Fence-domain.xml").read_text()
    (tmp_path / "domain.xml").write_text(domain.replace('upperbound="6"', 'upperbound="40"'))
    for party in ("ann", "bob"):
        text = (HERE / "genius" / f"{party}.xml").read_text(encoding="latin-1")
        (tmp_path / f"{party}.xml").write_text(text.replace('upperbound="6"', 'upperbound="40"'))
    scenario = import_domain([str(tmp_path)]).scenario
    assert list(scenario.parties["bob"].values["Ann_s_share"].line) == ["2", "6", "40"]
    is_worth(scenario, "bob", genius(tmp_path / "bob.xml"))
    is_worth(scenario, "ann", genius(tmp_path / "ann.xml"))


def heavier(tmp_path, weight):
    """The GENIUS domain again, with one of Ann's weights changed."""
    folder = shutil.copytree(HERE / "genius", tmp_path / "heavier")
    ann = folder / "ann.xml"
    text = ann.read_text(encoding="latin-1")
    ann.write_text(text.replace('index="1" value="0.4"', f'index="1" value="{weight}"'))
    return folder


def test_genius_cuts_utilities_at_one_and_so_does_the_scenario(tmp_path):
    folder = heavier(tmp_path, 0.7)
    found = import_domain([str(folder)])
    added_up = genius(folder / "ann.xml")
    is_worth(found.scenario, "ann", lambda said: min(added_up(said), 1))
    assert any("each of the 7 outcomes that are cut" in note for note in found.notes)


def test_weights_that_were_rounded_are_left_as_they_add_up_and_it_is_told(tmp_path):
    folder = heavier(tmp_path, 0.4504)
    found = import_domain([str(folder)])
    is_worth(found.scenario, "ann", genius(folder / "ann.xml"))
    assert "to 1.000400 at most" in found.scenario.parties["ann"].description
    assert any("to 1.000400 at most" in note for note in found.notes)


def test_a_continuous_issue_is_refused_by_name_or_cut_where_one_asks_for_it(tmp_path):
    real = (
        '<issue index="3" etype="real" type="real" name="Ann\'s share">'
        '<range lowerbound="0" upperbound="2"/>{}</issue>'
    )
    for file in (HERE / "genius").iterdir():
        root = ET.fromstring(
            file.read_text(encoding="latin-1").split("?>")[-1].strip().replace(" & ", " &amp; ")
        )
        for outer in root.iter("objective"):
            for issue in [i for i in outer.findall("issue") if i.get("index") == "3"]:
                outer.remove(issue)
                line = '<evaluator ftype="linear" parameter0="0.1" parameter1="0.4"/>'
                inner = line if "domain" not in file.name else ""
                outer.append(ET.fromstring(real.format(inner)))
        (tmp_path / file.name).write_text(ET.tostring(root, encoding="unicode"))
    with pytest.raises(ValueError, match=r"continuous from 0 to 2.* --grid N cuts it to N points"):
        import_domain([str(tmp_path)])
    cut = import_domain([str(tmp_path)], grid=5).scenario
    assert list(cut.issues["Ann_s_share"].options) == ["0", "0.5", "1", "1.5", "2"]
    values = cut.parties["ann"].values["Ann_s_share"]
    assert [values[k] for k in values] == pytest.approx([0.1, 0.3, 0.5, 0.7, 0.9])
    assert "continuous from 0 to 2, cut to 5 points" in cut.description


def test_a_scenario_that_was_written_is_fine_and_solves_to_what_the_tool_means(tmp_path, capsys):
    assert run_command(["import", str(HERE / "genius"), "-o", str(tmp_path / "new")]) == 0
    said = capsys.readouterr()
    (file,) = (tmp_path / "new").iterdir()
    assert said.out.startswith(f"{file}: written from GENIUS (3 issues, 2 parties, 30 outcomes)")
    assert "similarity_function" in said.err
    assert run_command(["check", str(file)]) == 0
    scenario = read_scenario(str(file))
    nash = solve(scenario).solutions["nash"]
    ann, bob = (genius(HERE / "genius" / f"{p}.xml") for p in ("ann", "bob"))
    products = {
        (ann(said) - 0.55) * bob(said)
        for _, said in outcomes(scenario)
        if ann(said) >= 0.55 and bob(said) >= 0
    }
    gains = nash.utilities - [0.55, 0]
    assert gains.prod() == pytest.approx(max(products))


def test_a_negmas_domain_in_json_is_the_same_domain(tmp_path):
    for file in (HERE / "negmas").glob("*.yml"):
        content = yaml.safe_load(file.read_text())
        (tmp_path / f"{file.stem}.json").write_text(json.dumps(content))
    shutil.copy(HERE / "negmas" / "bob.json", tmp_path)
    in_json, mixed = import_domain([str(tmp_path)]).scenario, imported("negmas")
    assert (in_json.issues, in_json.parties) == (mixed.issues, mixed.parties)


@given(
    gains=st.lists(st.lists(st.integers(-3, 3), min_size=2, max_size=3), min_size=2, max_size=3),
    data=st.data(),
)
def test_the_largest_sum_with_rectangles_is_the_best_of_all_outcomes(gains, data):
    def some(k):
        return st.lists(st.integers(0, len(gains[k]) - 1), min_size=1, unique=True)

    boxes = st.sets(st.integers(0, len(gains) - 1)).flatmap(
        lambda issues: st.fixed_dictionaries({k: some(k) for k in issues})
    )
    extras = data.draw(
        st.lists(st.builds(Extra, boxes, st.integers(-4, 4).map(float), st.just("")), max_size=4)
    )
    best = max(
        sum(values[k] for values, k in zip(gains, outcome, strict=True))
        + sum(e.add for e in extras if all(outcome[i] in some for i, some in e.when.items()))
        for outcome in product(*[range(len(values)) for values in gains])
    )
    assert largest_utility(gains, extras) == pytest.approx(best, abs=1e-6)


def test_rectangles_that_add_up_to_more_than_maxutility_are_told(tmp_path):
    folder = shutil.copytree(HERE / "rectangles", tmp_path / "more")
    text = (folder / "ann.xml").read_text().replace('maxutility="100"', 'maxutility="50"')
    (folder / "ann.xml").write_text(text)
    found = import_domain([str(folder)])
    ann, bob = found.scenario.parties.values()
    assert (
        "GENIUS cuts utilities at 1. Here they stand as they add up, to 1.700000" in ann.description
    )
    assert bob.description is None
