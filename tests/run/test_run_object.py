"""A `Run`: lazy frames, dates, the model and the manifest."""

import datetime
from pathlib import Path
from typing import Any

import pytest

from buildsim.errors import InputError
from buildsim.results.tables import TABLES
from buildsim.run.run import Frames, Plan, Run, open_run
from tests.run.fake_replicator import FakeModel, run


@pytest.mark.parametrize("name", TABLES)
def test_every_table_is_a_frame(name: str) -> None:
    found = run(5)
    for frames in (found, found.plan):
        frame = getattr(frames, name)
        assert getattr(frames, name) is frame
        columns = [column.name for column in TABLES[name]]
        assert list(frame.columns)[: len(columns)] == columns
        for column in TABLES[name]:
            kinds = {"text": "category", "int32": "int32", "float64": "float64"}
            assert str(frame[column.name].dtype) == kinds[column.dtype]


def test_there_is_no_frame_without_a_table() -> None:
    public = {name for name in vars(Frames) if not name.startswith("_")}
    assert public == set(TABLES) | {"table"}


def test_frames_are_read_when_they_are_asked_for(tmp_path: Path) -> None:
    run(out=tmp_path)
    opened = open_run(tmp_path)
    for file in tmp_path.rglob("delays.parquet"):
        file.write_bytes(b"PAR1 broken PAR1")
    assert len(opened.go_live) == 90
    with pytest.raises(InputError, match=r"000000-000009/delays\.parquet: the table cannot be read"):
        _ = opened.delays


def test_arrow_tables_carry_units() -> None:
    found = run(5)
    assert found.table("go_live").schema.field("mw").metadata[b"unit"] == b"MW"
    assert found.table("inputs").schema.field("sites.denton/h01.duration").metadata[b"unit"] == b"base unit"
    with pytest.raises(KeyError):
        found.table("go_life")


@pytest.mark.parametrize(
    ("day", "date"),
    [
        (0.0, "2025-07-01"),
        (0.5, "2025-07-01"),
        (1.0, "2025-07-01"),
        (1.0 + 1e-12, "2025-07-01"),
        (1.01, "2025-07-02"),
        (914.0, "2027-12-31"),
        (-1.0, "2025-06-29"),
        (-0.5, "2025-06-30"),
    ],
)
def test_midnight_belongs_to_the_day_that_it_ends(day: float, date: str) -> None:
    assert str(run(1).date(day)) == date


@pytest.mark.parametrize("day", [float("nan"), float("inf")])
def test_what_is_not_by_the_horizon_has_no_date(day: float) -> None:
    with pytest.raises(ValueError, match="not by the horizon"):
        run(1).date(day)


def test_start_and_horizon_come_from_the_model(tmp_path: Path) -> None:
    run(out=tmp_path)
    for found in (run(), open_run(tmp_path)):
        assert found.start == datetime.date(2025, 7, 1)
        assert found.horizon == 914.0
        assert found.manifest["seed"] == 1
        assert found.manifest["versions"]["buildsim"]
    assert open_run(tmp_path).path == tmp_path
    assert repr(run()) == "<Run of 30 of 30 replications, seed 1, in memory>"
    assert "30 of 30" in repr(open_run(tmp_path))


class Validating:
    """Stands in for the class of models."""

    @staticmethod
    def model_validate(content: Any) -> FakeModel:
        return FakeModel(content)


def test_the_model_is_built_when_it_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("buildsim.model.Model", Validating, raising=False)
    run(out=tmp_path)
    opened = open_run(tmp_path)
    model: Any = opened.model
    assert model.content == FakeModel().content
    assert opened.model is model
    (tmp_path / "model.json").write_text('{"name":"another"}')
    with pytest.raises(InputError, match="not the model that the manifest names"):
        _ = open_run(tmp_path).model
    (tmp_path / "model.json").unlink()
    with pytest.raises(InputError, match="not the model that the manifest names"):
        _ = open_run(tmp_path).model


def test_a_run_in_memory_has_the_model_it_was_given() -> None:
    model: Any = run().model
    assert isinstance(model, FakeModel)


def test_a_run_is_opened_by_its_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such folder"):
        open_run(tmp_path / "nowhere")
    run(out=tmp_path / "run")
    assert isinstance(open_run(str(tmp_path / "run")), Run)
    assert isinstance(open_run(tmp_path / "run").plan, Plan)
