"""Crew pools: the people of a trade in a labour market, and how they come, learn and go."""

from typing import Annotated

from pydantic import Field, field_validator, model_validator

from buildsim.spec.base import Declared
from buildsim.spec.quantity import Count, Date, Days, Rate, Share, UncertainNumber
from buildsim.spec.uncertain import Uncertain


class CrewPool(Declared):
    """The people of one trade in one market that this portfolio can draw on."""

    workers: Annotated[Count, Field(ge=0)]
    """Workers at the peak."""
    present: Annotated[Count, Field(ge=0)] | None = None
    """Workers there at the start; all of them by default."""
    ramp: Annotated[Rate, Field(gt=0)] | None = None
    """How fast those who are missing are hired, in weekly steps [workers per day]; nobody is hired without it. Needed
    where `present` is below `workers`."""
    ramp_from: Date | None = None
    """Before this date nobody is hired; the model's start by default."""
    experienced: Annotated[Share, Field(ge=0, le=1)] = 0.2
    """The share with experience of data-centre work at the start (an assumption: 200 in 1,000)."""
    licensed: Annotated[Share, Field(ge=0, le=1)] | None = None
    """The share of licensed journeymen, at the start and of those who are hired; `productivity.licensed` by default."""
    turnover: UncertainNumber | None = None
    """How many leave [share a year], 50% or 1.2; may be above 1. Nobody leaves by default; 25 to 100 % a year is said
    of craft workers (general knowledge)."""
    retirement: Annotated[Share, Field(ge=0, le=1)] | None = None
    """How many of the licensed retire [share a year]; nobody by default."""
    apprenticeship: Annotated[Days, Field(gt=0)] | None = None
    """How long apprentices take to be licensed, on average; never by default. 4 to 5 years is published."""
    seasoning: Annotated[Days, Field(gt=0)] | None = None
    """How long new hands take to be experienced in data-centre work, on average; never by default."""
    hired_experienced: Annotated[Share, Field(ge=0, le=1)] | None = None
    """The experienced share of those who are hired, in a market at its normal rate; `experienced` by default."""

    @field_validator("turnover")
    @classmethod
    def _leaves(cls, turnover: Uncertain | None) -> Uncertain | None:
        if turnover is not None and turnover.dist.low < 0.0:
            raise ValueError(f"turnover cannot be negative, but this one reaches {turnover.dist.low:g}")
        return turnover

    @model_validator(mode="after")
    def _ramps(self) -> "CrewPool":
        if self.present is not None and self.present > self.workers:
            raise ValueError("'present' is more than 'workers'")
        if self.present is not None and self.present < self.workers and self.ramp is None:
            raise ValueError("'ramp' is needed where 'present' is below 'workers'")
        return self

    def as_planned(self) -> "CrewPool":
        """Return the pool as the plan takes it: as declared, but nobody leaves or learns."""
        unmoved = {"turnover": None, "retirement": None, "apprenticeship": None, "seasoning": None}
        return self.model_copy(update=unmoved)
