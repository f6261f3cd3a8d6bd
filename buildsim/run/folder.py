"""The folder that a run is kept in: whether it admits a run, and that only one process at a time writes to it."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from buildsim.errors import InputError, Problem
from buildsim.results.manifest import MANIFEST, Manifest, read_manifest
from buildsim.results.store import TEMPORARY, FolderStore

LOCK = ".lock"
SAME = ("model_hash", "seed", "design", "without", "draws", "keep_activities")
"""What a run that is resumed must have in common with what it is resumed with, beside the version of buildsim."""


@contextmanager
def opened(folder: Path, manifest: Manifest, resume: bool) -> Iterator[tuple[FolderStore, Manifest]]:
    """The folder's store, for this process alone, and the manifest to go on with: the earlier one's timings stay in it.

    InputError when the folder does not admit the run; nothing has been written then.
    """
    _earlier(folder, manifest, resume)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"the folder cannot be made: {error.strerror}"
        raise InputError(Problem("out", message, file=str(folder), expected="a folder that can be written")) from error
    with _locked(folder):
        store = FolderStore(folder)
        earlier = _earlier(folder, manifest, resume)
        store.clean()
        if earlier is not None:
            _enough(store, manifest, earlier)
            manifest = manifest.model_copy(
                update={"timings": earlier.timings, "peak_memory": earlier.peak_memory, "created": earlier.created}
            )
        yield store, manifest


def _earlier(folder: Path, manifest: Manifest, resume: bool) -> Manifest | None:
    """The manifest of the run that is resumed, None for a new run; InputError when the folder admits neither."""
    if not folder.exists():
        return None
    if not folder.is_dir():
        raise InputError(Problem("out", "this is a file", file=str(folder), expected="a new or empty folder"))
    if not (folder / MANIFEST).exists():
        if any(found.name != LOCK and not found.name.endswith(TEMPORARY) for found in folder.iterdir()):
            message = "the folder holds other things and no run"
            raise InputError(Problem("out", message, file=str(folder), expected="a new or empty folder"))
        return None
    if not resume:
        message, expected = "the folder holds a run already", "a new or empty folder, or to resume that run"
        raise InputError(Problem("out", message, file=str(folder), expected=expected))
    earlier = read_manifest(folder)
    same = SAME if manifest.design == "monte-carlo" else (*SAME, "replications")
    differing = [name for name in same if getattr(earlier, name) != getattr(manifest, name)]
    problems = [_told(folder, name, earlier, manifest) for name in differing]
    was, now = earlier.versions["buildsim"], manifest.versions["buildsim"]
    if was != now:
        problems.append(_differs(folder, "buildsim", was, now))
    if problems:
        raise InputError(problems)
    return earlier


def _told(folder: Path, name: str, earlier: Manifest, manifest: Manifest) -> Problem:
    """What differs, in words where the values themselves would say nothing."""
    match name:
        case "model_hash":
            message, expected = _models(earlier.changes, manifest.changes)
        case "draws":
            given = {True: "were given", False: "were not given"}
            was, now = (given[one.draws is not None] for one in (earlier, manifest))
            message = f"the draws of the run in the folder {was}, now they {now}"
            if was == now:
                message = "other draws were given to the run in the folder"
            expected = "the draws that it was begun with"
        case "without":
            was, now = (", ".join(one.without) or "nothing" for one in (earlier, manifest))
            message, expected = f"the run in the folder takes out {was}, now it is {now}", "the same groups"
        case _:
            return _differs(folder, name, getattr(earlier, name), getattr(manifest, name))
    return Problem(name, message, file=str(folder), expected=expected)


def _models(was: Sequence[str], now: Sequence[str]) -> tuple[str, str]:
    """How the model of a run differs from the one that it is to be resumed with, and what was expected."""
    gone, new = [one for one in was if one not in now], [one for one in now if one not in was]
    told = [f"the run has {_some(gone)}, which is not so now"] if gone else []
    told += [f"now there is {_some(new)}, which the run does not have"] if new else []
    expected = "the model, scenarios and settings that the run was begun with"
    if told:
        return f"this is not the model of the run in the folder: {'; '.join(told)}", expected
    return "this is not the model of the run in the folder: the file has changed, or is another one", expected


def _some(changes: Sequence[str]) -> str:
    first = f"'{changes[0]}'"
    return first if len(changes) == 1 else f"{first} and {len(changes) - 1} more changes"


def _differs(folder: Path, name: str, was: object, now: object) -> Problem:
    return Problem(name, f"the run in the folder has {was}, it cannot be resumed with {now}", file=str(folder))


def _enough(store: FolderStore, manifest: Manifest, earlier: Manifest) -> None:
    done = max((span.end for span in store.spans()), default=0)
    if done > manifest.replications:
        message = f"{done} replications are done already, more than the {manifest.replications} asked for"
        expected = f"at least {done}; the run was begun with {earlier.replications}"
        raise InputError(Problem("replications", message, file=str(store.path), expected=expected))


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Keep other processes from writing to the folder; the lock goes when this process does, killed or not."""
    if sys.platform == "win32":
        yield
        return
    import fcntl

    with (folder / LOCK).open("w") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise InputError(Problem("out", "another process is writing to the folder", file=str(folder))) from error
        yield
