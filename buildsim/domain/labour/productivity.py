"""Productivity: what a crew gets done in an hour, and what it spoils, as a product of factors."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log2
from typing import Annotated, Literal

import numpy as np
from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from buildsim.domain.labour.overtime import NORMAL_HOURS, Curve, consecutive, efficiency
from buildsim.domain.labour.weeks import Array
from buildsim.spec.base import Declared
from buildsim.spec.quantity import Days, Share
from buildsim.units import DAYS_PER_YEAR, parse_share

_FACTOR_SCHEMA = {"anyOf": [{"type": "number", "exclusiveMinimum": 0}, {"type": "string", "examples": ["120 %"]}]}
Factor = Annotated[float, BeforeValidator(parse_share), WithJsonSchema(_FACTOR_SCHEMA)]
"""A share that may be above 1, such as 120 %."""


@dataclass(frozen=True, slots=True)
class WeeklyFactors:
    """What the people of a week are like: factors on the rate of work in the order in which they apply, each [-]."""

    absence: Array
    """By absence."""
    skill: Array
    """By the experienced share."""
    overtime: Array
    """By the hours a week and the fatigue that they bring: hours / 40 x efficiency."""
    rework: Array
    """By the rework that is found at once."""
    spoiled: Array
    """The share of craft-hours that is spoiled."""
    normal: float
    """The share of craft-hours that a normal crew spoils."""

    @property
    def rate(self) -> Array:
        """The product of the factors."""
        return self.absence * self.skill * self.overtime * self.rework

    @property
    def failing(self) -> Array:
        """What is spoiled relative to a normal crew; 1 where that one spoils nothing."""
        return self.spoiled / self.normal if self.normal > 0.0 else np.ones_like(self.spoiled)


class Productivity(Declared):
    """What a crew gets done. Craft-hours are stated at normal productivity, index 1 at `normal_experienced`.

    Output per head at an experienced share s: experienced hands carry up to `mentored_per_experienced` new hands each,
    which costs them `mentoring_time` per head; mentored new hands produce `mentored_output` of an experienced one,
    the others `unmentored_output`. Rework rises with the share of the unmentored, and with it the failures of tests.
    """

    regime: Literal["dilute", "cap", "none"] = "dilute"
    """`dilute`: few experienced carry many new hands; `cap`: whom the licensed cannot supervise stay away; `none`."""
    normal_experienced: Annotated[Share, Field(gt=0, le=1)] = 0.2
    """The experienced share at which craft-hours are stated."""
    mentored_per_experienced: Annotated[float, Field(ge=0)] = 4.0
    """New hands that one experienced hand can carry."""
    mentored_output: Annotated[Share, Field(gt=0)] = 0.7
    """Output of a mentored new hand relative to an experienced one."""
    unmentored_output: Annotated[Share, Field(gt=0)] = 0.4
    """Output of a new hand left alone relative to an experienced one."""
    mentoring_time: Annotated[Share, Field(ge=0, lt=1)] = 0.1
    """Of an experienced hand's time, per new hand carried."""
    licensed: Annotated[Share, Field(gt=0, le=1)] = 0.5
    """Share of licensed journeymen, for `cap`; a pool may say another."""
    apprentices_per_journeyman: Annotated[float, Field(ge=0)] = 1.0
    """How many the law lets a journeyman supervise, for `cap`."""
    rework_normal: Annotated[Share, Field(ge=0, lt=1)] = 0.05
    """Share of craft-hours spent on rework when everybody is mentored."""
    rework_unmentored: Annotated[Share, Field(ge=0, lt=1)] = 0.14
    """Share of craft-hours spent on rework when nobody is."""
    rework_haste: Annotated[Share, Field(ge=0, lt=1)] = 0.0
    """Share of craft-hours spoiled beside that, for each hour of output that fatigue takes. None by default."""
    latent: Annotated[Share, Field(ge=0, le=1)] = 0.0
    """The part of what is spoiled that nobody sees before the tests. None by default."""
    found: Annotated[Share, Field(ge=0, le=1)] = 0.5
    """The part of what is latent in a hall that a failed test finds (an assumption)."""
    absence: Annotated[Share, Field(ge=0, lt=0.5)] = 0.0
    """Share of hours missed beyond the normal; costs twice as much output. None by default. Contractors' tables say a
    loss of 2 % at 5 % absence, 22 % at 10 % and 40 % at 20 %."""
    learning: Annotated[Share, Field(gt=0, le=1)] = 1.0
    """Craft-hours of a hall when twice as many have been built before; 95 % takes 5 % off. No learning by default."""
    stacking: Annotated[Share, Field(ge=0, lt=1)] = 0.0
    """Loss of output with twice as many trades in a hall as its programme ever has at once. None by default;
    contractors' tables say 10, 20 or 30 %."""
    travel: Days = 0.0
    """How long a crew takes from one site of its market to another."""
    fatigue: Curve = "digest"
    """What is left of an hour in overtime: a public digest of overtime studies, the Business Roundtable's curve of
    1980, or no fatigue."""
    crowding: Annotated[Share, Field(ge=0, lt=1)] = 0.0
    """Loss of output with the maximum number of teams; linear from none at the planned number. None by default."""
    workforce: Annotated[Factor, Field(gt=0)] = 1.0
    """Of every pool: 80 % is a workforce a fifth smaller than declared, 120 % one a fifth larger."""
    teams_up_to: Literal["maximum", "planned"] = "maximum"
    """How many teams join running work."""

    @model_validator(mode="after")
    def _sensible(self) -> "Productivity":
        if self.mentored_per_experienced * self.mentoring_time >= 1:
            raise ValueError("mentoring would take all of an experienced hand's time: lower 'mentoring_time'")
        if max(self.rework_normal, self.rework_unmentored) + self.rework_haste >= 1:
            raise ValueError("tired and unmentored crews would spoil all of their work: lower 'rework_haste'")
        return self

    def unmentored(self, experienced: float) -> float:
        """Return the share of hands that nobody mentors."""
        return float(self._unmentored(np.array([experienced]))[0])

    def output(self, experienced: float) -> float:
        """Return the output per head, relative to an experienced hand who works alone."""
        return float(self._output(np.array([experienced]))[0])

    def rework(self, experienced: float) -> float:
        """Return the share of craft-hours that goes into rework, without haste."""
        return float(self._rework(np.array([experienced]))[0])

    def factors(self, experienced: float) -> tuple[float, float]:
        """Return the skill and the rework factor on a crew's rate, both 1 at the normal experienced share."""
        week = self.weekly(np.array([experienced]), np.array([NORMAL_HOURS]))
        return float(week.skill[0]), float(week.rework[0])

    def failing(self, experienced: float) -> float:
        """Return the factor on the probability that a test fails, 1 at the normal experienced share."""
        return float(self.weekly(np.array([experienced]), np.array([NORMAL_HOURS])).failing[0])

    def eased(self, hours: Array) -> Array:
        """Return what is left of an hour's output in each week, by hours a week, (weeks) or (weeks, pools)."""
        return efficiency(hours, consecutive(hours), self.fatigue)

    def weekly(self, experienced: Array, hours: Array, eased: Array | None = None) -> WeeklyFactors:
        """Return the factors of each week, by experienced share and hours a week, both (weeks) or (weeks, pools).

        `eased` is what the method of that name says of the hours, where it is known.
        """
        eased = self.eased(hours) if eased is None else eased
        normal = self.rework(self.normal_experienced)
        skill, spoiled = np.ones_like(experienced), np.full_like(experienced, normal)
        if self.regime == "dilute":
            skill, spoiled = self._output(experienced) / self.output(self.normal_experienced), self._rework(experienced)
        spoiled = spoiled + self.rework_haste * (1.0 - eased)
        seen = 1.0 - self.latent
        return WeeklyFactors(
            absence=np.full_like(experienced, 1.0 - 2.0 * self.absence),
            skill=skill,
            overtime=hours / NORMAL_HOURS * eased,
            rework=(1.0 - seen * spoiled) / (1.0 - seen * normal),
            spoiled=spoiled,
            normal=normal,
        )

    def present(self) -> float:
        """Return the share of the declared workers that may work, at the share of licensed declared for all pools."""
        return self.workforce * self.supervised(self.licensed)

    def supervised(self, licensed: float) -> float:
        """Return the share of workers that may work, by the share of the licensed; all of them but under `cap`."""
        return min(1.0, licensed * (1.0 + self.apprentices_per_journeyman)) if self.regime == "cap" else 1.0

    def crowding_factors(self, planned: int, most: int) -> tuple[float, ...]:
        """Return the crowding factor by number of teams, from 0 to `most`."""
        steps = max(1, most - planned)
        return tuple(1.0 - self.crowding * max(0, teams - planned) / steps for teams in range(most + 1))

    def learning_rate(self, experience: float) -> float:
        """Return the factor on the rate of work in a hall, by the experience with it: 1 for the first.

        Source: the straight line in logarithms of Wright, Factors affecting the cost of airplanes, 1936.
        """
        return float(experience ** -log2(self.learning))

    def _unmentored(self, experienced: Array) -> Array:
        return np.maximum(0.0, 1.0 - experienced * (1.0 + self.mentored_per_experienced))

    def _output(self, experienced: Array) -> Array:
        unmentored = self._unmentored(experienced)
        mentored = 1.0 - experienced - unmentored
        return (
            experienced + mentored * (self.mentored_output - self.mentoring_time) + unmentored * self.unmentored_output
        )

    def _rework(self, experienced: Array) -> Array:
        return self.rework_normal + (self.rework_unmentored - self.rework_normal) * self._unmentored(experienced)


def experience(starts: Sequence[float], turnover: float) -> tuple[float, ...]:
    """Return the experience with each hall [halls]: itself, and what is left of those before it.

    `starts` are the halls' in their order [days]; `turnover` is that of the trade [share a year], and may be infinite.
    """
    return tuple(
        1.0 + sum(_remembered((start - before) / DAYS_PER_YEAR, turnover) for before in starts[:place])
        for place, start in enumerate(starts)
    )


def _remembered(years: float, turnover: float) -> float:
    return exp(-turnover * years) if years > 0.0 else 1.0
