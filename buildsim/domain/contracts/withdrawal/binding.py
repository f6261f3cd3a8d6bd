"""Binding: nobody walks."""

from typing import Literal

from buildsim.domain.contracts.withdrawal.lateness import RulePlan
from buildsim.engine.inputs import Inputs
from buildsim.spec.base import Declared


class Binding(Declared):
    """The customer stays, however late it gets, and takes damages."""

    kind: Literal["binding"]
    """The rule."""

    def compile(self, name: str, inputs: Inputs) -> RulePlan:
        """Compile the rule."""
        return RulePlan()
