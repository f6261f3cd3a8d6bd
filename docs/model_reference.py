"""Makes the page `docs/reference/model.md` from the declarations: every field with its unit and meaning."""

import types
import typing
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import annotated_types
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from buildsim.model.root import Model
from buildsim.spec import quantity
from buildsim.spec.base import Declared
from buildsim.spec.uncertain import Uncertain

WORDS: Mapping[str, str] = {
    "Count": "count",
    "Date": "date",
    "Days": "elapsed time [days]",
    "Mw": "power [MW]",
    "Number": "number",
    "Rate": "rate [per day]",
    "Share": "share",
    "Usd": "money [USD]",
    "UncertainCount": "count, uncertain",
    "UncertainDate": "date, uncertain",
    "UncertainDays": "elapsed time [days], uncertain",
    "UncertainDuration": "elapsed time [days] or workdays, uncertain",
    "UncertainMW": "power [MW], uncertain",
    "UncertainMeasure": "number (≥ 0), uncertain",
    "UncertainNumber": "number, uncertain",
    "UncertainRate": "rate [per day], uncertain",
    "UncertainShare": "share, uncertain",
    "UncertainUsd": "money [USD], uncertain",
}
"""How the page calls the quantity types, with their base units."""
PLAIN = {str: "text", bool: "true or false", int: "whole number", float: "number", Any: "anything"}
ANNOTATIONS = tuple(Declared.model_fields)

HEAD = """# Model files

Every key that a model file may hold, made from the declarations in the code. Unknown keys are refused.

- Every mapping may also hold `source` (where its numbers come from, or `assumption`) and `note` (a remark), both text.
- **Required** keys have no default. A key in angle brackets, `<id>`, is a name that you choose.
- A *quantity* is written as people write it: `26 weeks`, `10 workdays`, `120 MW`, `$11.9bn`, `20 per 1000`, `35%`,
  `2025-10-31`, `130 per month`. A bare number is in the base unit: elapsed days, MW, USD, a share of 1. Dates and rates
  are always written out.
- An *uncertain* quantity may be a single value, or one of the forms under
  [Uncertain quantities](#uncertain-quantities).
- A dependence is written `ID [FS|SS|FF|SF] [+ LAG]`, for example `A1`, `A1 SS + 15 workdays`, `A1 FF + 3 days`.

What the keys do is in [semantics](../semantics.md). `buildsim schema` prints the same as a JSON Schema, for editors.
"""

UNCERTAIN = """## Uncertain quantities

| written as | distribution |
|---|---|
| `26 weeks` | known: always this value |
| `{value: 26 weeks, source: ...}` | the same, with a source |
| `{low: 40 weeks, mode: 52 weeks, high: 80 weeks}` | PERT (a beta distribution with weight 4 on the mode) |
| `{low: 1%, high: 3%}` | uniform |
| `{median: 52 weeks, p90: 80 weeks}` | lognormal |
| `{probability: 20%, value: 90 days}` | an event: the value (itself a quantity) if it happens, else 0 or `otherwise` |
| `{csv: file.csv, column: name}` | empirical: the values of a column; the file lies beside the model |
| `{kind: KIND, ...}` | any of the kinds below |

Every form may also hold `plan` (the value that the plan takes), `source` and `note`. Without `plan` the plan takes the
mode where one is declared, else the median; an event does not happen in the plan.

| kind | parameters |
|---|---|
"""


def model_page() -> str:
    """The page, in Markdown."""
    parts = [HEAD]
    for place, kind in _places():
        parts.append(f"## {place or 'The model'}\n")
        if kind.__doc__:
            parts.append(" ".join(kind.__doc__.split()) + "\n")
        parts += ["| key | value | default | meaning |", "|---|---|---|---|"]
        parts += [_row(name, hint, kind) for name, hint in _hints(kind).items()]
        parts.append("")
    parts.append(UNCERTAIN.rstrip("\n"))
    parts += [f"| `{name}` | {_parameters(family)} |" for name, family in quantity.KINDS.items()]
    return "\n".join(parts) + "\n"


def _parameters(family: Any) -> str:
    return ", ".join(f"`{key}`" + ("" if key in family.required else " (optional)") for key in family.roles)


