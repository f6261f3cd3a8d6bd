"""How uncertain imported durations are: factors on what the file says."""

from dataclasses import dataclass
from math import isfinite

import numpy as np

from buildsim.errors import InputError, Problem
from buildsim.spec.base import nearest

FACTORS = {
    "triangular": ("low", "mode", "high"),
    "pert": ("low", "mode", "high"),
    "uniform": ("low", "high"),
    "exponential": (),
}
"""The families, and the parameters that are factors times the file's duration."""
EXAMPLE = "triangular:0.75,1,1.5"
EXPECTED = f"'{EXAMPLE}', 'pert:0.75,1,1.5', 'uniform:0.8,1.2' or 'exponential'"
LONGEST = 12.0
"""How many times its mean an exponential duration is reckoned to take at most, for the horizon."""


@dataclass(frozen=True, slots=True)
class Spread:
    """A family of distributions and its factors on a known duration; the plan stays at that duration."""

    kind: str
    """triangular, pert, uniform or exponential (with the duration as its mean)."""
    factors: tuple[float, ...] = ()
    """The factors of `FACTORS`, ascending [-]."""

    @classmethod
    def parse(cls, text: str) -> "Spread":
        """Read `triangular:0.75,1,1.5`, `pert:...`, `uniform:0.8,1.2` or `exponential`.

        Raises:
            InputError: for anything else.
        """
        kind, _, rest = text.strip().partition(":")
        if kind not in FACTORS:
            near = nearest(kind, FACTORS)
            raise InputError(Problem("spread", f"there is no spread '{text}'", expected=EXPECTED, nearest=near))
        try:
            factors = tuple(float(word) for word in rest.split(",")) if rest else ()
        except ValueError:
            factors = (-1.0,)
        ordered = all(isfinite(factor) and factor >= 0.0 for factor in factors) and sorted(factors) == list(factors)
        if len(factors) != len(FACTORS[kind]) or not ordered or (factors and factors[0] == factors[-1]):
            count = len(FACTORS[kind])
            message = f"'{text}' does not give {count} ascending factors" if count else f"'{kind}' takes no factors"
            raise InputError(Problem("spread", message, expected=EXPECTED))
        return cls(kind, factors)

    @property
    def longest(self) -> float:
        """How many times the file's duration an activity is reckoned to take at most [-]."""
        return self.factors[-1] if self.factors else LONGEST

    def text(self, days: float) -> str:
        """Return a duration [days] as a model file writes it; nothing is uncertain about a duration of 0."""
        if days == 0.0:
            return "0 days"
        names = FACTORS[self.kind]
        if not names:
            return f"{{kind: {self.kind}, mean: {days_text(days)}, plan: {days_text(days)}}}"
        values = [f"{name}: {days_text(factor * days)}" for name, factor in zip(names, self.factors, strict=True)]
        plan = [] if "mode" in names and self.factors[1] == 1.0 else [f"plan: {days_text(days)}"]
        return f"{{{', '.join([f'kind: {self.kind}', *values, *plan])}}}"


def days_text(days: float) -> str:
    """Return a length of time [days] as a model file writes it, read back bit for bit: `8 days`, `0.75 days`."""
    number = np.format_float_positional(days, trim="-")
    return f"{number} day" if number == "1" else f"{number} days"
