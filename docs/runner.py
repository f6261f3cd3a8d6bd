"""Replays the code of a page and gives the page back with what the code prints now.

A page is right when replaying it changes nothing. What a fenced block means is told by its first word:

- `console`: lines that begin with `$ buildsim` are run, the lines below them are what they print;
- `python` with `>>>`: as in an interpreter; without: run, and a `text` block right below holds what it prints;
- `yaml` (and `json`): must be YAML that is read safely;
- `sh`: calls of make; the target must exist. They are not run, for they set up a machine;
- `text`: not code, unless it stands below `python`.

Further words: `file=NAME`, the block is written to a file for the code that follows, and not run; `exit=N`, the exit
code that each command of the block ends with; `head=N`, how many lines of each output the page keeps. All code of a
page shares one folder and one Python namespace, and runs in one process: to start others would take longer.
"""

import contextlib
import doctest
import io
import os
import re
import shlex
import sys
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import yaml

from buildsim.cli import main

ROOT = Path(__file__).resolve().parent.parent
FENCE = re.compile(r"^(?P<indent> *)```(?P<info>.*)$")
ELLIPSIS = "..."


class PageError(Exception):
    """A block that cannot be replayed: it says where and why."""


@dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    line: int
    """The line of its opening fence, from 1."""
    kind: str
    words: Mapping[str, str]
    """What follows the kind: `file=NAME` and the like; a lone word has an empty value."""
    code: list[str]


def pages() -> list[Path]:
    """The pages whose code is run: the README and all that stands in `docs`."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(text: str) -> Iterator[Block | str]:
    """The lines of a page outside its fenced blocks, and the blocks."""
    lines = iter(enumerate(text.splitlines(), start=1))
    for number, line in lines:
        opening = FENCE.match(line)
        if opening is None:
            yield line
            continue
        kind, *words = opening["info"].split() or [""]
        code = []
        for _, inner in lines:
            if FENCE.match(inner):
                break
            code.append(inner)
        else:
            raise PageError(f"line {number}: the block does not end")
        yield Block(number, kind, {key: value for key, _, value in (word.partition("=") for word in words)}, code)


@dataclass
class Replay:
    """The code of one page at work in a folder."""

    folder: Path
    names: dict[str, Any] = field(default_factory=lambda: {"__name__": "__page__"})
    printed: list[str] | None = None
    """What the `python` block just above has printed."""

    def page(self, text: str) -> str:
        """The page with what its code prints now. Raises PageError."""
        with patch("buildsim.run.simulate.cores", return_value=1):
            return self._page(text)

    def _page(self, text: str) -> str:
        out: list[str] = []
        for part in blocks(text):
            if isinstance(part, str):
                out.append(part)
                self.printed = None if part.strip() else self.printed
                continue
            try:
                code = self.block(part)
            except PageError as error:
                raise PageError(f"line {part.line}: {error}") from None
            info = " ".join([part.kind, *(f"{key}={value}" if value else key for key, value in part.words.items())])
            out += [f"```{info}", *code, "```"]
        return "\n".join(out) + "\n"

    def block(self, block: Block) -> list[str]:
        """The lines of a block with its output as it is now."""
        printed, self.printed = self.printed, None
        if "file" in block.words:
            (self.folder / block.words["file"]).write_text("\n".join(block.code) + "\n", encoding="utf-8")
        match block.kind:
            case "python" if "file" in block.words:
                return block.code
            case "console":
                return self.console(block)
            case "python" if any(line.startswith(">>>") for line in block.code):
                return self.interpreter(block)
            case "python":
                self.printed = self.run("\n".join(block.code), "exec").splitlines()
                return block.code
            case "text":
                return block.code if printed is None else _kept(printed, block)
            case "yaml" | "json":
                return readable(block.code)
            case "sh":
                return make_targets(block.code)
        raise PageError(f"a block of kind '{block.kind}' is neither run nor read")

    def console(self, block: Block) -> list[str]:
        """Run the commands of a block."""
        lines = []
        for command in (line for line in block.code if line.startswith("$ ")):
            lines.append(command)
            lines += _kept(self.command(command[2:], int(block.words.get("exit", "0"))), block)
        return lines

    def command(self, command: str, code: int) -> list[str]:
        """What a command prints, on stdout and then on stderr. It runs in this process, which has imported it all."""
        program, *arguments = shlex.split(command)
        if program != "buildsim":
            raise PageError(f"'{program}' is not run from a page")
        out, messages, ended = io.StringIO(), io.StringIO(), 0
        with contextlib.chdir(self.folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(messages):
            try:
                main(arguments)
            except SystemExit as stop:
                ended = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
        printed = out.getvalue() + messages.getvalue()
        if ended != code:
            raise PageError(f"'{command}' ended with {ended}, not {code}:\n{printed}")
        return self.placeless(printed).splitlines()

    @contextlib.contextmanager
    def importable(self) -> Iterator[None]:
        """Let the code import the modules that its page has written."""
        sys.path.insert(0, str(self.folder))
        try:
            yield
        finally:
            sys.path.remove(str(self.folder))
            for name in [name for name, module in sys.modules.items() if _lies_in(module, self.folder)]:
                del sys.modules[name]

    def placeless(self, text: str) -> str:
        """A text without where this repository and the folder of the page happen to lie."""
        return text.replace(f"{self.folder}{os.sep}", "").replace(f"{ROOT}{os.sep}", "")

    def interpreter(self, block: Block) -> list[str]:
        """Run a block with prompts."""
        lines = []
        for example in doctest.DocTestParser().get_examples("\n".join(block.code) + "\n"):
            source = example.source.rstrip("\n").split("\n")
            lines += [f">>> {source[0]}", *(f"... {line}" if line else "..." for line in source[1:])]
            lines += _kept(self.run(example.source, "single").splitlines(), block)
        return lines

    def run(self, source: str, mode: str) -> str:
        """What Python prints; an exception is printed as in a doctest."""
        printed = io.StringIO()
        with contextlib.chdir(self.folder), self.importable(), contextlib.redirect_stdout(printed):
            try:
                exec(compile(source, "<page>", mode), self.names)  # noqa: S102  # a page of this repository
            except Exception as error:
                if mode == "exec":
                    raise PageError("".join(traceback.format_exception(error))) from error
                last = "".join(traceback.format_exception_only(error)).rstrip("\n")
                print(f"Traceback (most recent call last):\n    ...\n{last}")
        return self.placeless(printed.getvalue())


def _lies_in(module: object, folder: Path) -> bool:
    file = getattr(module, "__file__", None)
    return isinstance(file, str) and Path(file).is_relative_to(folder)


def _kept(printed: list[str], block: Block) -> list[str]:
    """The lines of an output that the page keeps."""
    lines = [line.rstrip() for line in printed]
    while lines and not lines[-1]:
        lines.pop()
    most = int(block.words.get("head", len(lines)))
    return lines if len(lines) <= most else [*lines[:most], ELLIPSIS]


def readable(code: list[str]) -> list[str]:
    """A block of YAML or JSON as it is; PageError when it cannot be read."""
    try:
        yaml.safe_load("\n".join(code))
    except yaml.YAMLError as error:
        raise PageError(f"this is not YAML: {error}") from error
    return code


def make_targets(code: list[str]) -> list[str]:
    """The calls of make as they are; PageError for another command or for a target that the Makefile does not have."""
    known = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for line in filter(None, code):
        program, target, *_ = [*shlex.split(line, comments=True), ""]
        if program != "make" or target not in known:
            raise PageError(f"'{line}' is not a call of one of make's targets: {', '.join(sorted(known))}")
    return code
