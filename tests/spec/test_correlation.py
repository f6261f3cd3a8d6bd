"""Correlations as they are declared."""

import numpy as np
import pytest
from pydantic import ValidationError

from buildsim.spec.correlation import Correlation


def test_one_coefficient_for_each_pair() -> None:
    read = Correlation(between=("a", "b", "c"), rho=0.5)
    assert read.coefficients().tolist() == [[1.0, 0.5, 0.5], [0.5, 1.0, 0.5], [0.5, 0.5, 1.0]]


def test_a_matrix() -> None:
    rows = ((1.0, 0.8, 0.1), (0.8, 1.0, 0.3), (0.1, 0.3, 1.0))
    read = Correlation.model_validate({"between": ["a", "b", "c"], "matrix": [list(row) for row in rows]})
    assert np.array_equal(read.coefficients(), rows)
    assert Correlation.model_validate_json(read.model_dump_json()) == read


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ({"between": ["a", "b"]}, "either rho or matrix"),
        ({"between": ["a", "b"], "rho": 0.5, "matrix": [[1, 0.5], [0.5, 1]]}, "either rho or matrix"),
        ({"between": ["a"], "rho": 0.5}, "at least 2"),
        ({"between": ["a", "b", "a"], "rho": 0.5}, "'a' stands twice"),
        ({"between": ["a", "b"], "rho": 1.5}, "between -1 and 1"),
        ({"between": ["a", "b"], "rho": float("nan")}, "between -1 and 1"),
        ({"between": ["a", "b"], "rho": 1.0}, "not positive definite"),
        ({"between": ["a", "b", "c"], "rho": -0.6}, "contradict each other"),
        ({"between": ["a", "b"], "matrix": [[1, 0.5]]}, "2 rows of 2 numbers"),
        ({"between": ["a", "b"], "matrix": [[1, 0.5], [0.5]]}, "2 rows of 2 numbers"),
        ({"between": ["a", "b"], "matrix": [[1, 0.5], [0.4, 1]]}, "symmetric"),
        ({"between": ["a", "b"], "matrix": [[0.9, 0.5], [0.5, 1]]}, "ones on the diagonal"),
        ({"between": ["a", "b", "c"], "matrix": [[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]]}, "contradict"),
    ],
)
def test_refused(raw: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Correlation.model_validate(raw)
