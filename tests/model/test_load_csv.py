"""Empirical quantities from CSV files."""

from pathlib import Path
from typing import Any

import pytest

from buildsim.errors import InputError

MODEL = """\
name: Toy
start: 2025-07-01
sites:
  a:
    halls:
      h:
        mw: 1 MW
        duration:
          kind: empirical
          csv: {csv}
          column: {column}
          source: a survey
"""


def model(csv: str = "d.csv", column: str = "days") -> str:
    return MODEL.format(csv=csv, column=column)


def test_a_column_becomes_values(read: Any) -> None:
    table = "site,days\na,5\nb, 26 weeks \n\nc,7.5\n"
    duration = read({"model.yaml": model(), "d.csv": table})[0].sites["a"].halls["h"].duration
    assert duration.dist.values == (5.0, 182.0, 7.5)
    assert duration.source == "a survey"


def test_the_kind_goes_without_saying(read: Any) -> None:
    files = {"model.yaml": model().replace("          kind: empirical\n", ""), "d.csv": "site,days\na,5\n"}
    assert read(files)[0].sites["a"].halls["h"].duration.dist.values == (5.0,)


def test_a_site_may_be_called_csv(read: Any) -> None:
    assert list(read("name: Toy\nstart: 2025-07-01\nsites: {csv: {name: A site}}\n")[0].sites) == ["csv"]


def test_the_only_column_needs_no_name(read: Any) -> None:
    files = {"model.yaml": model(column="~").replace("column: ~", "note: x"), "d.csv": "\ufeffd\r\n1\r\n2\r\n"}
    assert read(files)[0].sites["a"].halls["h"].duration.dist.values == (1.0, 2.0)


def test_a_file_is_relative_to_the_one_that_names_it(read: Any) -> None:
    files = {"model.yaml": "name: T\nstart: 2025-01-01\ninclude: [sub/a.yaml]\n", "sub/d.csv": "days\n3\n"}
    files["sub/a.yaml"] = model().split("\n", 2)[2]
    assert read(files)[0].sites["a"].halls["h"].duration.dist.values == (3.0,)


def test_a_setting_is_relative_to_the_model(read: Any) -> None:
    files = {"model.yaml": model().replace("kind: empirical", "kind: fixed"), "d.csv": "days\n3\n"}
    found, _ = read(files, ["sites.a.halls.h.duration={kind: empirical, csv: d.csv}"])
    assert found.sites["a"].halls["h"].duration.dist.values == (3.0,)


def test_a_scenario_reads_its_file_only_when_it_is_asked_for(read: Any) -> None:
    text = (
        model()
        .replace("kind: empirical", "value: 3")
        .replace("csv: d.csv", "note: x")
        .replace("column: days", "plan: 3")
    )
    text += "scenarios: {bad: {set: {sites.a.halls.h.duration: {kind: empirical, csv: none.csv}}}}\n"
    assert read(text)[0].sites["a"].halls["h"].duration.planning() == 3.0
    with pytest.raises(InputError, match="there is no file"):
        read(text, None, "bad")


@pytest.mark.parametrize(
    ("text", "table", "path", "told"),
    [
        (model(), "day,x\n1,2\n", "column", "has no column 'days'; expected one of day, x; did you mean 'day'"),
        (model(), "days,days\n1,2\n", "column", "several columns 'days'"),
        (model(column="5"), "days\n1\n", "column", "does not name a column"),
        (model(csv="5"), "days\n1\n", "csv", "does not name a file"),
        (model(csv="e.csv"), "days\n1\n", "csv", "there is no file 'e.csv'"),
        (model(csv="../d.csv"), "days\n1\n", "csv", "leads out of the folder"),
        (model(csv="/d.csv"), "days\n1\n", "csv", "absolute path"),
        (model(csv="link.csv"), "days\n1\n", "csv", "leads out of the folder"),
        (model(), "days\n", "csv", "holds no values"),
        (model(), "", "csv", "holds no values"),
        (model(), 'days\n"1\n', "csv", "not CSV"),
        (model(), b"days\n\xff\n", "csv", "not text in UTF-8"),
        (model() + "          values: [1]\n", "days\n1\n", "csv", "either 'csv' or 'values'"),
        (model(), "x,days\na,1\nb\n", "csv", "no value in the column"),
        (model(), "days\n1\nsoon\n", "values[1]", "'soon' cannot stand here"),
        (model(), "days\n-4\n", "", "cannot be negative"),
    ],
)
def test_columns_that_are_refused(
    read: Any, tmp_path: Path, text: str, table: str | bytes, path: str, told: str
) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "d.csv").write_text("days\n1\n")
    (tmp_path / "home" / "link.csv").symlink_to(tmp_path / "d.csv")
    with pytest.raises(InputError) as caught:
        read({"model.yaml": text, "d.csv": table})
    (problem,) = caught.value.problems
    assert told in str(problem)
    assert problem.path == "sites.a.halls.h.duration" + (f".{path}" if path else "")


def test_a_bad_cell_is_told_with_its_line(read: Any) -> None:
    with pytest.raises(InputError) as caught:
        read({"model.yaml": model(), "d.csv": "days,x\n1,1\n\n,1\nsoon,1\n"})
    assert [(Path(problem.file or "").name, problem.line) for problem in caught.value.problems] == [
        ("d.csv", 4),
        ("d.csv", 5),
    ]
