"""Scenarios that zopa writes: they read back as they were, and stand there whole or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import InputError
from sim.formats import parse_scenario, read_scenario, shipped_scenarios, starter_scenario
from sim.formats.writing import WIDTH, scenario_text, write_scenario
from sim.formats.yaml_tree import read_tree


@pytest.mark.parametrize("name", shipped_scenarios())
def test_a_shipped_scenario_reads_back_as_it_was(name):
    scenario = read_scenario(name)
    assert parse_scenario(scenario_text(scenario)) == scenario


def test_the_starter_reads_back_as_it_was():
    scenario = parse_scenario(starter_scenario())
    text = scenario_text(scenario)
    assert parse_scenario(text) == scenario
    assert max(map(len, text.splitlines())) <= WIDTH


@given(
    st.recursive(
        st.text(min_size=1) | st.integers() | st.floats(allow_nan=False, allow_infinity=False),
        lambda inner: (
            st.lists(inner, min_size=1) | st.dictionaries(st.text("ab1 :y"), inner, min_size=1)
        ),
        max_leaves=20,
    )
)
def test_whatever_is_written_is_read_back(value):
    reading = read_tree(scenario_text({"top": value}), "text")
    if reading.mistakes:  # only for characters that no scenario may hold
        assert {m.text.split(" U+")[0] for m in reading.mistakes} <= {"holds the control character"}
        return
    assert reading.root.child("top").plain() == _as_read(value)


def _as_read(value):
    if isinstance(value, dict):
        return {key: _as_read(inner) for key, inner in value.items()}
    return [_as_read(inner) for inner in value] if isinstance(value, list) else value


def test_nothing_is_left_behind_where_nothing_can_be_written(tmp_path):
    (tmp_path / "file").write_text("here")
    with pytest.raises(InputError, match="file"):
        write_scenario({"zopa": 1}, tmp_path / "file" / "x.yaml", force=False)
    (tmp_path / "folder.yaml").mkdir()
    with pytest.raises(InputError):
        write_scenario({"zopa": 1}, tmp_path / "folder.yaml", force=True)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "folder.yaml"]
