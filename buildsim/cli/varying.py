"""`--vary PATH=V1,V2`: values to run a model over, read as those of `--set`."""

from collections.abc import Sequence
from typing import Any

from buildsim.errors import InputError, Problem

OPEN, CLOSE = "[{(", "]})"
QUOTES = "\"'"
OPTION, SETTING = "--vary", "--set"


def varied(texts: Sequence[str]) -> dict[str, list[Any]]:
    """The values by path. InputError with every problem of every text."""
    from buildsim.model.patch import set_patches
    from buildsim.run.sweep import SCENARIO

    found: dict[str, list[Any]] = {}
    problems: list[Problem] = []
    for text in texts:
        path, equals, values = (part.strip() for part in text.partition("="))
        if not equals or not path:
            problems.append(Problem(OPTION, f"'{text}' names no values", expected="PATH=VALUE,VALUE,..."))
        elif path in found:
            problems.append(Problem(OPTION, f"'{path}' is varied twice", expected="all its values in one --vary"))
        elif path == SCENARIO:
            found[path] = [name.strip() for name in values.split(",")]
        else:
            patches, wrong = set_patches([f"{path}={value}" for value in split(values)])
            problems += [Problem(path, problem.message, file=OPTION, expected=problem.expected) for problem in wrong]
            problems += _empty(path, values)
            found[path] = [patch.value.plain() for patch in patches]
    if problems:
        raise InputError(problems)
    return found


def assigned(texts: Sequence[str] | None) -> dict[str, Any]:
    """The values of `--set` by path. InputError with every problem, such as a path that is set twice."""
    from buildsim.model.patch import set_patches

    patches, problems = set_patches(list(texts or ()))
    paths = [patch.path for patch in patches]
    twice = [path for path in dict.fromkeys(paths) if paths.count(path) > 1]
    problems += [Problem(path, "it is set twice", file=SETTING) for path in twice]
    if problems:
        raise InputError(problems)
    return {patch.path: patch.value.plain() for patch in patches}


def split(text: str) -> list[str]:
    """The values between the commas of a text; commas within brackets or quotes belong to a value."""
    parts, depth, quote = [""], 0, ""
    for letter in text:
        begun = parts[-1].rstrip()
        if quote:
            quote = "" if letter == quote else quote
        elif letter in QUOTES and (not begun or begun[-1] in f"{OPEN},:"):
            quote = letter
        elif letter in OPEN:
            depth += 1
        elif letter in CLOSE:
            depth -= 1
        elif letter == "," and depth <= 0:
            parts.append("")
            continue
        parts[-1] += letter
    return [part.strip() for part in parts]


def _empty(path: str, values: str) -> list[Problem]:
    if all(split(values)):
        return []
    return [Problem(path, "a value is empty", file=OPTION, expected="a value between all commas; 'null' for none")]
