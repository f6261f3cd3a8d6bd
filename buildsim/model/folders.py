"""Which files a model may name: those in the folder tree of its top file and those among the shipped models."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from buildsim.model.node import SourceFile
from buildsim.model.shipped import models_folder
from buildsim.spec.base import nearest as nearest_name


class FileNotAllowedError(Exception):
    """A file that a model names and that it may not, or that is not there; the text says which."""

    def __init__(self, message: str, nearest: str | None = None) -> None:
        super().__init__(message)
        self.nearest = nearest


@dataclass(frozen=True, slots=True)
class Folders:
    """The folder trees that the files of one model may lie in."""

    top: Path
    """The folder of the top model file, symbolic links resolved."""
    shipped: Path | None
    """The folder of the shipped models."""

    @classmethod
    def of(cls, top: SourceFile) -> "Folders":
        """The folder trees that go with a top model file."""
        return cls(top.folder.resolve(), models_folder())

    def find(self, name: str, beside: SourceFile, suffixes: Sequence[str]) -> SourceFile:
        """The file that `name` means in the file `beside`: relative to its folder, else to the shipped models.

        Raises FileNotAllowedError for an absolute path, for a path that leads out of the trees (by `..` or a symbolic
        link), and for what is not there; `suffixes` are those of the files to suggest then.
        """
        if PurePosixPath(name).is_absolute() or PureWindowsPath(name).anchor:
            raise FileNotAllowedError(f"'{name}' is an absolute path; name a file relative to this one")
        outside = False
        for folder in (beside.folder, self.shipped):
            if folder is None or not name:
                continue
            try:
                path = (folder / name).resolve()
                inside = any(path.is_relative_to(tree) for tree in (self.top, self.shipped) if tree is not None)
                outside = outside or not inside
                if inside and path.is_dir():
                    raise FileNotAllowedError(f"'{name}' is a folder, not a file")
                if inside and path.exists():
                    return SourceFile(path, self._shown(folder / name, beside), path.parent)
            except (OSError, ValueError, RuntimeError):
                continue
        if outside:
            raise FileNotAllowedError(f"'{name}' leads out of the folder of the model and of the shipped models")
        raise FileNotAllowedError(
            f"there is no file '{name}' beside this one or among the shipped models",
            nearest_name(name, [other for other in self._around(beside, suffixes) if other != name]),
        )

    def _shown(self, path: Path, beside: SourceFile) -> str:
        """How messages name a file: as the file that names it is named, with the steps up taken out."""
        if path.is_relative_to(beside.folder):
            path = Path(beside.shown).parent / path.relative_to(beside.folder)
        parts: list[str] = []
        for part in path.parts:
            if part == ".." and parts and parts[-1] not in ("..", path.anchor):
                parts.pop()
            else:
                parts.append(part)
        return str(Path(*parts))

    def _around(self, beside: SourceFile, suffixes: Sequence[str]) -> list[str]:
        """Names of files that could have been meant."""
        names = []
        for folder, pattern in ((beside.folder, "*"), (self.shipped, "**/*")):
            if folder is not None and folder.is_dir():
                found = (path for path in folder.glob(pattern) if path.suffix in suffixes)
                names += [path.relative_to(folder).as_posix() for path in found]
        return names
