"""Commissioning: what the tests of all sites share, agents and load banks."""

from buildsim.spec.base import Declared
from buildsim.spec.quantity import UncertainMW, UncertainNumber


class Commissioning(Declared):
    """The commissioning resources of the whole programme."""

    agents: UncertainNumber
    """Teams of commissioning agents; one attends each test that needs them. Fractions are rounded down."""
    load_banks: UncertainMW
    """Load banks for rent [MW]; a test on load banks holds the hall's MW."""
