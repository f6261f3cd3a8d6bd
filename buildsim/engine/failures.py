"""Failures: how often a test fails or a mishap happens, and how long what follows takes."""

from math import log

from buildsim.engine.conditions import Conditions
from buildsim.engine.network import Failure

MOST_REPEATS = 20
"""A test is passed at the latest after this many failures; at 45 % failures the chance of more is below 1e-6."""
HIGHEST_FAILURE = 0.95
"""No test fails with a higher probability than this, however much rework there is."""


def failures(conditions: Conditions, failure: Failure, defects: float) -> int:
    """Return how often something goes wrong; `defects` of the block, relative to normal, make it more likely."""
    chance = conditions.draw(failure.probability)
    if failure.pool >= 0:
        chance = min(HIGHEST_FAILURE, chance * defects)
    return occurrences(conditions.draw(failure.luck), chance, failure.repeats)


def retested(conditions: Conditions, failure: Failure, occurrence: int, moment: float) -> float:
    """Return the moment at which the extra time that begins at `moment` is over [days]."""
    extra = conditions.draw(failure.days) if not occurrence else conditions.further(failure.name, occurrence)
    return moment + extra if failure.calendar < 0 else conditions.calendars[failure.calendar].after(moment, extra)


def occurrences(luck: float, chance: float, repeats: bool) -> int:
    """Return how often something with a probability happens before it first does not, by inverse transform.

    With `repeats` the number of failures before the first success: P(n or more) = chance ** n; without, at most one.
    """
    if chance <= 0.0 or luck >= chance:
        return 0
    if not repeats:
        return 1
    return min(MOST_REPEATS, int(log(luck) / log(chance))) if chance < 1.0 else MOST_REPEATS
