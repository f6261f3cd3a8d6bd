"""Re-marketing: capacity that a customer lets go of finds another one after a while."""

from typing import Annotated

from pydantic import Field

from buildsim.spec.base import Declared
from buildsim.spec.quantity import Share, UncertainDays


class Remarketing(Declared):
    """How released capacity is sold again."""

    lag: UncertainDays
    """From the release to the new contract [days]."""
    price: Annotated[Share, Field(ge=0)] = 1.0
    """The new contract's price relative to the old one's."""