def _hints(kind: type[BaseModel]) -> dict[str, Any]:
    hints = typing.get_type_hints(kind, include_extras=True)
    return {name: hints[name] for name in kind.model_fields if name not in ANNOTATIONS}


def _places() -> Iterator[tuple[str, type[BaseModel]]]:
    """Every declared class with the place where it stands in a file, in the order of the file; each class once."""
    waiting: list[tuple[str, type[BaseModel]]] = [("", Model)]
    seen: set[type[BaseModel]] = set()
    while waiting:
        place, kind = waiting.pop(0)
        if kind in seen:
            continue
        seen.add(kind)
        yield place, kind
        below = []
        for name, hint in _hints(kind).items():
            path = f"{place}.{name}" if place else name
            below += [(found, inner) for found, inner in _declared(path, hint) if inner not in seen]
        waiting[:0] = below


def _declared(path: str, hint: Any) -> Iterator[tuple[str, type[BaseModel]]]:
    """The declared classes that may stand at a place."""
    if _alias(hint):
        return
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is Annotated:
        yield from _declared(path, arguments[0])
    elif origin is dict:
        yield from _declared(f"{path}.&lt;id&gt;", arguments[1])
    elif origin is tuple:
        yield from _declared(f"{path}[]", arguments[0])
    elif origin in (typing.Union, types.UnionType):
        for one in arguments:
            yield from _declared(path, one)
    elif isinstance(hint, type) and issubclass(hint, Declared) and not issubclass(hint, Uncertain):
        kinds = typing.get_args(hint.model_fields["kind"].annotation) if "kind" in hint.model_fields else ()
        yield (f"{path}, kind {' or '.join(kinds)}" if kinds else path), hint


def _alias(hint: Any) -> str | None:
    """What the page calls a quantity type; None for other types."""
    if typing.get_origin(hint) is not Annotated:
        return None
    reader = hint.__metadata__[0]
    for name, words in WORDS.items():
        if getattr(quantity, name).__metadata__[0] is reader:
            return words
    return None


def _type(hint: Any) -> str:
    """A type in words."""
    if words := _alias(hint):
        return words + _limits(hint)
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is Annotated:
        return _type(arguments[0]) + _limits(hint)
    if origin is typing.Literal:
        return " or ".join(f"`{word}`" for word in arguments)
    if origin is dict:
        return f"&lt;id&gt;: {_type(arguments[1])}"
    if origin is tuple:
        return f"list of: {_type(arguments[0])}"
    if origin in (typing.Union, types.UnionType):
        return " or ".join(dict.fromkeys(_type(one) for one in arguments if one is not type(None)))
    if hint in PLAIN:
        return PLAIN[hint]
    if isinstance(hint, type) and issubclass(hint, Uncertain):
        return "quantity, uncertain"
    return "mapping" if isinstance(hint, type) and issubclass(hint, BaseModel) else hint.__name__


def _limits(hint: Any) -> str:
    """The limits of a field, in brackets."""
    signs = {"gt": ">", "ge": "≥", "lt": "<", "le": "≤"}
    found = []
    for info in hint.__metadata__:
        for constraint in getattr(info, "metadata", [info]):
            for name, sign in signs.items():
                if isinstance(constraint, getattr(annotated_types, name.capitalize())):
                    found.append(f"{sign} {getattr(constraint, name):g}")
    return f" ({', '.join(found)})" if found else ""


def _row(name: str, hint: Any, kind: type[BaseModel]) -> str:
    field = kind.model_fields[name]
    meaning = " ".join((field.description or "").split()).replace("|", "\\|")
    kind = _type(hint).replace("|", "\\|")
    return f"| `{field.alias or name}` | {kind} | {_default(field.default)} | {meaning} |"


def _default(value: Any) -> str:
    if value is PydanticUndefined:
        return "**required**"
    if value is None or value in ("", (), {}):
        return ""
    if isinstance(value, BaseModel):
        kind = getattr(value, "kind", None)
        return f"`{{kind: {kind}}}`" if kind else "all defaults"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return f"`[{', '.join(map(str, value))}]`"
    return f"`{value:g}`" if isinstance(value, float) else f"`{value}`"
