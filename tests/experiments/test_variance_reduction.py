"""The study of what pairing gains runs through on two sites."""

import pytest

from experiments import variance_reduction as study


def test_it_tells_the_gain_and_the_reason(monkeypatch, capsys):
    monkeypatch.setattr(study, "MODEL", "examples/two-sites")
    assert study.main(["--replications", "6", "--workers", "1"]) == 0
    told = capsys.readouterr().out
    assert "6 pairs" in " ".join(told.split())
    for name in ("mean go-live (headline)", "median hall", "damages, USD"):
        row = next(line for line in told.splitlines() if line.startswith(name)).removeprefix(name).split()
        pairs, measured, correlation, stretch = (float(value) for value in row[:4])
        assert pairs == pytest.approx((1 + stretch**2) / (1 + stretch**2 - 2 * correlation * stretch), rel=0.1)
        assert measured > 0.0
