"""How a run is cut into blocks: by measured speed, which never shows in what is computed."""

import math
from collections.abc import Sequence

from buildsim.results.store import Span

FIRST = 4
"""Replications in a block while the speed is not known."""
LARGEST = 1000
"""The most replications in a block: bounds the memory that a block takes."""
SHORTEST = 1.0
"""What a block should take at least [seconds], so that drawing, handing out and writing a block weigh little."""
LONGEST = 10.0
"""What a block should take at most [seconds], so that a kill costs little."""
PER_WORKER = 25
"""Into how many blocks each worker's share of a long run is cut."""


class Cutter:
    """Hands out the replications that are still to be done, span by span, in order."""

    def __init__(self, missing: Sequence[Span], workers: int, size: int | None = None) -> None:
        """`missing`: what is to be done; `size`: a fixed number of replications to a block, whatever the speed."""
        self._missing = list(missing)
        self._workers = workers
        self._size = size
        self._total = sum(span.count for span in missing)
        self.left = self._total
        """Replications not yet handed out."""
        self._seconds = math.inf
        """What one replication takes, by the fastest block so far: the first ones only warm up."""

    def measured(self, count: int, seconds: float) -> None:
        """Take note that a block of `count` replications took so many seconds."""
        self._seconds = min(self._seconds, seconds / count)

    def next(self) -> Span | None:
        """The next span to be done; None when all are handed out."""
        if not self._missing:
            return None
        gap = self._missing[0]
        span = Span(gap.first, min(gap.count, self._wanted()))
        self._missing[:1] = [Span(span.end, gap.end - span.end)] if span.end < gap.end else []
        self.left -= span.count
        return span

    def _wanted(self) -> int:
        if self._size is not None:
            return self._size
        if self._seconds == math.inf:
            return FIRST
        share = self._total * self._seconds / (self._workers * PER_WORKER)
        target = min(max(share, SHORTEST), LONGEST)
        return max(1, min(math.ceil(target / max(self._seconds, 1e-9)), LARGEST, math.ceil(self.left / self._workers)))
