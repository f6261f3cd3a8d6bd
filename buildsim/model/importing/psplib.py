"""Reading PSPLIB files of one mode (.sm): the test set of Kolisch and Sprecher (1997), jobs and crews by number."""

import re
from dataclasses import dataclass, field

from buildsim.errors import InputError, Problem
from buildsim.model.importing.project import Fault, Project, faults
from buildsim.model.node import SourceFile

PRECEDENCE, REQUESTS, AVAILABLE = "PRECEDENCE RELATIONS", "REQUESTS/DURATIONS", "RESOURCEAVAILABILITIES"
_WHOLE = re.compile(r"[0-9]{1,9}")
_COUNT = re.compile(r":\s*([0-9]{1,9})\b")


def read_psplib(text: str, file: SourceFile) -> Project:
    """Return the network of a PSPLIB file; job 1 is activity 0.

    Raises:
        InputError: with every problem that was found, each with its line.
    """
    reader = _Reader(text.splitlines(), file)
    succ, dur, req, cap = reader.read()
    reader.stop_if_wrong()
    found = faults(succ, dur, req, cap, first=1)
    if found:
        raise InputError([reader.problem(fault) for fault in found])
    return Project(
        file.path.stem,
        file.path.name,
        tuple(map(tuple, succ)),
        tuple(float(days) for days in dur),
        tuple(map(tuple, req)),
        tuple(cap),
    )


@dataclass(slots=True)
class _Reader:
    """Reads the sections of a file, and remembers in which line each job stands."""

    lines: list[str]
    file: SourceFile
    problems: list[Problem] = field(default_factory=list)
    places: dict[tuple[str, int], int] = field(default_factory=dict)
    """The line, from 1, of each row: by field (`succ`, `dur`, `cap`) and job from 0."""

    def read(self) -> tuple[list[list[int]], list[int], list[list[int]], list[int]]:
        """Return successors, durations [days], crews held and crews there are, as far as they can be read."""
        jobs = self._count("jobs", "the number of jobs")
        self._single_mode()
        succ = [self._successors(numbers, place) for place, numbers in self._rows(PRECEDENCE, 2, jobs, "succ")]
        requests = [numbers for _, numbers in self._rows(REQUESTS, 3, jobs, "dur")]
        cap = self._capacities()
        for place, numbers in enumerate(requests):
            if len(numbers) != 3 + len(cap):
                message = f"job {place + 1} has {len(numbers)} numbers"
                expected = f"job, mode, duration and {len(cap)} numbers of crews"
                self._tell(self.places["dur", place], message, expected)
        return succ, [row[2] for row in requests if len(row) > 2], [row[3:] for row in requests], cap

    def stop_if_wrong(self) -> None:
        """Raise what was wrong with the form of the file."""
        if self.problems:
            raise InputError(self.problems)

    def problem(self, fault: Fault) -> Problem:
        """A fault of the network, told with the line and the job that it stands at."""
        name, *steps = fault.steps
        job = steps[0] if steps and isinstance(steps[0], int) else None
        if name == "cap":
            return Problem(f"R{(job or 0) + 1}", fault.message, self.file.shown, self.places["cap", 0], fault.expected)
        line = self.places.get(("succ" if name == "succ" else "dur", job)) if job is not None else None
        return Problem(
            f"job {job + 1}" if job is not None else "", fault.message, self.file.shown, line, fault.expected
        )

    def _tell(self, line: int | None, message: str, expected: str | None = None) -> None:
        self.problems.append(Problem("", message, self.file.shown, line, expected))

    def _find(self, words: str) -> int:
        """Return the position of the line that begins with `words`; stops when there is none."""
        for place, line in enumerate(self.lines):
            if line.strip().startswith(words):
                return place
        self._tell(len(self.lines), f"the file ends without a line '{words}'", "a PSPLIB file of one mode")
        raise InputError(self.problems)

    def _count(self, words: str, what: str) -> int:
        place = self._find(words)
        match = _COUNT.search(self.lines[place])
        if match is None or not int(match[1]):
            self._tell(place + 1, f"{what} is missing", f"'{words} ... : 32'")
            raise InputError(self.problems)
        return int(match[1])

    def _single_mode(self) -> None:
        for place, line in enumerate(self.lines):
            for kind in ("nonrenewable", "doubly constrained"):
                match = _COUNT.search(line)
                if line.strip().lstrip("- ").startswith(kind) and match is not None and int(match[1]):
                    self._tell(place + 1, f"{kind} resources are not read", "renewable resources only")

    def _rows(self, section: str, ahead: int, jobs: int, name: str) -> list[tuple[int, list[int]]]:
        """Return (job from 0, numbers) of a section's rows, `ahead` lines below its heading; one for each job."""
        first = self._find(section) + ahead
        found: list[tuple[int, list[int]]] = []
        for place in range(jobs):
            line = first + place
            text = self.lines[line].strip() if line < len(self.lines) else ""
            if not text or text.startswith("*"):
                self._tell(min(line, len(self.lines) - 1) + 1, f"{section} ends after {place} of {jobs} jobs")
                raise InputError(self.problems)
            numbers = self._numbers(text, line + 1)
            self.places[name, place] = line + 1
            if numbers[0] != place + 1:
                self._tell(
                    line + 1, f"job {numbers[0]} stands where job {place + 1} is due", "one row a job, of one mode"
                )
                raise InputError(self.problems)
            if len(numbers) > 1 and numbers[1] != 1:
                self._tell(line + 1, f"job {numbers[0]} has mode {numbers[1]}", "jobs of one mode")
            found.append((place, numbers))
        after = self.lines[first + jobs].strip() if first + jobs < len(self.lines) else ""
        if after and not after.startswith("*"):
            self._tell(first + jobs + 1, f"{section} goes on after {jobs} jobs", f"{jobs} rows, as the head says")
        return found

    def _successors(self, numbers: list[int], job: int) -> list[int]:
        after = [number - 1 for number in numbers[3:]]
        if len(numbers) < 3 or numbers[2] != len(after):
            said = numbers[2] if len(numbers) > 2 else 0
            message = f"job {job + 1} is said to have {said} successors, but {len(after)} stand there"
            self._tell(self.places["succ", job], message)
        return after

    def _capacities(self) -> list[int]:
        place = self._find(AVAILABLE) + 2
        if place >= len(self.lines) or not self.lines[place].strip() or self.lines[place].startswith("*"):
            self._tell(min(place, len(self.lines)), "the numbers of crews there are are missing", "a row of numbers")
            raise InputError(self.problems)
        self.places["cap", 0] = place + 1
        return self._numbers(self.lines[place], place + 1)

    def _numbers(self, text: str, line: int) -> list[int]:
        words = text.split()
        wrong = [word for word in words if not _WHOLE.fullmatch(word)]
        if wrong:
            self._tell(line, f"'{wrong[0][:40]}' is not a whole number", "whole numbers")
            raise InputError(self.problems)
        return [int(word) for word in words]
