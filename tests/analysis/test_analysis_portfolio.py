"""What the answers ask of a model."""

from types import SimpleNamespace

from buildsim.analysis import portfolio
from tests.analysis import synthetic

BLOCKS = ["denton/h1", "denton/h2", "denton-2/h1"]
MODEL = synthetic.model(
    {"denton": ("Denton, TX", 8.0, True), "denton-2": ("", 0.0, False)},
    {"k": {"t1": (["denton/h2"], None), "t2": (["denton"], None), "x": (["denton-*"], SimpleNamespace())}},
    {"openai": "OpenAI"},
)


def test_a_tranche_may_name_a_block_a_site_or_a_pattern() -> None:
    assert portfolio.tranche_blocks(MODEL, BLOCKS) == {
        "k/t1": ["denton/h2"],
        "k/t2": ["denton/h1", "denton/h2"],
        "k/x": ["denton-2/h1"],
    }


def test_options_apart() -> None:
    assert portfolio.option_tranches(MODEL) == ["k/x"]
    assert list(portfolio.tranche_blocks(MODEL, BLOCKS, options=False)) == ["k/t1", "k/t2"]


def test_names_and_base() -> None:
    assert portfolio.site_names(MODEL) == {"denton": "Denton, TX", "denton-2": "denton-2"}
    assert portfolio.customer_names(MODEL) == {"openai": "OpenAI"}
    assert portfolio.base_mw(MODEL) == {"denton": 8.0, "denton-2": 0.0}
    assert portfolio.firm_sites(MODEL) == ["denton"]
