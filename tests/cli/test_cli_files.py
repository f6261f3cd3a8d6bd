"""`plot`, `export`, `import`, `models`, `schema`: what they write and list."""

import json
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from PIL import Image

import buildsim
from buildsim.plots import PLOTS
from buildsim.results.tables import TABLES
from tests.cli.conftest import Cli
from tests.importing.networks import TINY_SM


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("capacity-fan", []),
        ("gantt", ["--site", "ridge"]),
        ("milestones", []),
        ("delay-causes", []),
        ("delay-causes", ["--site", "mill"]),
        ("delay-stack", ["--site", "mill"]),
        ("finish-curve", []),
        ("criticality", ["--site", "ridge"]),
    ],
)
def test_figures_are_written_as_png_with_their_caption(
    cli: Cli, two_sites_run: Path, kind: str, options: list[str]
) -> None:
    result = cli("plot", two_sites_run, kind, *options, "-o", "figures/it.png")
    assert (result.code, result.out) == (0, "figures/it.png\n")
    assert Path("figures/it.png").read_bytes().startswith(b"\x89PNG")
    said = cli("plot", two_sites_run, kind, *options, "--caption")
    assert (said.code, said.err) == (0, "")
    assert result.err == said.out
    with Image.open("figures/it.png") as image:
        assert image.info["Description"] == said.out.strip()
    assert len(list(Path().rglob("*.png"))) == 1, "with --caption nothing is drawn"


def test_a_tornado_is_that_of_its_options(cli: Cli) -> None:
    done = cli("run", "one-hall", "-n", 60, "--workers", 1, "--quiet", "--out", "hall")
    assert done.code == 0
    result = cli("plot", "hall", "tornado", "--of", "ridge/h01", "--what", "mean_go_live", "--by", "site",
                 "--statistic", "mean")  # fmt: skip
    assert result.out == "hall/tornado-ridge-h01.png\n"
    assert result.err.startswith("The mean of MW-weighted go-live, ridge/h01 is 2026-")
    at = cli("plot", "hall", "tornado", "--what", "live_mw", "--when", "2026-09-30", "--statistic", "P20", "--caption")
    assert at.out.startswith("The P20 of live MW on 2026-09-30, all sites is ")


def test_runs_are_labelled_by_their_folders(cli: Cli, two_sites_run: Path) -> None:
    assert cli("run", "two-sites", "-n", 30, "--workers", 1, "--quiet", "--set", "labour.*.*.experienced=50 per 1000",
               "--out", "scarce").code == 0  # fmt: skip
    result = cli("plot", two_sites_run, "s-curves", "--against", "scarce", "--caption")
    assert result.out.startswith("Critical IT capacity live in two and scarce, 30 replications each.")
    fan = cli("plot", two_sites_run, "capacity-fan", "--against", "scarce", "--caption")
    assert "scarce is furthest from two on " in fan.out
    many = cli("plot", two_sites_run, "finish-curve", "--against", "scarce", "--against", "./scarce")
    assert (many.code, many.out) == (2, "")
    assert "a run is named twice" in many.err


def test_a_figure_goes_beside_the_tables_unless_told_otherwise(cli: Cli, two_sites_run: Path) -> None:
    before = cli("digest", two_sites_run).out
    assert cli("plot", two_sites_run, "gantt", "--site", "mill").out == f"{two_sites_run / 'gantt-mill.png'}\n"
    assert cli("digest", two_sites_run).out == before


@pytest.mark.parametrize(
    ("suffix", "begin", "held"), [("svg", b"<?xml", b"<dc:description>"), ("pdf", b"%PDF", b"/Subject (")]
)
def test_other_files_hold_their_caption_and_no_date(
    cli: Cli, two_sites_run: Path, suffix: str, begin: bytes, held: bytes
) -> None:
    cli("plot", two_sites_run, "capacity-fan", "-o", f"a.{suffix}", "--against", two_sites_run)
    written = Path(f"a.{suffix}").read_bytes()
    assert written.startswith(begin)
    assert held + b"Critical IT capacity live over time" in written
    assert b"dc:date" not in written
    assert b"CreationDate" not in written


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["gant"], "there is no figure 'gant'"),
        (["gantt"], "'gantt' cannot do without it; expected --site"),
        (["s-curves"], "'s-curves' cannot do without it; expected --against"),
        (["gantt", "--site", "mil"], "no site 'mil'"),
        (
            ["milestones", "--site", "mill"],
            "--site: the figure 'milestones' does not take it; expected of such options: none",
        ),
        (
            ["gantt", "--site", "mill", "--against", "nowhere"],
            "--against: the figure 'gantt' does not take it; expected of such options: --site",
        ),
        (["capacity-fan", "--against", "a", "--against", "b"], "takes 1 other, not 2"),
        (["tornado", "--statistic", "P100"], "--statistic: expected mean or a percentile such as P80, not 'P100'"),
        (["tornado", "--when", "soon"], "--when: expected a date such as 2025-10-31, not 'soon'"),
        (["tornado", "--by", "trade"], "a tornado of 30 replications would show chance; expected 50 or more"),
        (["finish-curve", "--site", "mil"], "no site 'mil'"),
        (["criticality", "--site", "mil"], "no site 'mil'"),
        (["gantt", "--site", "mill", "--caption", "-o", "it.png"], "--out: with --caption nothing is drawn"),
        (["capacity-fan", "-o", "it.jpeg"], "is no figure file; expected a name in .png, .svg, .pdf"),
    ],
)
def test_figures_that_cannot_be(cli: Cli, two_sites_run: Path, arguments: list[str], told: str) -> None:
    result = cli("plot", two_sites_run, *arguments)
    assert (result.code, result.out) == (2, "")
    assert told in result.err


