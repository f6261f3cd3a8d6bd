"""Runs to different horizons are compared on the one that both have."""

import buildsim as bs


def test_the_same_model_to_a_nearer_horizon_differs_nowhere():
    far = bs.simulate(bs.load("examples/one-hall"), 30, 1, workers=1)
    near = bs.simulate(bs.load("examples/one-hall", set={"horizon": "2026-10-01"}), 30, 1, workers=1)
    assert 0 < near.go_live["live"].isna().sum() < 30
    dates = bs.compare(far, near).dates
    differences = dates["difference"].dropna()
    assert len(differences) > 0
    assert (differences == 0.0).all()
