"""The crafts."""

from typing import Annotated

from pydantic import Field

from buildsim.spec.base import Declared
from buildsim.spec.quantity import Count, Usd


class Trade(Declared):
    """A craft."""

    name: str
    """What it is called."""
    crew: Annotated[Count, Field(gt=0)]
    """Workers in a crew."""
    shift: Annotated[float, Field(gt=0, le=24)] = 8.0
    """Craft-hours per worker and working day."""
    wage: Annotated[Usd, Field(ge=0)] | None = None
    """What an hour costs before premiums [USD per hour]; for costs only, so without it the trade has none."""
