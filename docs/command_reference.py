"""Makes the page `docs/reference/cli.md` from the commands' own declarations: what `--help` says, as tables."""

import enum
import inspect
import types
import typing
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from typer.models import ArgumentInfo, OptionInfo

from buildsim.cli.app import app

HEAD = """# Commands

Made from what `buildsim COMMAND --help` says. A MODEL is a model file or the name of a shipped model; a RUN is the
folder of a run.

Data go to stdout, messages to stderr. With `--json` a command prints JSON for scripts.

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | the run failed, although its input is right |
| 2 | the input is wrong: every problem is told, with file, line, path and the nearest valid name |
| 130 | interrupted by Ctrl-C; finished blocks are kept, and `run --resume` goes on from them |
"""


@dataclass(frozen=True)
class Parameter:
    """An argument or an option of a command."""

    name: str
    info: ArgumentInfo | OptionInfo
    type: Any
    default: Any


def command_page() -> str:
    """The page, in Markdown."""
    callback = app.registered_callback
    parts = [HEAD]
    if callback is not None and callback.callback is not None:
        parts += ["## buildsim\n", f"{_help(callback.callback)}\n", *_options(callback.callback)]
    for command in app.registered_commands:
        assert command.callback is not None
        arguments = [one for one in _parameters(command.callback) if isinstance(one.info, ArgumentInfo)]
        names = [one.info.metavar or one.name.upper() for one in arguments]
        options = _options(command.callback)
        usage = " ".join(["buildsim", str(command.name), *names, *(["[OPTIONS]"] if options else [])])
        parts += [f"## buildsim {command.name}\n", f"`{usage}`\n"]
        parts.append(f"{_help(command.callback)}\n")
        parts += [f"- {name}: {_text(one.info.help)}" for name, one in zip(names, arguments, strict=True)]
        parts += [*([""] if arguments else []), *options]
    return "\n".join(parts).rstrip("\n") + "\n"


def _parameters(callback: Callable[..., Any]) -> Iterator[Parameter]:
    """What a command takes, in order."""
    hints = typing.get_type_hints(callback, include_extras=True)
    for name, declared in inspect.signature(callback).parameters.items():
        if typing.get_origin(hints[name]) is Annotated:
            inner, *extras = typing.get_args(hints[name])
            for info in extras:
                if isinstance(info, ArgumentInfo | OptionInfo):
                    yield Parameter(name, info, inner, declared.default)


def _options(callback: Callable[..., Any]) -> list[str]:
    """The options of a command as a table."""
    rows = ["| option | meaning | default |", "|---|---|---|"]
    for one in _parameters(callback):
        if isinstance(one.info, OptionInfo) and not one.info.hidden:
            written = [one.info.default, *(one.info.param_decls or ())]
            names = [name for name in written if isinstance(name, str) and name.startswith("-")]
            shown = ", ".join(f"`{name}`" for name in names or [f"--{one.name.replace('_', '-')}"])
            rows.append(f"| {shown}{_value(one)} | {_text(one.info.help)} | {_default(one.default)} |")
    return [*rows, ""] if len(rows) > 2 else []


def _value(option: Parameter) -> str:
    """What an option takes: nothing for a flag."""
    kinds = [option.type]
    if typing.get_origin(option.type) in (typing.Union, types.UnionType):
        kinds = [kind for kind in typing.get_args(option.type) if kind is not type(None)]
    kind = kinds[0]
    if kind is bool:
        return ""
    if option.info.metavar:
        return f" {option.info.metavar}"
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return ": " + ", ".join(f"`{one.value}`" for one in kind)
    return " N" if kind in (int, float) else " TEXT"


def _default(value: Any) -> str:
    if value is None or value is False or value is inspect.Parameter.empty:
        return ""
    return f"`{value.value if isinstance(value, enum.Enum) else value}`"


def _help(callback: Callable[..., Any]) -> str:
    return "\n\n".join(_text(part) for part in (inspect.getdoc(callback) or "").split("\n\n"))


def _text(text: str | None) -> str:
    return " ".join((text or "").split()).replace("|", "\\|")
