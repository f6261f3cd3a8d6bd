"""Bad input through the command line: exit code 2, every problem with file, line and path, nothing written."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import NETWORK, SMALL, Cli

MODEL = SMALL.read_text()
A1 = "hours_per_mw: {low: 600, mode: 800, high: 1200}"
DATE = "date: {low: 2026-01-31, mode: 2026-03-31, high: 2026-09-30}"
HEAD = "horizon: 2027-12-31"
HALL = "sites.denton.halls.h01"
ACTIVITY = "templates.hall.activities"
T1, X1 = "contracts.k1.tranches.t1", "contracts.k1.tranches.x1"
THIN = '"labour.*.*.experienced": 20 per 1000'

# What stands in the model, what is written there instead, the path of the problem, and what must be told.
# The problem must be told at the line that was changed, or at that of the last key of its path.
CASES = [
    # units and values
    ("weeks as power", "h01: {mw: 10 MW", "h01: {mw: 10 weeks", f"{HALL}.mw", "expected a power such as '120 MW'"),
    (
        "misspelt unit",
        "lead: 4 months",
        "lead: 4 moths",
        "sites.denton.power.turbines.lead",
        "expected a duration in elapsed time",
    ),
    ("workdays for elapsed", "lead: 26 weeks", "lead: 26 workdays", "generations.GB200.lead", "elapsed"),
    ("mixed times", "low: 5 workdays", "low: 5 days", f"{ACTIVITY}.L5.duration", "workdays and elapsed time in one"),
    ("rate without period", "20 per month", "20", "labour.dfw.electrical.ramp", "'130 per month'"),
    ("share above 1", "200 per 1000", "2000 per 1000", "labour.dfw.electrical.experienced", "cannot be above 1"),
    ("not finite", "crew: 10", "crew: 1e400", "trades.electrical.crew", "expected a count"),
    ("crew of none", "crew: 10", "crew: 0", "trades.electrical.crew", "above 0"),
    ("template for 0 MW", "per: 10 MW", "per: 0 MW", "templates.hall.per", "above 0"),
    ("negative value", "value: $1.2bn", "value: -$1.2bn", f"{T1}.value", "at least 0"),
    ("no such day", "due: 2026-10-31", "due: 2026-02-30", f"{T1}.due", "expected a date such as 2025-10-31"),
    ("time of day", "start: 2025-07-01\n", "start: 2025-07-01 12:00\n", "start", "expected a date"),
    ("done more than all", "h02: {", "h02: {done: {A1: 140%}, ", "sites.denton.halls.h02.done.A1", "cannot be above 1"),
    # keys
    ("misspelt key", "    power:", "    powr:", "sites.denton.powr", "did you mean 'power'"),
    ("misspelt section", "labour:\n", "labor:\n", "labor", "did you mean 'labour'"),
    ("missing key", "h01: {mw: 10 MW, t", "h01: {t", f"{HALL}.mw", "the key 'mw' is missing"),
    ("duplicate key", "h02: {mw", "h01: {mw", HALL, "is here twice, first in line"),
    ("misspelt kind", "kind: energise", "kind: energize", f"{ACTIVITY}.PW.kind", "did you mean 'energise'"),
    ("misspelt policy", "rank: least_slack", "rank: leastslack", "policy.rank", "did you mean 'least_slack'"),
    # impossible distributions
    ("mode below low", A1, A1.replace("800", "500"), f"{ACTIVITY}.A1.hours_per_mw.mode", "below low (600)"),
    (
        "P90 below median",
        A1,
        "hours_per_mw: {median: 600, p90: 500}",
        f"{ACTIVITY}.A1.hours_per_mw.p90",
        "above the median",
    ),
    (
        "shape of 0",
        A1,
        "hours_per_mw: {kind: weibull, shape: 0, scale: 3}",
        f"{ACTIVITY}.A1.hours_per_mw.shape",
        "above 0",
    ),
    (
        "negative spread",
        A1,
        "hours_per_mw: {kind: normal, mean: 8, sd: -1}",
        f"{ACTIVITY}.A1.hours_per_mw.sd",
        "above 0",
    ),
    (
        "no observations",
        A1,
        "hours_per_mw: {kind: empirical, values: []}",
        f"{ACTIVITY}.A1.hours_per_mw.values",
        "at least one",
    ),
    (
        "CSV outside",
        A1,
        "hours_per_mw: {csv: ../a.csv, column: x}",
        f"{ACTIVITY}.A1.hours_per_mw.csv",
        "leads out of the folder",
    ),
    ("correlation above 1", "rho: 0.5", "rho: 1.5", "correlations[0]", "between -1 and 1"),
    # dangling references
    (
        "template",
        "template: hall, start: 2025-08",
        "template: hal, start: 2025-08",
        f"{HALL}.template",
        "did you mean 'hall'",
    ),
    ("market", "market: dfw", "market: dwf", "sites.denton.market", "did you mean 'dfw'"),
    ("calendar", "calendar: us", "calendar: uk", "sites.denton.calendar", "no calendar 'uk'; expected one of us"),
    ("weather", "weather: texas", "weather: ohio", "sites.denton.weather", "no weather region 'ohio'"),
    ("generation", "generation: GB200", "generation: GB20", f"{HALL}.gpus.generation", "did you mean 'GB200'"),
    ("customer", "customer: lab", "customer: lap", "contracts.k1.customer", "did you mean 'lab'"),
    ("block", "blocks: [denton/h01]", "blocks: [denton/h1]", f"{T1}.blocks[0]", "did you mean 'denton/h01'"),
    ("trade", "kind: work, trade: electrical", "kind: work, trade: electric", f"{ACTIVITY}.A1.trade", "'electrical'"),
    ("predecessor", "after: [A2]", "after: [A3]", f"{ACTIVITY}.PW.after[0]", "no activity 'A3'"),
    ("site of a hold", "sites: [denton]", "sites: [dentn]", "disruptions.permits.sites[0]", "did you mean 'denton'"),
    (
        "equipment",
        "item: switchgear, per",
        "item: switchger, per",
        "disruptions.maker.item",
        "did you mean 'switchgear'",
    ),
    ("stage", "after: substation", "after: substaton", "sites.denton.power.grid", "no stage of this connection"),
    ("source", "retire_with: grid", "retire_with: gird", "sites.denton.power.turbines.retire_with", "mean 'grid'"),
    ("driver", "*.*.hours_per_mw", "*.*.hours", "drivers.hours.on", "no quantity matches"),
    (
        "correlated",
        "[sites.denton.halls.h01.A1",
        "[sites.denton.halls.h01.A9",
        "correlations[0].between",
        "no quantity is named",
    ),
    ("scenario's path", THIN, "labour.dwf.electrical.workers: 5", "scenarios.thin.set", "did you mean 'dfw'"),
    # what cannot be built
    ("circle", "after: [A2]", "after: [A2, L5]", f"{ACTIVITY}.", "in a circle"),
    ("too little power", "s1: {mw: 20 MW", "s1: {mw: 2 MW", "sites.denton.power", "halls need 30 MW"),
    (
        "crew above the pool",
        "workers: 200, present: 100",
        "workers: 30, present: 30",
        "sites.denton.halls.h02.template",
        "pool has 30",
    ),
    ("more promised", "t1: {mw: 10 MW", "t1: {mw: 11 MW", f"{T1}.mw", "its blocks have 10 MW"),
    ("too many GPUs", "count: 5000", "count: 9000", f"{HALL}.gpus.count", "draw 17.1 MW"),
    ("wrong cooling", "    cooling: liquid", "    cooling: air", f"{HALL}.gpus.generation", "needs liquid cooling"),
    ("no agents", "agents: 2", "agents: {low: 0, mode: 1, high: 2}", "commissioning.agents", "expected at least 1"),
    ("few load banks", "load_banks: 50 MW", "load_banks: 15 MW", "sites.denton.halls.h02.mw", "at most 15 MW"),
    # dates
    ("horizon before start", HEAD, "horizon: 2025-06-30", "horizon", "not after the start"),
    ("horizon out of range", HEAD, "horizon: 9999-12-31", "horizon", "expected a date from 1900"),
    ("horizon in centuries", HEAD, "horizon: 2400-12-31", "horizon", "at most 150 years"),
    ("information too late", HEAD, f"{HEAD}\ninformation: 2028-01-01", "information", "after the horizon"),
    ("target", "target: 2026-10-31", "target: 2025-06-30", "sites.denton.halls.h02.target", "before the start"),
    ("hall before start", "start: 2025-08-01", "start: 2025-06-01", f"{HALL}.start", "began before"),
    ("due before start", "due: 2026-10-31", "due: 2025-06-30", f"{T1}.due", "before the start"),
    ("step before start", DATE, "date: 2025-01-31", "sites.denton.power.grid.steps.s1.date", "lies before the start"),
    ("option before start", "by: 2025-09-15", "by: 2025-05-15", f"{X1}.option.exercise_by", "before the start"),
    ("option after due", "by: 2025-09-15", "by: 2027-05-15", X1, "after the tranche is due"),
    ("longstop in grace", "longstop: 90 days", "longstop: 9 days", T1, "before the end of the grace period"),
    # other files
    ("include outside", HEAD, f"{HEAD}\ninclude: [../other.yaml]", "include[0]", "leads out of the folder"),
    ("include absolute", HEAD, f"{HEAD}\ninclude: [/etc/passwd]", "include[0]", "an absolute path"),
    (
        "include missing",
        HEAD,
        f"{HEAD}\ninclude: [templates/liquid_hal.yaml]",
        "include[0]",
        "'templates/liquid_hall.yaml'",
    ),
    ("include of itself", HEAD, f"{HEAD}\ninclude: [model.yaml]", "include[0]", "include each other"),
    ("two patches", THIN, f"{THIN}, labour.dfw.electrical.experienced: 3%", "scenarios.thin.set", "is also set by"),
]

NETWORKS = [
    ("resource", "uses: {r2: 1}", "uses: {r9: 1}", "network.activities.a3.uses.r9", "no resource 'r9'"),
    (
        "crew above pool",
        "uses: {r1: 2}",
        "uses: {r1: 3}",
        "network.activities.a1.uses.r1",
        "there are 2; expected at most 2",
    ),
    ("predecessor", "after: [a1]", "after: [a11]", "network.activities.a3.after[0]", "no activity 'a11'"),
    ("circle", "a0: {duration: 0 days}", "a0: {duration: 0 days, after: [a3]}", "network.activities.", "in a circle"),
    ("workdays", "after: [a1]", "after: [a1 + 2 workdays]", "network.activities.a3.after", "elapsed days only"),
    ("sites besides", "name: A small", "sites: {a: {name: b}}\nname: A", "", "either sites or a network"),
]


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _refused(cli: Cli, folder: Path, *options: str) -> list[str]:
    """The problems of `model.yaml`, which neither `check` nor `run` takes, and which leave no trace."""
    before = _files(folder)
    checked = cli("check", "model.yaml", *options)
    run = cli("run", "model.yaml", "-n", "2", "--workers", "1", "--quiet", *options)
    assert (checked.code, run.code) == (2, 2), checked
    assert (checked.out, run.out) == ("", "")
    assert checked.err == run.err
    assert "Traceback" not in checked.err
    assert _files(folder) == before
    return [line for line in checked.err.splitlines() if not re.fullmatch(r"\d+ problems", line)]


@pytest.mark.parametrize(
    ("base", "good", "bad", "path", "told"),
    [pytest.param(MODEL, *case[1:], id=case[0]) for case in CASES]
    + [pytest.param(NETWORK, *case[1:], id=f"network: {case[0]}") for case in NETWORKS],
)
def test_a_mistake_is_told_with_its_place(
    cli: Cli, tmp_path: Path, base: str, good: str, bad: str, path: str, told: str
) -> None:
    assert good in base
    text = base.replace(good, bad, 1)
    (tmp_path / "model.yaml").write_text(text)
    problems = _refused(cli, tmp_path)
    found = [problem for problem in problems if re.match(rf"model\.yaml:\d+: {re.escape(path)}", problem)]
    assert found, problems
    assert told in found[0], problems
    line = int(found[0].split(":")[1])
    changed = text[: text.index(bad) + len(bad)].count("\n") + 1
    keys = re.findall(r"[A-Za-z0-9_-]+", re.sub(r"\[\d+\]$", "", found[0].split(": ")[1]))
    assert not path or line == changed or f"{keys[-1]}:" in text.splitlines()[line - 1], problems


FILES = [
    pytest.param(b"", r"model\.yaml: the file is empty", id="empty"),
    pytest.param(b"\x7fELF\x02\x01\x01\x00\xff\xfe", r"model\.yaml:1: the file is not text", id="binary"),
    pytest.param(b"a: 1\x00\n", r"model\.yaml:1: .*U\+0000", id="zero byte"),
    pytest.param(MODEL.encode("utf-16"), r"model\.yaml: .*UTF-16", id="utf-16"),
    pytest.param(b"- a\n- b\n", r"model\.yaml:1: the file does not hold a mapping", id="list"),
    pytest.param(MODEL.replace("\n", "\n\t", 3).encode(), r"model\.yaml:2: .*tab", id="tabs"),
    pytest.param((MODEL + "---\n" + MODEL).encode(), r"model\.yaml:\d+: .*second document", id="two documents"),
    pytest.param(b"[" * 10_000, r"model\.yaml:1: .*nested more than", id="deep"),
    pytest.param(
        b"name: !!python/object/apply:os.system [echo]\n", r"model\.yaml:1: name: the tag", id="python object"
    ),
    pytest.param(
        b"l0: &l0 [x, x, x, x, x, x, x, x]\n"
        + b"".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 8)}]\n".encode() for n in range(1, 9)),
        r"model\.yaml:6: .*aliases stand for more than",
        id="alias bomb",
    ),
]


@pytest.mark.parametrize(("content", "told"), FILES)
def test_a_file_that_holds_no_model(cli: Cli, tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / "model.yaml").write_bytes(content)
    problems = _refused(cli, tmp_path)
    assert any(re.match(told, problem) for problem in problems), problems


PLACES: list[tuple[str, Callable[[Path], None], str]] = [
    ("directory", lambda path: path.mkdir(), "model.yaml: this is a directory, not a file"),
    ("nothing", lambda path: None, "there is no model file 'model.yaml'"),
    ("link to nothing", lambda path: path.symlink_to("nowhere"), "there is no model file 'model.yaml'"),
]


@pytest.mark.parametrize(("make", "told"), [pytest.param(make, told, id=name) for name, make, told in PLACES])
def test_a_path_that_is_no_file(cli: Cli, tmp_path: Path, make: Callable[[Path], None], told: str) -> None:
    make(tmp_path / "model.yaml")
    assert told in _refused(cli, tmp_path)[0]


OPTIONS = [
    (["--scenario", "thick"], r"model\.yaml:75: scenarios: .*no scenario 'thick'.*did you mean 'thin'"),
    (["--scenario", "thin+bare"], r"model\.yaml:77: .*is also set by scenario thin"),
    (["--scenario", "thin", "--scenario", "thin"], r"model\.yaml:75: .*asked for twice"),
    (["--scenario", "thin", "--set", "labour.dfw.electrical.experienced=1%"], r"--set: .*is also set by scenario thin"),
    (["--set", "policy.rank=declared", "--set", "policy.rank=declared"], r"--set: policy\.rank: .*also set"),
    (["--set", "labor.dfw.electrical.workers=5"], r"--set: .*nothing is called 'labor'.*did you mean 'labour'"),
    (["--set", "sites.denton.halls.h01.mw=5 weeks"], r"--set sites\.denton\.halls\.h01\.mw: .*expected a power"),
    (["--set", "sites.*.halls.*.mw=0 MW"], r"--set sites\.\*\.halls\.\*\.mw: sites\.denton\.halls\.h02\.mw: .*above 0"),
    (["--set", "nonsense"], r"--set: nonsense: an assignment needs '='"),
    (["--set", "policy.rank=[unclosed"], r"--set.*policy\.rank: .*not YAML"),
]


@pytest.mark.parametrize(("options", "told"), OPTIONS)
def test_a_patch_that_does_not_fit(cli: Cli, tmp_path: Path, options: list[str], told: str) -> None:
    (tmp_path / "model.yaml").write_text(MODEL)
    problems = _refused(cli, tmp_path, *options)
    assert any(re.match(told, problem) for problem in problems), problems


def test_all_mistakes_are_told_at_once_and_counted(cli: Cli, tmp_path: Path) -> None:
    text = MODEL
    for good, bad in (("mw: 10 MW, t", "mw: x, t"), ("crew: 10", "crew: -1"), ("per: 10 MW", "per: 0 MW")):
        text = text.replace(good, bad, 1)
    (tmp_path / "model.yaml").write_text(text)
    result = cli("check", "model.yaml")
    assert result.code == 2
    *problems, count = result.err.splitlines()
    assert [problem.split(": ")[1] for problem in problems] == [
        "trades.electrical.crew",
        "templates.hall.per",
        f"{HALL}.mw",
    ]
    assert count == "3 problems"


def test_the_same_key_in_two_included_files(cli: Cli, tmp_path: Path) -> None:
    for name, crew in (("one", 10), ("two", 12)):
        (tmp_path / f"{name}.yaml").write_text(f"trades: {{electrical: {{name: Electrical, crew: {crew}}}}}\n")
    body = MODEL.replace("trades:\n  electrical: {name: Electrical, crew: 10}\n", "include: [one.yaml, two.yaml]\n")
    (tmp_path / "model.yaml").write_text(body)
    problems = _refused(cli, tmp_path)
    assert any(re.match(r"two\.yaml:1: trades\.electrical\.crew: .*one\.yaml:1", problem) for problem in problems), (
        problems
    )


def test_a_site_with_halls_and_no_power(cli: Cli, tmp_path: Path) -> None:
    lines = MODEL.splitlines(keepends=True)
    first = lines.index("    power:\n")
    last = lines.index("    halls:\n")
    (tmp_path / "model.yaml").write_text("".join(lines[:first] + lines[last:]))
    problems = _refused(cli, tmp_path)
    assert any(re.match(r"model\.yaml:\d+: sites\.denton.*the site has halls but no power", one) for one in problems), (
        problems
    )
