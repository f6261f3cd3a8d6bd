"""The market: how much is built in all, and what that does to who can be had."""

from datetime import date
from itertools import pairwise
from typing import Annotated

import numpy as np
from pydantic import Field, field_validator, model_validator

from buildsim.domain.labour.weeks import Array
from buildsim.spec.base import Declared
from buildsim.spec.quantity import Date, Mw, Number, UncertainNumber
from buildsim.spec.uncertain import Uncertain

USUAL_RATE = 1000.0
"""What the market builds where nothing is declared [MW a year]."""


class Market(Declared):
    """What the whole market builds: its experienced hands are spread over it, and its wages draw people away."""

    build_rate: Annotated[Mw, Field(gt=0)] | None = None
    """Data-centre capacity that the market builds a year [MW]: a level, instead of a `path`; 1 GW by default."""
    normal_rate: Annotated[Mw, Field(gt=0)] = USUAL_RATE
    """The rate at which the declared experienced shares hold [MW a year]."""
    path: dict[Date, Annotated[Mw, Field(gt=0)]] = {}
    """What the market builds a year [MW] at dates, in their order: straight lines between them, level outside."""
    factor: UncertainNumber | None = None
    """Multiplies how far the rate lies above `normal_rate`; 1 by default."""
    rival_premium: UncertainNumber | None = None
    """How far rivals' wages lie above those paid here [share]; 0 by default, below 0 where they pay less."""
    poaching: Annotated[Number, Field(ge=0)] = 0.0
    """How much turnover grows with the gap in wages: with 2, a gap of 10 % makes it 1.2 times as large."""
    attraction: Annotated[Number, Field(ge=0)] = 0.0
    """How much hiring shrinks with the gap in wages: with 2, a gap of 10 % makes it 0.8 times as fast."""

    @field_validator("path")
    @classmethod
    def _ascends(cls, path: dict[date, float]) -> dict[date, float]:
        for first, second in pairwise(path):
            if second <= first:
                raise ValueError(f"the dates of a path must ascend, but {second} comes after {first}")
        return path

    @field_validator("factor")
    @classmethod
    def _counts(cls, factor: Uncertain | None) -> Uncertain | None:
        if factor is not None and factor.dist.low < 0.0:
            raise ValueError(f"the factor cannot be negative, but this one reaches {factor.dist.low:g}")
        return factor

    @model_validator(mode="after")
    def _once(self) -> "Market":
        if self.path and self.build_rate is not None:
            raise ValueError("'build_rate' and 'path' both say what the market builds: declare one of them")
        return self

    def rate(self, days: Array, start: date, factor: float = 1.0) -> Array:
        """Return what the market builds a year [MW] on days since `start`."""
        if self.path:
            dates = [float((moment - start).days) for moment in self.path]
            declared = np.interp(days, dates, list(self.path.values()))
        else:
            declared = np.full(np.shape(days), USUAL_RATE if self.build_rate is None else self.build_rate)
        return declared + (factor - 1.0) * np.maximum(0.0, declared - self.normal_rate)

    def spread(self, days: Array, start: date, factor: float = 1.0) -> Array:
        """Return what is left of an experienced share [-] on days since `start`; at most 1."""
        return np.minimum(1.0, self.normal_rate / self.rate(days, start, factor))

    def pull(self, gap: Array) -> Array:
        """Return the factor on turnover [-], for gaps between rivals' premium and the own."""
        return np.maximum(0.0, 1.0 + self.poaching * gap)

    def draw(self, gap: Array) -> Array:
        """Return the factor on hires [-], for gaps between rivals' premium and the own."""
        return np.maximum(0.0, 1.0 - self.attraction * gap)
