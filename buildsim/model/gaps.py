"""What is not known of a model with form errors, and which of its other problems do not stand on that."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from buildsim.errors import Problem
from buildsim.model.node import Node, Steps, steps_of

_QUOTED = re.compile(r"'([^']*)'")
_LOOKED_UP = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Rule:
    """What a problem of the check stands on, besides the value at its own path."""

    path: str
    """The paths of such problems: `*` stands for one step, a `**` at the end for any number of them."""
    told: str
    """What their messages contain; another problem at the same path is another rule's."""
    reads: tuple[str, ...] = ()
    """The paths of what was looked at. `sites.*.halls.*` means that the halls are all there, `sites.**` all about the
    sites. `{0}` is what the first `*` of `path` stands for, `{market}` the `market` of the entry that holds the
    problem, or of the nearest one around it."""

    @property
    def literals(self) -> set[str]:
        """The names of fields and sections in its paths."""
        return {step for pattern in (self.path, *self.reads) for step in pattern.split(".")}

    def matches(self, problem: Problem, steps: tuple[str, ...]) -> bool:
        """Whether it is about this problem, whose path has these steps."""
        pattern = tuple(self.path.split(".")) if self.path else ()
        if pattern[-1:] == ("**",):
            pattern, steps = pattern[:-1], steps[: len(pattern) - 1]
        alike = len(pattern) == len(steps) and all(
            part in ("*", step) for part, step in zip(pattern, steps, strict=False)
        )
        return alike and self.told in problem.message

    def bound(self, steps: tuple[str, ...], root: Node) -> Iterable[tuple[str, ...]]:
        """What it reads, for the problem at `steps`."""
        stars = [step for part, step in zip(self.path.split("."), steps, strict=False) if part == "*"]
        for pattern in self.reads:
            yield tuple(self._step(part, stars, steps, root) for part in pattern.split("."))

    @staticmethod
    def _step(part: str, stars: list[str], steps: Steps, root: Node) -> str:
        """One step of a pattern with what is looked up filled in; `*` for what cannot be found."""
        found = _LOOKED_UP.fullmatch(part)
        if found is None:
            return part
        if found[1].isdecimal():
            return stars[int(found[1])]
        around = (root.find(steps[:length])[0].text(found[1]) for length in range(len(steps), -1, -1))
        return next((text for text in around if text is not None), "*")


@dataclass(slots=True)
class Gaps:
    """The places at which something is not known, as a tree of steps."""

    below: "dict[str, Gaps]" = field(default_factory=dict)
    here: bool = False
    """Whether nothing is known of this place and all below it."""
    strays: set[str] = field(default_factory=set)
    """Names around what seems to stand at the wrong place: it may be missed anywhere."""

    def add(self, steps: Iterable[str | int]) -> None:
        """Tell that nothing is known of a place."""
        node = self
        for step in steps:
            node = node.below.setdefault(str(step), Gaps())
        node.here = True

    def misses(self, steps: Steps) -> None:
        """Tell that what was read at a place is not all that was meant to stand there."""
        if steps:
            self.add(steps)
            self.strays.add(str(steps[-1]))

    def touch(self, pattern: tuple[str, ...]) -> bool:
        """Whether something is not known at or above what a pattern stands for; with `**` at its end, below it too."""
        if self.here or pattern == ("**",):
            return self.here or bool(self.below)
        if not pattern:
            return False
        nodes = self.below.values() if pattern[0] == "*" else [self.below.get(pattern[0])]
        return any(node is not None and node.touch(pattern[1:]) for node in nodes)

    def spare(self, problem: Problem, rules: Iterable[Rule], root: Node) -> bool:
        """Whether a problem is one whatever stands in the gaps; not when no rule says what it stands on."""
        steps = tuple(str(step) for step in steps_of(problem.path))
        rule = next((rule for rule in rules if rule.matches(problem, steps)), None)
        if rule is None or self.touch(steps) or (self.strays and self._astray(problem, rule)):
            return False
        return not any(self.touch(pattern) for pattern in rule.bound(steps, root))

    def _astray(self, problem: Problem, rule: Rule) -> bool:
        """Whether what stands at the wrong place may be what the problem misses."""
        named = {name for quoted in _QUOTED.findall(problem.message) for name in quoted.split("/")}
        if self.strays & (named | rule.literals):
            return True
        return not problem.message.startswith("there is no ") and any("*" in read.split(".") for read in rule.reads)
