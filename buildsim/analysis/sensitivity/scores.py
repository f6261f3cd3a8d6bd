"""One number for a group of inputs: what they together predict of an outcome that they have not seen.

A group of a thousand inputs has no lowest fifth of its own. Its score is the prediction of the outcome by ridge
regression on the group, for each replication from all the others, so that what fits by accident does not count.
"""

import numpy as np

from buildsim.analysis.frames import Floats
from buildsim.analysis.sensitivity.decomposition import Decomposition

SMALLEST, LARGEST = 0.005, 0.99
"""The share of the variance that the penalty is set for is kept within these."""


def group_scores(found: Decomposition) -> dict[str, Floats]:
    """The score of each group [standard deviations of the outcome], shape (replications,).

    Ridge regression on the standardised columns with the penalty p (1 - h) / h, h being the group's share of the
    variance of what it is held against: the best linear prediction for effects that are all alike small (Hoerl and
    Kennard, Technometrics 12, 1970; as random effects: Robinson, Statistical Science 6, 1991). Each replication is
    predicted without itself, by the closed form y_i - (y_i - fit_i) / (1 - H_ii) (Allen, Technometrics 16, 1974).

    A group with many inputs of small effect is predicted badly from few replications; its score then moves little.
    """
    return {label: alone for label, (_, alone) in group_predictions(found).items()}


def group_predictions(found: Decomposition) -> dict[str, tuple[Floats, Floats]]:
    """What each group predicts: fitted to all replications, and for each from the others; see `group_scores`."""
    return {label: _predicted(found, label) for label in found.members}


def _predicted(found: Decomposition, label: str) -> tuple[Floats, Floats]:
    phi, y = found.columns[label], found.target(label)
    variance = float((y * y).mean())
    if not phi.shape[1] or variance < 1e-12:
        return np.zeros(len(y)), np.zeros(len(y))
    share = float(np.clip(found.parts[label].share / variance, SMALLEST, LARGEST))
    return ridge(phi, y, phi.shape[1] * (1.0 - share) / share)


def ridge(phi: Floats, y: Floats, penalty: float) -> tuple[Floats, Floats]:
    """The prediction of each row by ridge regression on all rows, and on the other rows only."""
    n, width = phi.shape
    if width <= n:
        half = np.linalg.solve(phi.T @ phi + penalty * np.eye(width), phi.T)
        fit, leverage = phi @ (half @ y), np.einsum("ij,ji->i", phi, half)
    else:
        inverse = np.linalg.inv(phi @ phi.T + penalty * np.eye(n))
        fit, leverage = y - penalty * (inverse @ y), 1.0 - penalty * np.diag(inverse)
    return fit, y - (y - fit) / np.maximum(1.0 - leverage, 1e-12)
