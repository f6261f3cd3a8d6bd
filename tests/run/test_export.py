"""Exports hold what the tables hold, with dates beside the days."""

import csv
import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from buildsim.errors import InputError
from buildsim.results.tables import TABLES
from buildsim.run import export
from buildsim.run.export import export_csv, export_xlsx
from buildsim.run.run import Run
from tests.run.fake_replicator import run


@pytest.fixture(scope="module")
def exported() -> Run:
    return run(20)


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(newline="") as stream:
        return list(csv.DictReader(stream))


def test_each_table_becomes_a_csv_file(exported: Run, tmp_path: Path) -> None:
    files = export_csv(exported, tmp_path / "csv")
    assert [file.name for file in files] == [*(f"{name}.csv" for name in TABLES), "columns.csv"]
    assert sorted(files) == sorted((tmp_path / "csv").iterdir())
    for name in TABLES:
        assert len(rows_of(tmp_path / "csv" / f"{name}.csv")) == len(getattr(exported, name))


def test_csv_gives_back_every_number(exported: Run, tmp_path: Path) -> None:
    export_csv(exported, tmp_path)
    read = pd.read_csv(tmp_path / "go_live.csv")
    assert read["live"].equals(exported.go_live["live"])
    assert read["block"].tolist() == exported.go_live["block"].tolist()
    inputs = pd.read_csv(tmp_path / "inputs.csv")
    assert inputs.to_numpy().tolist() == exported.inputs.to_numpy().tolist()


def test_dates_stand_beside_days(exported: Run, tmp_path: Path) -> None:
    export_csv(exported, tmp_path, tables=["go_live", "activities", "withdrawals"])
    rows = rows_of(tmp_path / "go_live.csv")
    for row, live in zip(rows, exported.go_live["live"], strict=True):
        assert row["live_date"] == ("" if pd.isna(live) else str(exported.date(live)))
        assert row["target"] == row["target_date"] == ""
    assert any(row["live"] == "" for row in rows)
    assert any(row["live"] != "" for row in rows)
    assert list(rows[0]) == [
        "replication", "site", "block", "mw", "gpus", "generation", "live", "live_date", "planned", "planned_date",
        "target", "target_date", "dropped", "dropped_date",
    ]  # fmt: skip
    assert {row["day_date"] for row in rows_of(tmp_path / "withdrawals.csv")} == {str(exported.date(500.0))}


def test_midnight_begins_a_day_for_what_begins(exported: Run) -> None:
    days = pd.Series([0.0, 1.0, 1.5, float("nan"), -1.0]).to_numpy()
    start = datetime.date(2025, 7, 1)
    ends = export._dates(start, days, beginning=False).to_pylist()
    begins = export._dates(start, days, beginning=True).to_pylist()
    assert [str(date) for date in ends] == ["2025-07-01", "2025-07-01", "2025-07-02", "None", "2025-06-29"]
    assert [str(date) for date in begins] == ["2025-07-01", "2025-07-02", "2025-07-02", "None", "2025-06-30"]


def test_what_is_marked_as_a_beginning_exists() -> None:
    for table, column in export.BEGINNINGS:
        assert TABLES[table].column(column).unit == "days since start"


def test_units_and_meanings_come_along(exported: Run, tmp_path: Path) -> None:
    export_csv(exported, tmp_path, tables=[])
    rows = rows_of(tmp_path / "columns.csv")
    assert len(rows) == sum(len(table.columns) for table in TABLES.values()) + 1
    assert all(row["unit"] and row["meaning"] for row in rows)


def test_the_workbook_holds_a_sheet_for_each_table(exported: Run, tmp_path: Path) -> None:
    file = export_xlsx(exported, tmp_path / "xlsx")
    assert file == tmp_path / "xlsx" / "run.xlsx"
    workbook = openpyxl.load_workbook(file, read_only=True)
    assert workbook.sheetnames == ["run", "columns", *TABLES]
    rows = list(workbook["go_live"].iter_rows(values_only=True))
    assert rows[0][:3] == ("replication", "site", "block")
    assert len(rows) == 1 + len(exported.go_live)
    first = dict(zip(rows[0], rows[1], strict=False))
    live = exported.go_live["live"].iloc[0]
    assert first["live"] == pytest.approx(live, rel=1e-15)
    found: Any = first["live_date"]
    assert found.date() == exported.date(live)
    facts = dict(workbook["run"].iter_rows(values_only=True))
    assert facts["seed"] == "1"
    assert facts["replications finished"] == "20"
    workbook.close()


def test_a_table_too_large_for_a_sheet_goes_on_in_the_next(
    exported: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "ROWS", 15)
    monkeypatch.setattr(export, "COLUMNS", 3)
    file = export_xlsx(exported, tmp_path / "small.xlsx", tables=["inputs"])
    workbook = openpyxl.load_workbook(file, read_only=True)
    sheets = workbook.sheetnames[2:]
    assert sheets == ["inputs", "inputs (2)", "inputs (3)", "inputs (4)"]
    parts = [list(workbook[name].iter_rows(values_only=True)) for name in sheets]
    assert [len(part) for part in parts] == [16, 6, 16, 6]
    assert parts[2][0] == ("replication", exported.inputs.columns[3])
    whole = [row[1] for part in parts[2:] for row in part[1:]]
    assert whole == pytest.approx(exported.inputs.iloc[:, 3].tolist(), rel=1e-15)
    workbook.close()


def test_fewer_replications_are_exported_when_asked(exported: Run, tmp_path: Path) -> None:
    export_csv(exported, tmp_path, tables=["inputs"], replications=3)
    assert [row["replication"] for row in rows_of(tmp_path / "inputs.csv")] == ["0", "1", "2"]


def test_unknown_tables_are_all_named(exported: Run, tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        export_csv(exported, tmp_path / "csv", tables=["go_life", "nonsense"])
    assert [problem.nearest for problem in refused.value.problems] == ["go_live", None]
    assert not (tmp_path / "csv").exists()


def test_a_file_is_no_folder(exported: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("precious")
    with pytest.raises(InputError, match="this is a file"):
        export_csv(exported, tmp_path / "file")
    with pytest.raises(InputError, match="this is a file"):
        export_xlsx(exported, tmp_path / "file")
    assert (tmp_path / "file").read_text() == "precious"


@pytest.mark.parametrize(
    ("value", "cell"), [("=SUM(A1)", "'=SUM(A1)"), ("a=b", "a=b"), (float("inf"), "inf"), (None, None), (1.5, 1.5)]
)
def test_cells_hold_no_formula(value: object, cell: object) -> None:
    assert export._cell(value) == cell
