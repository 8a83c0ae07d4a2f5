"""The JSON Schema of scenario, game and experiment files: names, types and fixed ranges.

It accepts every file that the reader accepts and refuses every one whose structure the reader
refuses. It cannot see what one part asks of another (`sim.consistency`), nor whether numbers that
should ascend do, nor what JSON has no word for: names that stand twice and ``.nan``. Editors read
it for completion and checks.
"""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from sim.scenario import Scenario

if TYPE_CHECKING:
    from sim.formats.experiment_outputs import Pictures

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TIER = "^[1-9][0-9]{0,8}$"


def scenario_schema() -> dict[str, Any]:
    """Return the schema, in the dialect of 2020-12.

    Examples
    --------
    >>> schema = scenario_schema()
    >>> schema["properties"]["zopa"]["const"], schema["additionalProperties"]
    (1, False)
    """
    head, definitions = _schema_of(Scenario)
    head["title"] = "A zopa scenario"
    definitions["Cells"] |= _CELLS
    head["properties"]["tiers"]["propertyNames"] = {"pattern": _TIER}
    return {**head, "$defs": dict(sorted(definitions.items()))}


def game_schema(kind: str) -> dict[str, Any]:
    """Return the schema of a kind of game file, in the dialect of 2020-12.

    Examples
    --------
    >>> game_schema("division")["title"]
    'A zopa file: a division between two parties by points'
    """
    from sim.equilibria.game_files import GAMES  # noqa: PLC0415  loads every model

    head, definitions = _schema_of(GAMES[kind].whole)
    head["title"] = f"A zopa file: {GAMES[kind].title}"
    return {**head, "$defs": dict(sorted(definitions.items()))}


def experiment_schema(pictures: Pictures | None = None) -> dict[str, Any]:
    """Return the schema of experiment files, in the dialect of 2020-12.

    Parameters
    ----------
    pictures
        What figures may be; any name where that is not known.

    Examples
    --------
    >>> schema = experiment_schema()
    >>> schema["$defs"]["SizedDesign"]["properties"]["sobol"]["enum"][:4]
    [1, 2, 4, 8]
    """
    from sim.equilibria import MODELS  # noqa: PLC0415  loads every model
    from sim.experiment.design import Experiment  # noqa: PLC0415
    from sim.formats.experiment_outputs import drawable  # noqa: PLC0415
    from sim.solutions import SOLUTIONS  # noqa: PLC0415

    head, definitions = _schema_of(Experiment)
    head["title"] = "A zopa experiment"
    head["properties"]["vary"]["additionalProperties"]["anyOf"][0]["items"] = _SOMETHING
    head["properties"]["vary"] |= _readings()
    head["properties"]["design"]["anyOf"][0] = {"const": "full"}
    definitions["SizedDesign"] |= {"minProperties": 1, "maxProperties": 1}
    definitions["SizedDesign"]["properties"]["sobol"] |= {"enum": [1 << k for k in range(27)]}
    definitions["Computations"]["minProperties"] = 1
    definitions["Solve"]["properties"]["solutions"]["items"] = {"enum": list(SOLUTIONS)}
    definitions["Equilibria"]["properties"]["models"]["items"] = {"enum": list(MODELS)}
    definitions["Discovery"]["not"] = {"required": ["above", "below"]}
    definitions["Figure"] = _as_written(definitions["Figure"], drawable(pictures or {}))
    return {**head, "$defs": dict(sorted(definitions.items()))}


_SOMETHING = {"type": ["string", "number", "boolean", "array", "object"]}
"""Any value that a file may hold: never nothing."""


def _readings() -> dict[str, Any]:
    """Return what varies and is no path of a scenario; scenarios stand under their own name."""
    from sim.formats.experiment_checks import READING_VALUES  # noqa: PLC0415  loads the solvers

    listed = {name: {"enum": list(values)} for name, values in READING_VALUES.items()}
    kinds = {**listed, "levers": {"type": "array", "items": {"type": "string"}}}
    lists = {"type": "array", "minItems": 1, "uniqueItems": True}
    return {
        "propertyNames": {"not": {"const": "scenario"}},
        "properties": {name: {**lists, "items": one} for name, one in kinds.items()},
    }


