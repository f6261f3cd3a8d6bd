"""The base of everything that a model file declares, and how a wrong value is told."""

import difflib
from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict
from pydantic_core import PydanticCustomError


class Declared(BaseModel):
    """One declared thing: frozen, unknown keys refused, every field documented by the string below it."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    source: str | None = None
    """Where the numbers come from: a document or page, or "assumption"."""
    note: str | None = None
    """A remark for the reader; the simulation does not use it."""


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that `name` most likely meant, or None if none is near."""
    close = difflib.get_close_matches(name, list(candidates), n=1, cutoff=0.6)
    return close[0] if close else None


def refusal(message: str, *, expected: str | None = None, nearest: str | None = None) -> PydanticCustomError:
    """The error that a validator raises: its text is `message`, its `ctx` holds `expected` and `nearest`.

    The context is there for whoever turns validation errors into `buildsim.errors.Problem`; both may be None.
    """
    context = {"message": message, "expected": expected, "nearest": nearest}
    return PydanticCustomError("quantity", "{message}", context)
