"""Progress is shown on a terminal and nowhere else."""

import io
import sys
import threading

import pytest
from rich.console import Console

from buildsim.run.progress import progress_bar
from tests.run.fake_replicator import run


def test_a_terminal_is_told_done_rate_and_time_left() -> None:
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=100)
    with progress_bar(30, 10, show=True, console=console) as advance:
        for _ in range(4):
            advance(5)
    shown = out.getvalue()
    assert "10/30" in shown
    assert "30/30" in shown
    assert "replications" in shown
    assert "per s" in shown
    assert "left" in shown


def test_the_bar_has_no_thread_of_its_own() -> None:
    before = threading.active_count()
    with progress_bar(30, 0, show=True, console=Console(file=io.StringIO(), force_terminal=True)):
        assert threading.active_count() == before


@pytest.mark.parametrize("show", [False, True])
def test_a_pipe_is_told_nothing(show: bool, capfd: pytest.CaptureFixture[str]) -> None:
    run(progress=show, workers=2)
    captured = capfd.readouterr()
    assert captured.out == captured.err == ""


class Terminal(io.StringIO):
    """A text stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("workers", [1, 2])
def test_simulate_moves_the_bar(
    workers: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    run(progress=True, workers=workers)
    assert "30/30" in terminal.getvalue()
    terminal.seek(0)
    terminal.truncate()
    run(workers=workers)
    assert terminal.getvalue() == ""
    assert capsys.readouterr().out == ""