def test_all_that_is_wrong_with_a_figure_is_told_at_once(cli: Cli, two_sites_run: Path) -> None:
    result = cli("plot", two_sites_run, "gantt", "--by", "site", "--customer", "lab", "-o", "it.gif")
    assert result.code == 2
    told = result.err.splitlines()
    assert [line.split(":")[0] for line in told] == ["--by", "--customer", "--site", "--out", "4 problems"]


def test_the_help_lists_the_kinds_and_what_they_take(cli: Cli) -> None:
    shown = "".join(cli("plot", "--help").out.split())  # lines may break anywhere, at a hyphen too
    for name, kind in PLOTS.items():
        assert f"{name}{kind.shows}".replace(" ", "") in shown
        assert all(f"--{option}" in shown for option in kind.takes)


def test_a_network_has_no_mw_to_show(cli: Cli, network_run: Path) -> None:
    result = cli("plot", network_run, "capacity-fan")
    assert result.code == 2
    assert "a bare network has none" in result.err
    assert cli("plot", network_run, "delay-causes", "-o", "it.png").code == 0


def test_tables_for_a_spreadsheet(cli: Cli, two_sites_run: Path) -> None:
    result = cli("export", two_sites_run, "--csv", "tables")
    assert result.out.splitlines() == [f"tables/{name}.csv" for name in [*TABLES, "columns"]]
    live = pd.read_csv("tables/go_live.csv")
    assert len(live) == len(buildsim.open(two_sites_run).go_live)
    some = cli("export", two_sites_run, "--xlsx", "book", "--table", "go_live", "--first", 2)
    assert some.out == "book/run.xlsx\n"
    sheet = openpyxl.load_workbook("book/run.xlsx")["go_live"]
    assert sheet.max_row == 1 + 2 * 4


def test_exports_that_cannot_be(cli: Cli, two_sites_run: Path) -> None:
    assert cli("export", two_sites_run, "tables").err == "export needs a format; expected --csv or --xlsx\n"
    result = cli("export", two_sites_run, "--csv", "tables", "--table", "go_lives")
    assert result.code == 2
    assert "did you mean 'go_live'" in result.err
    Path("file").write_text("")
    assert cli("export", two_sites_run, "--csv", "file").code == 2


def test_a_schedule_of_another_tool(cli: Cli) -> None:
    Path("tiny.sm").write_text(TINY_SM)
    assert cli("import", "tiny.sm", "--spread", "triangular:0.75,1,1.5").out == "tiny.yaml\n"
    assert cli("check", "tiny.yaml").code == 0
    again = cli("import", "tiny.sm")
    assert again.code == 2
    assert "tiny.yaml: --out: the file is there already; expected another name, or --force" in again.err
    assert cli("import", "tiny.sm", "--force", "--rank", "declared").code == 0
    assert "rank: declared" in Path("tiny.yaml").read_text()
    assert cli("import", "tiny.sm", "-o", "-").out.startswith("# Imported by buildsim")
    assert cli("import", "tiny.sm", "-o", "models/there.yaml").out == "models/there.yaml\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["nowhere.sm"], "nowhere.sm: there is no such file"),
        (["tiny.sm", "--spread", "triangle:1,2,3"], "did you mean 'triangular'"),
        (["tiny.sm", "--rank", "best"], "best"),
        (["tiny.sm", "-o", "."], "this is a directory"),
        (["cut.sm"], "cut.sm:12: "),
    ],
)
def test_imports_that_cannot_be(cli: Cli, arguments: list[str], told: str) -> None:
    Path("tiny.sm").write_text(TINY_SM)
    Path("cut.sm").write_text("\n".join(TINY_SM.splitlines()[:12]))
    before = sorted(Path().iterdir())
    result = cli("import", *arguments)
    assert (result.code, result.out) == (2, "")
    assert told in result.err
    assert sorted(Path().iterdir()) == before


def test_what_is_shipped(cli: Cli) -> None:
    out = cli("models").out
    assert "examples/one-hall" in out
    assert "templates/liquid_hall.yaml" in out
    listed = cli("models", "--json").json
    names = {row["name"] for row in listed if row["kind"] == "model"}
    assert {"coreweave/2025", "examples/one-hall", "examples/two-sites"} <= names
    assert all(Path(row["file"]).is_file() for row in listed)


def test_the_schema_describes_what_a_model_may_hold(cli: Cli) -> None:
    schema = json.loads(cli("schema").out)
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert schema["properties"]["horizon"]["description"] == "The last day that is simulated."
    assert schema["additionalProperties"] is False
    assert schema["$defs"]["Hall"]["properties"]["mw"]["description"] == "Critical IT load [MW]."
