"""The models that come with buildsim: where they are, what they are called."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from buildsim.errors import InputError, Problem
from buildsim.model.node import SourceFile
from buildsim.model.yamlfile import read_yaml
from buildsim.spec.base import nearest as nearest_name

SUFFIXES = (".yaml", ".yml")
_TEMPLATES = "templates"


@dataclass(frozen=True, slots=True)
class Shipped:
    """A model, or a file of templates, that comes with buildsim."""

    name: str
    """What `load` takes, for example `examples/one-hall`."""
    path: Path
    """Where the file is."""
    title: str
    """The `name` in the file, or those of its templates."""
    description: str
    """The `description` in the file; empty when there is none."""


def models_folder() -> Path | None:
    """The folder of the shipped models: in the installed package, or in the checkout that the package runs from."""
    package = Path(__file__).resolve().parents[1]
    if (package / "_models").is_dir():
        return package / "_models"
    checkout = package.parent
    return checkout / "models" if (checkout / "pyproject.toml").is_file() and (checkout / "models").is_dir() else None


def shipped_models() -> list[Shipped]:
    """The shipped models, by name: the files outside the templates that have a name; the others are parts of models."""
    return [model for model in _described(_files(templates=False)) if model.title]


def shipped_templates() -> list[Shipped]:
    """The shipped files that hold templates, by name; the title is that of the templates in it."""
    return [file for file in _described(_files(templates=True)) if file.title]


def find_model(name: str | Path) -> SourceFile:
    """The model file that `name` means: an existing file, else a shipped model.

    A shipped model is called by its path in the folder of the shipped models, with or without the suffix, or by the
    last part alone where only one is called so.

    Raises InputError when there is neither, with the nearest name.
    """
    path = Path(name)
    try:
        if path.exists() and not path.is_dir():
            return SourceFile(path.resolve(), str(path), path.absolute().parent)
    except (OSError, ValueError) as error:
        raise InputError(Problem("", f"'{name}' cannot be the name of a file")) from error
    files = _files(templates=False)
    asked = _called(path)
    found = [file for called, file in files.items() if called == asked]
    found = found or [file for called, file in files.items() if "/" not in asked and called.rsplit("/", 1)[-1] == asked]
    if len(found) == 1:
        return SourceFile(found[0], str(found[0]), found[0].parent)
    if found:
        names = ", ".join(sorted(called for called, file in files.items() if file in found))
        raise InputError(Problem("", f"several shipped models are called '{name}': {names}"))
    if path.is_dir():
        raise InputError(Problem("", "this is a directory, not a file", file=str(path), expected="a model file"))
    raise InputError(Problem("", f"there is no model file '{name}'", nearest=_near(path, files)))


def _called(path: Path) -> str:
    """How the shipped models call what a path names: without suffix, `.` and a leading `models/`."""
    bare = path.with_suffix("") if path.suffix in SUFFIXES else path
    parts = [part for part in bare.parts if part != "."]
    return "/".join(parts[1:] if parts[:1] == ["models"] else parts)


def _near(path: Path, files: dict[str, Path]) -> str | None:
    """The shipped model, or the file in the same folder, with the name nearest to that of `path`."""
    beside = []
    if path.parent.is_dir():
        beside = [str(file) for file in path.parent.iterdir() if file.suffix in SUFFIXES and file.is_file()]
    stems = {called.rsplit("/", 1)[-1]: called for called in files}
    near = nearest_name(str(path), beside) or nearest_name(_called(path), files)
    return near or stems.get(nearest_name(_called(path), stems) or "")


def _files(*, templates: bool) -> dict[str, Path]:
    """The shipped YAML files, or those of the templates, by name."""
    folder = models_folder()
    if folder is None:
        return {}
    files = {}
    for path in sorted(folder.rglob("*")):
        below = path.relative_to(folder)
        if path.suffix in SUFFIXES and (below.parts[0] == _TEMPLATES) is templates:
            files[below.with_suffix("").as_posix()] = path
    return files


def _described(files: dict[str, Path]) -> Iterator[Shipped]:
    """Each file with what it says of itself."""
    for called, path in files.items():
        node, _ = read_yaml(SourceFile(path, str(path), path.parent))
        templates = node.find((_TEMPLATES,))[0].mapping or {}
        titles = [node.text("name"), *(template.text("name") for template in templates.values())]
        yield Shipped(called, path, ", ".join(filter(None, titles)), (node.text("description") or "").strip())
