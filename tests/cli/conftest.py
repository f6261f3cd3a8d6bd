"""Running the command line in this process: what it prints, and the exit code."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from buildsim.cli import main

SMALL = Path(__file__).with_name("small.yaml")
NETWORK = """\
name: A small network
start: 2025-01-01
horizon: 2025-12-31
source: assumption
policy: {rank: latest_finish}
network:
  resources: {r1: 2, r2: 1}
  activities:
    a0: {duration: 0 days}
    a1: {duration: {kind: triangular, low: 3 days, mode: 4 days, high: 6 days}, uses: {r1: 2}, after: [a0]}
    a2: {duration: {kind: triangular, low: 2 days, mode: 3 days, high: 9 days}, uses: {r1: 1, r2: 1}, after: [a0]}
    a3: {duration: 5 days, uses: {r2: 1}, after: [a1]}
"""


@dataclass(frozen=True)
class Result:
    """What a command line did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Cli = Callable[..., Result]


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Runs a command line in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> Result:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return Result(int(ended.value.code or 0), printed.out, printed.err)

    return run


def _made(tmp_path_factory: pytest.TempPathFactory, name: str, model: Path, *options: str) -> Path:
    folder = tmp_path_factory.mktemp("runs") / name
    arguments = ["run", str(model), "--out", str(folder), "--workers", "1", "--quiet", *options]
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert not ended.value.code
    return folder


@pytest.fixture(scope="session")
def small_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of the small model, with a scenario."""
    return _made(tmp_path_factory, "small", SMALL, "-n", "40", "--scenario", "thin")


@pytest.fixture(scope="session")
def two_sites_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of the shipped example with two sites."""
    return _made(tmp_path_factory, "two", Path("two-sites"), "-n", "30")


@pytest.fixture(scope="session")
def network_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of a bare network."""
    model = tmp_path_factory.mktemp("models") / "network.yaml"
    model.write_text(NETWORK)
    return _made(tmp_path_factory, "network", model, "-n", "25")
