"""Domains of other tools as zopa scenarios, with the meanings of the tool that made them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from sim.errors import InputError
from sim.formats.imports import genius, geniusweb, negmas, negolog
from sim.formats.imports.complaints import Complaints
from sim.formats.imports.domain import ForeignDomain
from sim.formats.imports.files import Tree, read_trees
from sim.formats.imports.names import identifier
from sim.formats.imports.translation import scenario_of
from sim.formats.scenarios import parse_scenario
from sim.formats.writing import scenario_text, write_scenario
from sim.scenario import Scenario

FORMATS: dict[str, ModuleType] = {
    module.NAME: module for module in (genius, geniusweb, negolog, negmas)
}
"""What people call a format -> how it is recognised and read."""


@dataclass(frozen=True)
class Imported:
    """A domain as a scenario, not yet written.

    Attributes
    ----------
    format
        What people call the format it came in.
    name
        An identifier made of the domain's title, for the file.
    scenario
        The scenario.
    written
        What the file is to say.
    notes
        What was left aside or read with care, to be told.
    """

    format: str
    name: str
    scenario: Scenario
    written: dict[str, Any]
    notes: list[str]


def import_domain(files: list[str], *, grid: int | None = None) -> Imported:
    """Read one domain with its profiles, in whatever order, and say it as a scenario.

    Parameters
    ----------
    files
        Files, and folders whose files are taken.
    grid
        To how many points a continuous issue is cut; it is refused where this is left out.

    Raises
    ------
    InputError
        With everything that is wrong, each with file and line, or with what is missing.
    """
    complaints = Complaints()
    trees, notes = read_trees(files, complaints)
    trees, module = _sorted(trees, complaints, notes)
    complaints.raise_if_any()
    domain: ForeignDomain | None = None
    if module is not None:
        _check_complete(trees, module)
        domain = module.read(trees, grid, complaints)
    complaints.raise_if_any()
    if domain is None:
        raise InputError(f"{files[0]}: {_known()}")
    written = scenario_of(domain, complaints)
    complaints.raise_if_any()
    written["title"] = written["title"] or domain.format
    name = identifier(domain.title, "") or "domain"
    scenario = _checked(written, domain)
    return Imported(domain.format, name, scenario, written, [*notes, *domain.notes])


def write_imported(imported: Imported, folder: Path, *, name: str, force: bool) -> Path:
    """Write the scenario into a folder; return the file."""
    stem = identifier(name, "") or imported.name
    path = folder / f"{stem}.yaml"
    write_scenario(imported.written, path, force=force)
    return path


def _checked(written: dict[str, Any], domain: ForeignDomain) -> Scenario:
    """Read what is to be written as any scenario file is read."""
    try:
        return parse_scenario(scenario_text(written), "the scenario")
    except InputError as error:
        files = ", ".join(domain.files)
        raise InputError(
            f"{files}: what these say is no scenario that zopa takes\n{error}"
        ) from error


def _sorted(
    trees: list[Tree], complaints: Complaints, notes: list[str]
) -> tuple[list[Tree], ModuleType | None]:
    """Keep the files of the one format that they are in; tell which file is of none."""
    kept: dict[str, list[Tree]] = {}
    for tree in trees:
        format_ = next((name for name, m in FORMATS.items() if m.role(tree.root)), None)
        if format_ is not None:
            kept.setdefault(format_, []).append(tree)
        elif tree.named:
            complaints.at(tree.start, _unknown(tree))
        else:
            notes.append(f"{tree.called}: left aside, as it is no domain and no profile")
    if len(kept) > 1:
        each = "; ".join(
            f"{name}: " + ", ".join(tree.called for tree in some) for name, some in kept.items()
        )
        complaints.raise_if_any()
        raise InputError(f"these files are of several formats: import one at a time ({each})")
    for name, some in kept.items():
        return some, FORMATS[name]
    return [], None


def _unknown(tree: Tree) -> str:
    child = getattr(tree.root, "child", None)
    if child is not None and child("zopa") is not None:
        return "this is a zopa scenario already"
    tag = getattr(tree.root, "tag", "")
    begins = f"this begins with <{tag[:40]}>, and " if tag else ""
    return begins + _known()


def _known() -> str:
    return (
        "no domain or profile that zopa knows: it reads GENIUS (XML), GeniusWeb and NegoLog "
        "(JSON), and NegMAS (YAML or JSON)"
    )


def _check_complete(trees: list[Tree], module: ModuleType) -> None:
    """Refuse a domain without profiles, profiles without their domain, and two domains."""
    roles = [module.role(tree.root) for tree in trees]
    domains = [tree for tree, role in zip(trees, roles, strict=True) if role == "domain"]
    missing = []
    if module.NEEDS_DOMAIN and not domains:
        missing.append(module.NEEDS_DOMAIN)
    if "profile" not in roles:
        missing.append(module.NEEDS_PROFILE)
    given = ", ".join(tree.called for tree in trees)
    if missing:
        raise InputError(
            f"{given}: a {module.NAME} domain takes more files than these; missing: "
            + " and ".join(missing)
        )
    if len(domains) > 1:
        both = ", ".join(tree.called for tree in domains)
        raise InputError(f"these are {len(domains)} domains: import one at a time ({both})")
