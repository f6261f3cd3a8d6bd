"""`buildsim plot`: the figures of a run as files, each with its caption."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from buildsim.cli.console import raw
from buildsim.cli.guard import Guarded, say
from buildsim.cli.options import RunFolder
from buildsim.errors import InputError, Problem
from buildsim.spec.base import nearest
from buildsim.units import parse_date

if TYPE_CHECKING:
    from buildsim.plots.kinds import Plot
    from buildsim.run.run import Run

SUFFIXES = (".png", ".svg", ".pdf")
SUBJECT = {".png": "Description", ".svg": "Description", ".pdf": "Subject"}
"""Under which name a file holds the caption of its figure."""
UNDATED: dict[str, dict[str, Any]] = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}
"""What keeps the time of drawing out of a file, so that the same run gives the same file."""


NAMING = ("site", "customer", "contract", "of", "block", "market", "trade")
"""The options that are part of the name that a file has by default."""


class Plotting(Guarded):
    """The command with the kinds of figure below its help: they are looked up only when it is asked for."""

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write what each kind shows and takes."""
        from buildsim.plots.kinds import PLOTS

        super().format_epilog(ctx, formatter)
        with formatter.section("Kinds"):
            formatter.write_dl([(name, f"{one.shows}{_takes(one)}") for name, one in PLOTS.items()])


def _takes(figure: "Plot") -> str:
    options = [f"--{name}" if name in figure.needs else f"[--{name}]" for name in figure.takes]
    return f": {' '.join(options)}" if options else ""


def plot(
    run: RunFolder,
    kind: Annotated[str, typer.Argument(metavar="KIND", help="The kind of figure, listed by --help.")],
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="FILE", help="A .png, .svg or .pdf file; by default in RUN.")
    ] = None,
    caption: Annotated[bool, typer.Option("--caption", help="Print the caption on stdout, and draw nothing.")] = False,
    site: Annotated[str | None, typer.Option("--site", metavar="S", help="The site that is shown.")] = None,
    against: Annotated[
        list[Path] | None,
        typer.Option("--against", metavar="RUN", help="Another run to compare with; some kinds take several."),
    ] = None,
    what: Annotated[
        str | None, typer.Option("--what", metavar="OUTCOME", help="The outcome, go_live by default (tornado).")
    ] = None,
    of: Annotated[
        str | None, typer.Option("--of", metavar="NAME", help="SITE, SITE/HALL or CUSTOMER; by default all together.")
    ] = None,
    when: Annotated[str | None, typer.Option("--when", metavar="DATE", help="The date of live_mw (tornado).")] = None,
    by: Annotated[
        str | None, typer.Option("--by", metavar="GROUPS", help="A bar a cause, input, site or activity (tornado).")
    ] = None,
    statistic: Annotated[
        str | None, typer.Option("--statistic", metavar="P80", help="Of the outcome: a percentile or mean (tornado).")
    ] = None,
    replication: Annotated[
        int | None, typer.Option("--replication", metavar="K", help="The replication that is shown.")
    ] = None,
    block: Annotated[
        str | None, typer.Option("--block", metavar="B", help="SITE/HALL, or SITE for its last hall.")
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="P80", help="The replication whose go-live is at that percentile.")
    ] = None,
    customer: Annotated[str | None, typer.Option("--customer", metavar="C", help="The customer that is shown.")] = None,
    contract: Annotated[str | None, typer.Option("--contract", metavar="K", help="The contract that is shown.")] = None,
    market: Annotated[
        str | None, typer.Option("--market", metavar="M", help="The labour market that is shown.")
    ] = None,
    trade: Annotated[str | None, typer.Option("--trade", metavar="T", help="The trade that is shown.")] = None,
    windows: Annotated[
        str | None, typer.Option("--windows", metavar="EVERY", help="How time is cut: quarter or month.")
    ] = None,
) -> None:
    """Draw a figure of a run: print its file on stdout, and its caption on stderr."""
    from buildsim.plots.kinds import PLOTS
    from buildsim.run.run import open_run

    if kind not in PLOTS:
        near = nearest(kind, PLOTS)
        raise InputError(Problem("KIND", f"there is no figure '{kind}'", expected=" or ".join(PLOTS), nearest=near))
    figure = PLOTS[kind]
    texts = {"site": site, "what": what, "of": of, "when": when, "by": by, "statistic": statistic, "block": block,
             "at": at, "customer": customer, "contract": contract, "replication": replication, "windows": windows,
             "market": market, "trade": trade,
             "against": against or None}  # fmt: skip
    given = {name: value for name, value in texts.items() if value is not None}
    words = [str(given[name]).replace("/", "-") for name in NAMING if name in given]
    file = out if out is not None else run / f"{'-'.join([kind, *words])}.png"
    problems = [*_unfit(kind, figure, given), *_wrong_file(file, out, caption)]
    options = _read({name: value for name, value in given.items() if name in figure.takes}, problems)
    if problems:
        raise InputError(problems)
    opened = open_run(run)
    if figure.mw and opened.model.network is not None:
        raise InputError(Problem("KIND", f"the figure '{kind}' is of a model with sites, and a bare network has none"))
    if "against" in options:
        options |= _others(figure, run, options["against"], open_run)
    said = figure.caption(opened, **options)
    if caption:
        raw(said)
        return
    axes = figure.draw(opened, **options)
    file.parent.mkdir(parents=True, exist_ok=True)
    suffix = file.suffix.lower()
    metadata = {SUBJECT[suffix]: said, **UNDATED.get(suffix, {})}
    axes.figure.savefig(file, metadata=metadata)  # type: ignore[union-attr]  # no subfigures
    raw(str(file))
    say(said)


