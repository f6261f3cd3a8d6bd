"""Which reader a file needs."""

from dataclasses import replace
from pathlib import Path

from buildsim.errors import InputError, Problem
from buildsim.model.importing.network_json import read_network_json
from buildsim.model.importing.project import Project
from buildsim.model.importing.psplib import read_psplib
from buildsim.model.node import SourceFile
from buildsim.model.yamlfile import read_text

EXPECTED = "a PSPLIB file (.sm), or JSON with succ, dur, req and cap"


def read_project(path: str | Path) -> Project:
    """Return the project network in a PSPLIB file of one mode (.sm) or a JSON file `{succ, dur, req, cap}`.

    Raises:
        InputError: with every problem that was found, each with its line.
    """
    file = SourceFile(Path(path), str(path), Path(path).parent)
    try:
        text = read_text(file)
    except InputError as error:
        raise InputError([replace(problem, expected=EXPECTED) for problem in error.problems]) from error
    if not text.strip():
        raise InputError(Problem("", "the file is empty", file=file.shown, expected=EXPECTED))
    suffix = file.path.suffix.lower()
    if suffix == ".json" or (suffix != ".sm" and text.lstrip().startswith("{")):
        return read_network_json(text, file)
    if suffix == ".sm" or "PRECEDENCE RELATIONS" in text:
        return read_psplib(text, file)
    raise InputError(Problem("", "the file holds no schedule that buildsim reads", file=file.shown, expected=EXPECTED))
