"""The simulation clock: SimPy's environment with events at exact moments and an order within one instant.

Within one instant completions come first, then the dealing out of crews and other scarce things, then deadlines: what
is completed on its due date is on time. Equals go in the order in which they were scheduled.
"""

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any

import simpy
from simpy.events import Event

COMPLETION = 1
"""The priority of what completes (SimPy's `NORMAL`, which its own timeouts and processes use)."""
DEALING = 2
"""The priority of dealing out crews and other scarce things."""
DEADLINE = 3
"""The priority of due dates, ends of grace, longstop dates and decisions that hang on them."""

Callbacks = list[Callable[[Any], None]]


class Appointment(Event):
    """An event that has been triggered for a moment to come; `subject` is the number of what it is about."""

    def __init__(self, env: simpy.Environment, callbacks: Callbacks, subject: int) -> None:
        self.env = env
        self.callbacks = callbacks
        self._ok = True
        self._value = None
        self.subject = subject


class Clock(simpy.Environment):
    """A SimPy environment whose events can be placed at an exact moment."""

    def appoint(
        self, moment: float, callbacks: Callbacks, subject: int = -1, priority: int = COMPLETION
    ) -> Appointment:
        """Schedule `callbacks` for `moment` [days]; the list is shared, not copied, and must not change afterwards."""
        event = Appointment(self, callbacks, subject)
        entry: Any = (moment, priority, next(self._eid), event)
        heappush(self._queue, entry)
        return event

    def until(self, moment: float, priority: int = COMPLETION) -> Appointment:
        """Return an event for a process to wait for: `moment` itself, or now if that is past [days]."""
        return self.appoint(max(moment, self._now), [], -1, priority)

    def run_to(self, horizon: float) -> None:
        """Run until nothing is left to do at or before `horizon` [days], its deadlines included.

        This is SimPy's own `run` with its `step` written out, which is the innermost loop of everything here.
        """
        queue = self._queue
        while queue and queue[0][0] <= horizon:
            self._now, _, _, event = heappop(queue)
            callbacks = event.callbacks
            event.callbacks = None  # type: ignore[assignment]  # SimPy's own mark of a processed event
            for callback in callbacks:
                callback(event)
            if not event._ok and not hasattr(event, "_defused"):
                raise event._value


def cancel(event: Appointment) -> None:
    """Make an appointment do nothing when its moment comes."""
    event.callbacks = []
