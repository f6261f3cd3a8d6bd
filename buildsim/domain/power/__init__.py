"""Power: sources of a site's megawatts. A new kind of source is one new file and one line in the union here."""

from typing import Annotated

from pydantic import Field

from buildsim.domain.power.bridge import Bridge
from buildsim.domain.power.grid import Grid

Source = Annotated[Grid | Bridge, Field(discriminator="kind")]

__all__ = ["Bridge", "Grid", "Source"]
