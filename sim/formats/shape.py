"""What the types of a scenario expect at a place of the file, read off the types themselves."""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, ForwardRef, Literal, Union, get_args, get_origin

import annotated_types as at
from pydantic import BaseModel, Discriminator, Tag
from pydantic.fields import FieldInfo
from typing_extensions import TypeAliasType

from sim import scenario
from sim.issues import LARGEST, OPTION
from sim.preferences.uncertain import Basis

LAST_YEAR = 9999
BY_DEFAULT = frozenset({"<value>", "<clause>", "<range>"})
"""Members of unions that are chosen where no key says which one is meant."""
KEY = "[key]"
"""How pydantic ends a path that leads to a key rather than to what stands under it."""


@dataclass(frozen=True)
class Shape:
    """A type, bare of its annotations, with what the annotations say.

    Attributes
    ----------
    bare
        A model, ``dict[…]``, ``list[…]``, a union, a literal or a plain type.
    rules
        Bounds, patterns, lengths and tags.
    choices
        The models that may be meant, where this one was chosen because no key named another:
        that key may be misspelt.
    """

    bare: Any
    rules: tuple[Any, ...] = ()
    choices: tuple[type[BaseModel], ...] = ()

    @property
    def is_choice(self) -> bool:
        """Whether the next step of a pydantic path is the tag of a union's member."""
        return get_origin(self.bare) in (Union, types.UnionType)

    @property
    def model(self) -> type[BaseModel] | None:
        """The model, if it is one."""
        is_model = isinstance(self.bare, type) and issubclass(self.bare, BaseModel)
        return self.bare if is_model else None

    def rule(self, attribute: str) -> Any:
        """Return what the rules say on one point, such as ``ge``, ``pattern`` or ``min_length``."""
        found = (getattr(rule, attribute, None) for rule in self.rules)
        return next((value for value in found if value is not None), None)

    @property
    def fields(self) -> list[str]:
        """Names that may stand here: the model's, or those of all that it was chosen from.

        Where a number comes from is named last.
        """
        models = self.choices or ((self.model,) if self.model else ())
        names = [f.alias or name for m in models for name, f in m.model_fields.items()]
        return sorted(dict.fromkeys(names), key=Basis.model_fields.__contains__)

    def step(self, step: str | int) -> Shape:
        """Return the shape one step further on a pydantic path."""
        if self.is_choice:
            return self._member(step)
        if self.model:
            for name, info in self.model.model_fields.items():
                if step in (info.alias, name):
                    return shape_of(info.annotation, (info,))
            return Shape(object)
        arguments = get_args(self.bare)
        if get_origin(self.bare) is tuple and isinstance(step, int):
            return shape_of(arguments[min(step, len(arguments) - 1)])
        if get_origin(self.bare) is dict:
            return shape_of(arguments[0 if step == KEY else 1])
        return shape_of(arguments[0]) if arguments else Shape(object)

    def _member(self, tag: str | int) -> Shape:
        members = [shape_of(member) for member in get_args(self.bare)]
        chosen = next(
            (m for m in members if any(isinstance(r, Tag) and r.tag == tag for r in m.rules)),
            members[0],
        )
        by_default = chosen.is_choice or tag in BY_DEFAULT
        models = (*self.choices, *(found for m in members for found in m.models()))
        return Shape(chosen.bare, chosen.rules, models if by_default else ())

    def models(self) -> Iterator[type[BaseModel]]:
        """Yield the models that this shape is, or is a choice among."""
        if self.model:
            yield self.model
        if self.is_choice:
            for member in get_args(self.bare):
                yield from shape_of(member).models()


def shape_of(annotation: Any, rules: tuple[Any, ...] = ()) -> Shape:
    """Take annotations, aliases and ``| None`` off a type."""
    flat = tuple(_flat(rules))
    if isinstance(annotation, ForwardRef):
        annotation = getattr(scenario, annotation.__forward_arg__)
    if isinstance(annotation, TypeAliasType):
        return shape_of(annotation.__value__, flat)
    if get_origin(annotation) is Annotated:
        inner, *more = get_args(annotation)
        return shape_of(inner, (*flat, *more))
    if get_origin(annotation) in (Union, types.UnionType):
        members = [m for m in get_args(annotation) if m is not type(None)]
        if len(members) == 1:
            return shape_of(members[0], flat)
    return Shape(annotation, flat)


def _flat(rules: tuple[Any, ...]) -> Iterator[Any]:
    for rule in rules:
        if isinstance(rule, FieldInfo | at.GroupedMetadata):
            yield from _flat(tuple(rule.metadata if isinstance(rule, FieldInfo) else rule))
        elif not isinstance(rule, Discriminator):
            yield rule


def expected(shape: Shape) -> str:
    """Say in words what stands at a place.

    >>> from sim.preferences.uncertain import Probability, Weight
    >>> expected(shape_of(Probability)), expected(shape_of(Weight))
    ('a number from 0 to 1', 'a number of 0 or more')
    """
    origin, arguments = get_origin(shape.bare), get_args(shape.bare)
    words = "a mapping"
    if shape.is_choice:
        members = [shape_of(member) for member in arguments]
        words = expected(next((m for m in members if m.bare in (int, float, str)), members[0]))
    elif origin is Literal:
        *others, last = map(str, arguments)
        words = f"{', '.join(others)} or {last}" if others else last
    elif shape.bare in (int, float):
        kind = "a year" if shape.rule("le") == LAST_YEAR else "a whole number"
        words = (kind if shape.bare is int else "a number") + _range(shape)
    elif shape.bare is str:
        words = _kind_of_text(shape.rule("pattern"))
    elif shape.bare is bool:
        words = "true or false"
    elif origin is tuple:
        words = f"a list of {len(arguments)} numbers"
    elif origin is list:
        words = "a list"
    return words


def _kind_of_text(pattern: str | None) -> str:
    if pattern is None:
        return "a text"
    if pattern == OPTION:
        return "a name or a number"
    return "a date" if "[0-9]{4}" in pattern else "a name"


def _range(shape: Shape) -> str:
    low, above, high = shape.rule("ge"), shape.rule("gt"), shape.rule("le")
    if low is not None and high is not None and abs(high) < LARGEST:
        return f" from {low:g} to {high:g}"
    if above is not None and high is not None:
        return f" above {above:g}" + (f" and at most {high:g}" if high < LARGEST else "")
    return f" of {low:g} or more" if low is not None and low >= 0 else ""
