"""A run of the engine in which much happens to contracts."""

from functools import cache
from pathlib import Path

import buildsim as bs

BUSY = Path(__file__).with_name("busy_contracts.yaml")


@cache
def busy() -> bs.Run:
    """Forty replications of two sites with few experienced hands and impatient customers."""
    return bs.simulate(bs.load(BUSY, scenario="labour-20"), 40, 1, workers=1, keep_activities=0)
