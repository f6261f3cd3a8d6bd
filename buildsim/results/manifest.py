"""The manifest of a run: what was run, with what, and how it went."""

import datetime
import hashlib
import json
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
import pydantic
import simpy

from buildsim import __version__
from buildsim.errors import InputError, Problem
from buildsim.results.store import write_text
from buildsim.results.tables import FORMAT

MANIFEST = "manifest.json"
MODEL = "model.json"

Design = Literal["monte-carlo", "latin-hypercube", "sobol"]
Status = Literal["running", "complete", "interrupted", "failed"]


def library_versions() -> dict[str, str]:
    """Versions of buildsim, of Python and of the libraries that the results rest on."""
    return {
        "buildsim": __version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "simpy": simpy.__version__,
    }


class Manifest(pydantic.BaseModel):
    """What was run, with what, and how it went; stands as `manifest.json` in the folder of a run."""

    model_config = pydantic.ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, protected_namespaces=(), ser_json_inf_nan="strings"
    )

    format: int = FORMAT
    """The version of the tables and of the folder."""
    status: Status = "running"
    """`complete` once all replications are there, `interrupted` by Ctrl-C, `failed` by an error, else `running`."""
    model_hash: str
    """SHA-256 of the model as resolved, as canonical JSON."""
    scenario: tuple[str, ...] = ()
    """The scenarios that were laid over the model file."""
    changes: tuple[str, ...] = ()
    """What scenarios and settings changed in the model file, each `path: old -> new (what set it)`."""
    start: datetime.date
    """The model's start: day 0."""
    horizon: float
    """The end of the last day simulated [days since start]."""
    seed: int
    """The seed of the draws."""
    design: Design
    """The sampling design."""
    replications: int
    """How many replications were asked for."""
    keep_activities: int
    """Of how many replications, from 0, the table `activities` is kept."""
    without: tuple[str, ...] = ()
    """The groups of causes that were taken out (but-for); none in an ordinary run."""
    draws: str | None = None
    """SHA-256 of the draws that were given; None if none were."""
    workers: int = 1
    """How many processes simulated."""
    versions: dict[str, str] = pydantic.Field(default_factory=library_versions)
    """Versions of buildsim, of Python and of the libraries that the results rest on."""
    timings: dict[str, float] = {}
    """Seconds by stage, summed over blocks and workers: sampling, simulating, writing; and `elapsed` by the clock."""
    peak_memory: float = 0.0
    """The largest resident memory of any one process of the run [MB]."""
    created: datetime.datetime = pydantic.Field(default_factory=lambda: datetime.datetime.now(datetime.UTC))
    """When the run was begun."""

    def after(self, seconds: Mapping[str, float], peak_memory: float) -> Self:
        """The same manifest after more work: seconds by stage are added, the peak of memory [MB] is the larger."""
        stages = dict.fromkeys((*self.timings, *seconds))
        timings = {stage: self.timings.get(stage, 0.0) + seconds.get(stage, 0.0) for stage in stages}
        return self.model_copy(update={"timings": timings, "peak_memory": max(self.peak_memory, peak_memory)})

    def write(self, folder: Path) -> None:
        """Write it as `manifest.json`, whole or not at all."""
        write_text(folder / MANIFEST, self.model_dump_json(indent=1))


def canonical_json(model: Any) -> str:
    """A model's JSON without spaces, its keys in declared order: the order counts, for equals go in declared order."""
    return json.dumps(model, separators=(",", ":"), ensure_ascii=True)


def model_hash(text: str) -> str:
    """SHA-256, as hex digits, of a model's canonical JSON."""
    return hashlib.sha256(text.encode()).hexdigest()


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the run in a folder; InputError when it holds no run, or one of another format version."""
    file = folder / MANIFEST
    if not folder.is_dir():
        raise InputError(Problem("", "there is no such folder", file=str(folder), expected="the folder of a run"))
    if not file.is_file():
        raise InputError(
            Problem("", f"the folder holds no {MANIFEST}", file=str(folder), expected="the folder of a run")
        )
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InputError(Problem("", f"the manifest cannot be read: {error}", file=str(file))) from error
    written = content.get("format") if isinstance(content, dict) else None
    if written is not None and written != FORMAT:
        message = f"the run has table format {written}, which buildsim {__version__} does not read"
        raise InputError(Problem("format", message, file=str(file), expected=f"table format {FORMAT}"))
    try:
        return Manifest.model_validate(content)
    except pydantic.ValidationError as error:
        problems = [
            Problem(".".join(str(part) for part in wrong["loc"]), wrong["msg"], file=str(file))
            for wrong in error.errors()
        ]
        raise InputError(problems) from error
