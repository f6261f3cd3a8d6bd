"""The answers and the figures on runs of the engine: the protocol that they expect is the one that a run keeps."""

from io import BytesIO

import pytest
from matplotlib.figure import Figure

import buildsim as bs
from buildsim.analysis import answers, delay
from buildsim.plots import PLOTS


@pytest.fixture(scope="module")
def run() -> bs.Run:
    return bs.simulate(bs.load("examples/two-sites"), replications=20, seed=1, workers=1)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> bs.Run:
    file = tmp_path_factory.mktemp("bare") / "bare.yaml"
    file.write_text(
        "name: Bare\nstart: 2025-07-01\nhorizon: 2025-07-31\nsource: assumption\nnetwork:\n  resources: {r1: 2}\n"
        "  activities:\n    a1: {duration: {low: 4 days, mode: 8 days, high: 12 days}, uses: {r1: 2}}\n"
        "    a2: {duration: 5 days, uses: {r1: 1}, after: [a1]}\n",
        encoding="utf-8",
    )
    return bs.simulate(bs.load(file), replications=20, seed=1, workers=1)


def test_causes_sum_to_elapsed_time(run: bs.Run, bare: bs.Run) -> None:
    for one in (run, bare):
        assert delay.check(one.delays, one.go_live, horizon=one.horizon).empty


def test_every_answer_is_given(run: bs.Run, bare: bs.Run) -> None:
    for one in (run, bare):
        for answer in (answers.sites, answers.blocks, answers.capacity_at, answers.fan, answers.tranches):
            assert answer(one) is not None
        assert len(answers.customers(one)) == len(one.model.customers) + 1
        assert answers.expected_withdrawals(one)["customer"].iloc[-1] == "all"
        assert len(answers.delays(one, "block")) >= 2


@pytest.fixture(scope="module")
def short() -> bs.Run:
    scarce = {"labour.*.*.experienced": "50 per 1000"}
    return bs.simulate(bs.load("examples/two-sites", set=scarce), replications=20, seed=1, workers=1)


@pytest.mark.parametrize("kind", sorted(set(PLOTS) - {"tornado"}))  # tests/plots/test_plot_tornado.py
def test_every_figure_is_drawn_and_described(run: bs.Run, short: bs.Run, kind: str) -> None:
    plot = PLOTS[kind]
    assert set(plot.needs) <= set(plot.takes)
    values = {
        "site": "ridge",
        "against": short if plot.others == 1 else {"short": short},
        "by": "site",
        "customer": "lab",
        "contract": "order-1",
    }
    tries = [{name: values[name] for name in plot.needs}]
    tries += [tries[0] | {name: values[name]} for name in plot.takes if name in values and name not in plot.needs]
    for options in tries:
        fig = plot.draw(run, **options).figure
        assert isinstance(fig, Figure)
        fig.savefig(BytesIO(), format="png")
        said = plot.caption(run, **options)
        assert said.endswith((".", "?")), said
        assert "nan" not in said, said
        assert "inf" not in said, said


def test_a_bare_network_has_dates_and_an_account(bare: bs.Run) -> None:
    for kind, plot in PLOTS.items():
        if not plot.mw and kind not in ("tornado",):
            options = {"site": "network"} if "site" in plot.needs else {}
            fig = plot.draw(bare, **options).figure
            assert isinstance(fig, Figure)
            fig.savefig(BytesIO(), format="png")
            assert "MW-weighted" not in plot.caption(bare, **options) or kind.startswith("delay")


def test_a_run_equals_itself(run: bs.Run) -> None:
    assert (bs.compare(run, run).totals["difference"] == 0.0).all()