def _as_written(figure: dict[str, Any], pictures: list[str]) -> dict[str, Any]:
    """Return the ways in which a file may write a picture, of which the type has only the last."""
    name = {"enum": pictures} if pictures else {"type": "string", "minLength": 1}
    figure["properties"]["name"] = name
    figure["properties"]["options"]["additionalProperties"] = _SOMETHING
    told = {
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "propertyNames": name,
        "additionalProperties": {"type": "object", "additionalProperties": _SOMETHING},
    }
    words = {key: figure.pop(key) for key in ("title", "description")}
    return {**words, "anyOf": [name, told, figure]}


def _schema_of(whole: type[BaseModel]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the schema of a type, and of the types that it refers to."""
    schema = whole.model_json_schema(schema_generator=_ForEditors)
    names = {old: _name(old, definition) for old, definition in schema.get("$defs", {}).items()}
    definitions = {names[old]: _tidy(d, names) for old, d in schema.pop("$defs", {}).items()}
    return {"$schema": DIALECT, **_tidy(schema, names)}, definitions


def _name(old: str, definition: dict[str, Any]) -> str:
    """Return a short name for a type: pydantic spells out what a generic one was made with."""
    return str(definition.get("title", old))


_CELLS = {
    "title": "Cells",
    "description": "Option of one issue -> number, or the same again for the next issue.",
}


def _tidy(part: Any, names: dict[str, str]) -> Any:
    """Say the same in the words of an editor: no nulls, names checked, references short."""
    if isinstance(part, list):
        return [_tidy(item, names) for item in part]
    if not isinstance(part, dict):
        return part
    part = {key: _tidy(value, names) for key, value in part.items() if key != "default"}
    if "oneOf" in part:
        part["anyOf"] = _flat(part.pop("oneOf"))
    if "$ref" in part:
        part["$ref"] = "#/$defs/" + names[part["$ref"].removeprefix("#/$defs/")]
    if "patternProperties" in part:
        ((pattern, inner),) = part.pop("patternProperties").items()
        part |= {"propertyNames": {"pattern": pattern}, "additionalProperties": inner}
    return _without_null(part)


def _flat(kinds: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put choices within a choice beside the others."""
    return [
        inner for kind in kinds for inner in (kind["anyOf"] if list(kind) == ["anyOf"] else [kind])
    ]


def _without_null(part: dict[str, Any]) -> dict[str, Any]:
    """Take ``null`` out: a field is left out of a file, never empty."""
    if part.get("anyOf", [None])[-1] != {"type": "null"}:
        return part
    kinds = part.pop("anyOf")[:-1]
    return {**(kinds[0] if len(kinds) == 1 else {"anyOf": kinds}), **part}


class _ForEditors(GenerateJsonSchema):
    """Takes what people read from the docstrings of the types."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """Leave out titles that only repeat the field's name."""
        return False

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """Give a model its docstring's first paragraph, and fields what it says of them."""
        result = super().model_schema(schema)
        said = _docstring(schema["cls"])
        result["title"] = schema["cls"].__name__
        result["description"] = said.pop("")
        for field, text in said.items():
            if field in result.get("properties", {}):
                result["properties"][field]["description"] = text
        return result


def _docstring(model: type[BaseModel]) -> dict[str, str]:
    """Return a docstring's summary (under an empty name) and what it says of each attribute."""
    said: dict[str, str] = {}
    for ancestor in reversed(model.__mro__):
        text = inspect.cleandoc(ancestor.__doc__ or "") if issubclass(ancestor, BaseModel) else ""
        summary, _, attributes = text.partition("Attributes\n----------\n")
        for entry in re.split(r"\n(?=\S)", attributes):
            names, _, words = entry.partition("\n")
            said |= {name.strip(): _plain(words) for name in names.split(", ") if words}
        said[""] = _plain(summary) or said.get("", "")
    return said


def _plain(text: str) -> str:
    """Put a stretch of a docstring on one line, without its markup."""
    return " ".join(text.split()).replace("``", "`")
