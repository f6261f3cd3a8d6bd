"""What the declarations of a model say may stand at a place: its fields, its kinds, its entries."""

import enum
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from buildsim.spec.uncertain import Uncertain

_UNIONS = (typing.Union, types.UnionType)


@dataclass(frozen=True, slots=True)
class Shape:
    """The types that one place of a model may have, unions taken apart."""

    types: tuple[Any, ...]

    @classmethod
    def of(cls, annotation: Any) -> "Shape":
        """The shape of a type annotation, or of a model class."""
        return cls(tuple(_alternatives(annotation)))

    @property
    def models(self) -> tuple[type[BaseModel], ...]:
        """The declared classes among the types."""
        return tuple(kind for kind in self.types if _is_model(kind))

    @property
    def anything(self) -> bool:
        """Whether any data may stand here."""
        return any(kind is Any or kind is object for kind in self.types)

    @property
    def keyed(self) -> bool:
        """Whether a mapping with names of the user's own may stand here."""
        return self._entry() is not None

    @property
    def union(self) -> bool:
        """Whether there are several types besides null, so that an error's location names one."""
        return sum(kind is not type(None) for kind in self.types) > 1

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields of the declared classes."""
        return tuple(dict.fromkeys(name for model in self.models for name, _ in _fields(model)))

    @property
    def kinds(self) -> tuple[str, ...]:
        """The values that `kind` may have."""
        return tuple(dict.fromkeys(kind for model in self.models for kind in _kinds(model)))

    @property
    def choices(self) -> tuple[str, ...]:
        """The words that may stand here, when there is a list of them."""
        return tuple(dict.fromkeys(word for kind in self.types for word in _words(kind)))

    @property
    def tags(self) -> tuple[str, ...]:
        """The parts by which the location of an error may name one of the types."""
        return (*self.kinds, *(model.__name__ for model in self.models))

    def narrowed(self, kind: str | None) -> "Shape":
        """The shape when the `kind` that stands here is known."""
        if kind is None or kind not in self.kinds:
            return self
        return Shape(tuple(t for t in self.types if not _is_model(t) or kind in _kinds(t)))

    def below(self, step: str | int) -> "Shape | None":
        """The shape of a field, entry or item; None when the declarations know none of that name."""
        found: list[Any] = []
        for kind in self.types:
            if _is_model(kind) and isinstance(step, str):
                found += [annotation for name, annotation in _fields(kind) if name == step]
        entry = self._entry() if isinstance(step, str) else self._item()
        if entry is not None and not found:
            found.append(entry)
        if self.anything:
            found.append(Any)
        if not found:
            return None
        return Shape(tuple(t for annotation in found for t in _alternatives(annotation)))

    def _entry(self) -> Any:
        """The type of the entries of a mapping."""
        for kind in self.types:
            arguments = typing.get_args(kind)
            if _origin(kind, Mapping) and len(arguments) == 2:
                return arguments[1]
            if _is_model(kind) and kind.model_config.get("extra") == "allow":
                hint = typing.get_type_hints(kind, include_extras=True).get("__pydantic_extra__")
                return (typing.get_args(hint) or (None, Any))[1]
        return None

    def _item(self) -> Any:
        """The type of the items of a list."""
        for kind in self.types:
            if _origin(kind, Sequence) and typing.get_args(kind):
                return typing.get_args(kind)[0]
        return None


def whole(shape: Shape) -> bool:
    """Whether an uncertain quantity stands here, which is replaced as a whole."""
    return any(issubclass(model, Uncertain) for model in shape.models)


def _alternatives(annotation: Any) -> Iterator[Any]:
    """The types that an annotation stands for, without unions, metadata and aliases."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        yield from _alternatives(typing.get_args(annotation)[0])
    elif origin in _UNIONS:
        for argument in typing.get_args(annotation):
            yield from _alternatives(argument)
    elif hasattr(annotation, "__value__"):
        yield from _alternatives(annotation.__value__)
    elif _is_model(annotation) and annotation.__pydantic_root_model__:
        yield from _alternatives(annotation.model_fields["root"].annotation)
    else:
        yield annotation


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _origin(kind: Any, base: type) -> bool:
    origin = typing.get_origin(kind)
    return isinstance(origin, type) and issubclass(origin, base)


def _fields(model: type[BaseModel]) -> Iterator[tuple[str, Any]]:
    """The names that a file uses for the fields of a class, with their types."""
    for name, info in model.model_fields.items():
        yield info.alias or name, info.annotation


def _kinds(model: type[BaseModel]) -> tuple[str, ...]:
    info = model.model_fields.get("kind")
    return _words(info.annotation) if info is not None else ()


def _words(annotation: Any) -> tuple[str, ...]:
    """The words of a Literal or of an enumeration."""
    words: list[Any] = []
    for kind in _alternatives(annotation):
        if typing.get_origin(kind) is typing.Literal:
            words += typing.get_args(kind)
        elif isinstance(kind, type) and issubclass(kind, enum.Enum):
            words += [member.value for member in kind]
    return tuple(word for word in words if isinstance(word, str))
