"""A small model of its own, so that reading, merging and patching are tested apart from the real declarations."""

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import BeforeValidator, Field

from buildsim.errors import Problem
from buildsim.model.change import Change
from buildsim.model.reading import read_model
from buildsim.spec.base import Declared
from buildsim.spec.quantity import Share, UncertainDuration
from buildsim.units import parse_mw

MW = Annotated[float, BeforeValidator(parse_mw)]


class Grid(Declared):
    kind: Literal["grid"]
    energised: MW = 0.0
    delay: UncertainDuration | None = None


class Bridge(Declared):
    kind: Literal["bridge"]
    mw: MW
    retire_with: str | None = None


Source = Annotated[Grid | Bridge, Field(discriminator="kind")]


class Hall(Declared):
    mw: MW
    duration: UncertainDuration
    target: datetime.date | None = None
    done: dict[str, Share] = {}
    activities: dict[str, dict[str, Any]] = {}
    cooling: Literal["liquid", "air"] = "liquid"
    after: tuple[str, ...] = ()


class Site(Declared):
    name: str = ""
    power: dict[str, Source] = {}
    halls: dict[str, Hall] = {}


class Pool(Declared):
    workers: int = Field(ge=0)
    experienced: Share = 0.2


class Mix(Declared):
    regime: Literal["dilute", "cap", "none"] = "dilute"
    crowding: Share = 0.2


class Scenario(Declared):
    description: str = ""
    set: dict[str, Any] = {}


class Toy(Declared):
    name: str
    description: str = ""
    start: datetime.date
    sites: dict[str, Site] = {}
    labour: dict[str, dict[str, Pool]] = {}
    productivity: Mix = Mix()
    scenarios: dict[str, Scenario] = {}


def no_tuesdays(model: Toy) -> list[Problem]:
    """A semantic check: a site may not be called tuesday, a hall must not target the start."""
    problems = [Problem(f"sites.{name}", "no Tuesdays") for name in model.sites if name == "tuesday"]
    for name, site in model.sites.items():
        for hall, declared in site.halls.items():
            if declared.target == model.start:
                problems.append(Problem(f"sites.{name}.halls.{hall}.target", "too early"))
    return problems


Files = str | bytes | dict[str, str | bytes]
Read = Callable[..., tuple[Toy, list[Change]]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Writes files into a folder and reads `model.yaml` there."""

    def written(files: Files, set: Any = None, scenario: Any = None) -> tuple[Toy, list[Change]]:
        for name, content in (files if isinstance(files, dict) else {"model.yaml": files}).items():
            path = tmp_path / "home" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_model(tmp_path / "home" / "model.yaml", Toy, no_tuesdays, set, scenario)

    return written