def _unfit(kind: str, figure: "Plot", given: Mapping[str, Any]) -> list[Problem]:
    """The options that the kind does not take, or lacks."""
    takes = " ".join(f"--{name}" for name in figure.takes) or "none"
    unfit = [
        Problem(f"--{name}", f"the figure '{kind}' does not take it", expected=f"of such options: {takes}")
        for name in given
        if name not in figure.takes
    ]
    lacking = [
        Problem(f"--{name}", f"the figure '{kind}' cannot do without it", expected=f"--{name} and a value")
        for name in figure.needs
        if name not in given
    ]
    others = len(given.get("against", ()))
    many = figure.others < others and "against" in figure.takes
    if many:
        lacking.append(Problem("--against", f"the figure '{kind}' takes {figure.others} other, not {others}"))
    return unfit + lacking


def _wrong_file(file: Path, out: Path | None, caption: bool) -> list[Problem]:
    if caption:
        return [Problem("--out", "with --caption nothing is drawn")] if out is not None else []
    if file.suffix.lower() in SUFFIXES:
        return []
    return [Problem("--out", f"'{file}' is no figure file", expected=f"a name in {', '.join(SUFFIXES)}")]


def _read(given: Mapping[str, Any], problems: list[Problem]) -> dict[str, Any]:
    """The options as the figures take them; what cannot be read is added to the problems."""
    readers: dict[str, Callable[[str], Any]] = {"when": parse_date, "statistic": _statistic, "at": _level}
    found = dict(given)
    for name, reader in readers.items():
        if name in given:
            try:
                found[name] = reader(given[name])
            except ValueError as error:
                problems.append(Problem(f"--{name}", str(error)))
    return found


def _level(text: str) -> float:
    """P80 is 0.8."""
    match = re.fullmatch(r"[pP]?(\d{1,2}(?:\.\d+)?)", text.strip())
    if match is None or not 0.0 < float(match[1]) < 100.0:
        raise ValueError(f"expected a percentile such as P80, not '{text}'")
    return float(match[1]) / 100.0


def _statistic(text: str) -> float | str:
    """`mean`, or a percentile."""
    if text.strip().lower() == "mean":
        return "mean"
    try:
        return _level(text)
    except ValueError:
        raise ValueError(f"expected mean or a percentile such as P80, not '{text}'") from None


def _others(figure: "Plot", run: Path, others: Sequence[Path], open_run: Callable[[Path], "Run"]) -> dict[str, Any]:
    """The other runs, labelled by their folders."""
    folders = [run, *others]
    names = [folder.resolve().name for folder in folders]
    labels = [str(folder) if names.count(name) > 1 else name for folder, name in zip(folders, names, strict=True)]
    if figure.others == 1:
        return {"against": open_run(others[0]), "label": labels[0], "against_label": labels[1]}
    if len(set(labels)) < len(labels):
        raise InputError(Problem("--against", "a run is named twice"))
    return {
        "against": {label: open_run(folder) for label, folder in zip(labels[1:], others, strict=True)},
        "label": labels[0],
    }
