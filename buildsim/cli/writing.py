"""Where commands write: what is wrong with a file or folder is told before the work, not after it."""

from pathlib import Path

from buildsim.errors import Problem


def table_problems(file: Path | None, option: str = "--csv") -> list[Problem]:
    """What keeps a table from being written to a file: another ending than .csv, or no folder to put it in."""
    if file is None:
        return []
    if file.is_dir() or file.suffix.lower() != ".csv":
        expected = "a file name that ends in .csv"
        return [Problem(option, f"a table cannot be written to '{file}'", expected=expected)]
    if not file.parent.is_dir():
        return [Problem(option, f"there is no folder '{file.parent}'", expected="a file in a folder that is there")]
    return []


def folder_problems(folder: Path, option: str = "--out") -> list[Problem]:
    """What keeps a folder from being made: a file of its name, or of that of a folder above it."""
    there = next((one for one in (folder, *folder.parents) if one.exists()), None)
    if there is None or there.is_dir():
        return []
    return [Problem(option, "this is a file", file=str(there), expected="a folder")]
