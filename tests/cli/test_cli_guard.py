"""What becomes of errors, and what printing does to text from outside."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from buildsim import __version__
from buildsim.cli import console
from buildsim.errors import RunError
from buildsim.run.run import open_run
from tests.cli.conftest import SMALL, Cli


def _breaks(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def broken(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("buildsim.model.load_with_changes", broken)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (RunError("replication 3 failed"), "error: replication 3 failed\n"),
        (PermissionError(13, "Permission denied", "/x"), "error: permission denied '/x'\n"),
        (MemoryError(), "error: there is not enough memory\n"),
        (
            ZeroDivisionError("by zero\nhere"),
            "unexpected error: ZeroDivisionError: by zero\\nhere "
            "('buildsim --verbose COMMAND ...' shows where it came from)\n",
        ),
    ],
)
def test_a_failure_is_one_line(cli: Cli, monkeypatch: pytest.MonkeyPatch, error: Exception, told: str) -> None:
    _breaks(monkeypatch, error)
    result = cli("check", SMALL)
    assert (result.code, result.out, result.err) == (1, "", told)


def test_verbose_shows_where_it_came_from(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    _breaks(monkeypatch, ZeroDivisionError("by zero"))
    result = cli("--verbose", "check", SMALL)
    assert result.code == 1
    assert "Traceback" in result.err
    assert result.err.endswith("unexpected error: ZeroDivisionError: by zero\n")


def test_ctrl_c_ends_as_the_shell_expects(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    _breaks(monkeypatch, KeyboardInterrupt())
    result = cli("check", SMALL)
    assert (result.code, result.err) == (130, "interrupted\n")


def test_the_module_is_the_command() -> None:
    command = [sys.executable, "-m", "buildsim", "--version"]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ended.stdout == f"buildsim {__version__}\n"


def test_a_reader_that_has_seen_enough_is_no_error(small_run: Path) -> None:
    command = [sys.executable, "-m", "buildsim", "show", str(small_run)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as shown:
        assert shown.stdout is not None
        assert shown.stderr is not None
        shown.stdout.readline()
        shown.stdout.close()
        assert shown.stderr.read() == ""
        assert shown.wait() == 0


def test_messages_that_nobody_reads_stop_no_run(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "buildsim",
        "run",
        str(SMALL),
        "-n",
        "2",
        "--workers",
        "1",
        "--out",
        str(tmp_path / "run"),
    ]
    read, write = os.pipe()
    os.close(read)
    ended = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=write, check=False)
    os.close(write)
    assert ended.returncode == 0
    assert open_run(tmp_path / "run").complete


def test_a_broken_pipe_elsewhere_is_a_failure(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    _breaks(monkeypatch, BrokenPipeError(32, "Broken pipe"))
    result = cli("check", SMALL)
    assert (result.code, result.err) == (1, "error: broken pipe\n")


def test_unknown_commands_and_no_command(cli: Cli) -> None:
    assert cli("shwo").code == 2
    assert "Commands:" in (nothing := cli()).out + nothing.err
    assert cli("--help").code == 0


def test_control_characters_are_shown_not_obeyed(capsys: pytest.CaptureFixture[str]) -> None:
    console.line("a\x1b[31mred\x07")
    console.table(["", "x"], [["[red]a[/red]\x1b[2J", "1"]])
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert "a\\x1b[31mred\\x07" in out
    assert "[red]a[/red]\\x1b[2J" in out


def test_tables_never_cut_what_may_not_be_broken(capsys: pytest.CaptureFixture[str]) -> None:
    wide = ["x" * 60, "y" * 60]
    console.table(["one", "two"], [wide], "ll")
    assert "x" * 60 + "   " + "y" * 60 in capsys.readouterr().out
    console.table(["one", "two"], [["word " * 40, "y" * 60]], "Ll")
    assert all(len(line) <= console.WIDTH for line in capsys.readouterr().out.splitlines())


def test_json_knows_no_infinity(capsys: pytest.CaptureFixture[str]) -> None:
    console.print_json({"a": float("inf"), "b": float("nan"), "c": [1, True, None, "é"]})
    assert "".join(capsys.readouterr().out.split()) == '{"a":null,"b":null,"c":[1,true,null,"\\u00e9"]}'


@pytest.mark.parametrize("command", [["--help"], ["run", "--help"]])
def test_help_that_nobody_reads_is_no_error(command: list[str]) -> None:
    read, write = os.pipe()
    os.close(read)
    ended = subprocess.run(
        [sys.executable, "-m", "buildsim", *command], stdout=write, stderr=subprocess.PIPE, check=False
    )
    os.close(write)
    assert (ended.returncode, ended.stderr) == (0, b"")
