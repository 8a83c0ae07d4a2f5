"""The house is in order: what zopa needs is declared, and every pin agrees with it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

HERE = Path(__file__).parent.parent
PROJECT = tomllib.loads((HERE / "pyproject.toml").read_text("utf-8"))["project"]


def pins(name: str) -> dict[str, str]:
    """Return the versions that a file of pins asks for."""
    lines = (HERE / name).read_text("utf-8").split()
    return {canonicalize_name(line.split("==")[0]): line.split("==")[1] for line in lines}


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_every_dependency_is_pinned_to_a_version_that_is_allowed(file):
    pinned = pins(file)
    asked = PROJECT["dependencies"] + (
        PROJECT["optional-dependencies"]["dev"] if "dev" in file else []
    )
    for requirement in map(Requirement, asked):
        version = pinned[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version, prereleases=True), requirement


def test_whoever_develops_has_the_versions_that_users_have():
    users, developers = pins("requirements.txt"), pins("requirements-dev.txt")
    assert {name: developers.get(name) for name in users} == users


def test_pins_do_not_say_where_from():
    for file in ("requirements.txt", "requirements-dev.txt"):
        lines = (HERE / file).read_text("utf-8").splitlines()
        assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in lines)


def test_peers_of_the_benchmarks_are_no_dependencies():
    for file in ("requirements.txt", "requirements-dev.txt"):
        assert not {"negmas", "ema-workbench", "mesa"} & pins(file).keys()
