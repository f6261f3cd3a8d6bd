"""What common random numbers gain: the variance of a paired difference beside that of independent runs, and why.

Two runs with the same seed see the same luck. With standard deviations s and q s and the correlation r of the pairs,

    (variance of independent runs) / (variance of the paired difference) = (1 + q^2) / (1 + q^2 - 2 q r)

so two things hold the gain back: luck that the runs do not share (r below 1), and a change that stretches luck instead
of shifting it (q away from 1), which no pairing takes out: with r = 1 there is left (1 + q^2) / (1 - q)^2.

Source: Law, "Simulation Modeling and Analysis", section 11.2.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from buildsim.analysis.paired import BOOTSTRAP_SEED, RESAMPLES, difference

WANTED = 5.0
"""A reduction above this needs no reason."""


@dataclass(frozen=True, slots=True)
class Reduction:
    """How many times more replications independent runs would need for the same interval, and what bounds that."""

    pairs: int
    factor: float
    """From the pairs: (var base + var other) / var(other - base)."""
    low: float
    high: float
    """Its 95 % percentile interval, by a bootstrap of the pairs."""
    measured: float
    """The same with what independent runs really gave: var(other - base of another seed) / var(other - base)."""
    correlation: float
    stretch: float
    """The standard deviation of other over that of base."""

    @property
    def limit(self) -> float:
        """The factor that the stretch would leave if the runs shared all luck."""
        gap = (1.0 - self.stretch) ** 2
        return (1.0 + self.stretch**2) / gap if gap > 0.0 else np.inf

    @property
    def unstretched(self) -> float:
        """The factor that the correlation would give if the change did not stretch luck: 1 / (1 - r)."""
        return 1.0 / (1.0 - self.correlation) if self.correlation < 1.0 else np.inf


def reduction(base: ArrayLike, other: ArrayLike, independent: ArrayLike, *, confidence: float = 0.95) -> Reduction:
    """Return what pairing gains, from runs with the same seed and a base run with another seed, by replication.

    Errors: ValueError when the samples differ in length or have fewer than three values.
    """
    one, two, alone = (np.asarray(values, np.float64) for values in (base, other, independent))
    if not len(one) == len(two) == len(alone) > 2:
        raise ValueError(f"three equally long samples are needed, not {len(one)}, {len(two)} and {len(alone)}")
    found = difference(one, two)
    gaps = float((two - one).var(ddof=1))
    counts = np.random.default_rng(BOOTSTRAP_SEED).multinomial(
        len(one), np.full(len(one), 1.0 / len(one)), size=RESAMPLES
    )
    spreads = [_variances(values, counts / len(one)) for values in (one, two, two - one)]
    tail = (1.0 - confidence) / 2.0
    with np.errstate(divide="ignore", invalid="ignore"):
        many = (spreads[0] + spreads[1]) / spreads[2]
        measured = float(np.float64((two - alone).var(ddof=1)) / gaps)
        stretch = float(two.std(ddof=1) / one.std(ddof=1))
    low, high = np.quantile(many, [tail, 1.0 - tail], method="inverted_cdf")
    return Reduction(len(one), found.variance_reduction, float(low), float(high), measured, found.correlation, stretch)


def reason(found: Reduction) -> str:
    """Say in a sentence or two how large the gain is, and where it is small, what holds it back."""
    text = (
        f"The same draws in both runs do the work of {found.factor:.1f} times as many replications "
        f"({found.low:.1f} to {found.high:.1f}; {found.measured:.1f} against a base run with another seed, "
        f"{found.pairs} pairs): the pairs are correlated by {found.correlation:.2f}."
    )
    if found.factor > WANTED or not np.isfinite(found.factor):
        return text
    if found.limit <= found.unstretched:
        return (
            f"{text} The change stretches luck: results vary {found.stretch:.1f} times as much, which leaves no more "
            f"than {found.limit:.1f} even with all luck shared."
        )
    return (
        f"{text} The runs do not share all luck: such a correlation gives {found.unstretched:.1f} at the very most, "
        f"while the stretch ({found.stretch:.1f} times the spread) would allow {found.limit:.1f}."
    )


def _variances(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    centred = values - values.mean()
    found: np.ndarray = weights @ (centred * centred) - (weights @ centred) ** 2
    return found
