"""Independent randomisations of a sampling design: the same model with several seeds, each a whole sample of its own.

The replications of one Latin hypercube or of one scrambled Sobol sequence depend on each other, so a single sample does
not show how sure its figures are. Several independent ones do: `analysis.randomised.combine`.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from buildsim.errors import InputError, Problem
from buildsim.results.manifest import Design
from buildsim.run.run import Run
from buildsim.run.simulate import simulate

if TYPE_CHECKING:
    from buildsim.model import Model

RANDOMISATIONS = 10
"""How many randomisations are made unless told otherwise: 9 degrees of freedom for the t interval."""


def simulate_randomised(
    model: "Model",
    replications: int,
    *,
    randomisations: int = RANDOMISATIONS,
    seed: int = 1,
    design: Design = "sobol",
    workers: int | None = None,
    out: str | os.PathLike[str] | None = None,
    resume: bool = False,
    progress: bool = False,
    keep_activities: int = 0,
) -> list[Run]:
    """Simulate a model `randomisations` times, with seeds from `seed` on, `replications` each.

    Give scenarios that are to be compared the same `seed`, and studies that are to be independent seeds at least
    `randomisations` apart. With `out` randomisation r stands in the folder `seed-S`; a Sobol sample is best when
    `replications` is a power of two.

    Raises:
        InputError: for fewer than two randomisations; what `simulate` raises beside it.
    """
    if randomisations < 2:
        message = f"{randomisations} randomisations do not show how sure they are"
        raise InputError(Problem("randomisations", message, expected="at least 2, better 10 or more"))
    return [
        simulate(
            model,
            replications,
            one,
            workers=workers,
            design=design,
            out=None if out is None else Path(out) / f"seed-{one}",
            resume=resume and out is not None,
            progress=progress,
            keep_activities=keep_activities,
        )
        for one in range(seed, seed + randomisations)
    ]
