"""Runs to different horizons are compared on the one that both have."""

import pytest

import buildsim as bs
from buildsim.analysis.figures import total, withdrawal
from buildsim.analysis.multiple import compare_many
from buildsim.errors import InputError


def test_the_same_model_to_a_nearer_horizon_differs_nowhere():
    far = bs.simulate(bs.load("examples/one-hall"), 30, 1, workers=1)
    near = bs.simulate(bs.load("examples/one-hall", set={"horizon": "2026-10-01"}), 30, 1, workers=1)
    assert 0 < near.go_live["live"].isna().sum() < 30
    dates = bs.compare(far, near).dates
    differences = dates["difference"].dropna()
    assert len(differences) > 0
    assert (differences == 0.0).all()
    assert bs.compare(far, near).totals.empty


def test_what_contracts_come_to_is_left_out_and_refused():
    """Two sites cut before its due dates: nothing can be missed by then, which says nothing of the model."""
    far = bs.simulate(bs.load("examples/two-sites"), 6, 1, workers=1)
    near = bs.simulate(bs.load("examples/two-sites", set={"horizon": "2026-06-30"}), 6, 1, workers=1)
    table = compare_many(far, {"near": near})
    assert set(table["quantity"]) == {"go-live", "live MW"}
    assert (table["difference"].dropna() == 0.0).all()
    assert "damages" in set(compare_many(far, {"same": far})["quantity"])
    for figure in (total("damages"), withdrawal()):
        with pytest.raises(InputError, match="different horizons"):
            compare_many(far, {"near": near}, figures=[figure])
        with pytest.raises(InputError, match="different horizons"):
            figure.interval(near, against=far)
