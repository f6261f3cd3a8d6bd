"""Where the numbers of the shipped models come from: each has a source, and none knows what came later."""

import datetime
import re
from pathlib import Path

import pytest

import buildsim as bs
from buildsim.model.shipped import models_folder
from tests.models.yaml_numbers import is_number, numbers, sources, tree

FOLDER = models_folder() or Path()
FILES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.yaml"))

FRAME = ("start", "information", "horizon")
"""What a model asks about; the choice of who runs it, not a figure from the world."""
AT_THE_HEAD = {
    "coreweave/labour.yaml": "one table from one derivation, which its head describes",
    "coreweave/2024-labour.yaml": "one table from one derivation, which its head describes",
}
"""Files whose one `source` at the head is enough, with the reason."""
ELSEWHERE = {
    (
        "coreweave/2025-with-options.yaml",
        "scenarios.no-disruptions",
    ): "adds a line to a scenario of 2025.yaml, sourced there",
}
"""Entries whose source stands in the file that they add to, with the reason."""


def test_the_models_are_found() -> None:
    assert len(FILES) >= 15
    assert set(AT_THE_HEAD) <= set(FILES)


@pytest.mark.parametrize("file", FILES)
def test_every_number_has_a_source(file: str) -> None:
    """Its own, or that of a mapping around it within the same top-level entry."""
    bare = []
    for number in numbers(tree(FOLDER / file)):
        if number.path[0] in FRAME or number.sourced >= 1 or (number.sourced == 0 and file in AT_THE_HEAD):
            continue
        if not any(".".join(number.path).startswith(entry) for name, entry in ELSEWHERE if name == file):
            bare.append(f"{'.'.join(number.path)}: {number.value}")
    assert not bare, "\n".join(bare)


def test_exemptions_are_needed_and_hold() -> None:
    for file in AT_THE_HEAD:
        found = list(numbers(tree(FOLDER / file)))
        assert found
        assert all(number.sourced == 0 for number in found)
    for file, entry in ELSEWHERE:
        bare = [n for n in numbers(tree(FOLDER / file)) if n.sourced < 1 and ".".join(n.path).startswith(entry)]
        assert bare, f"{entry} of {file} needs no exemption"
    assert bs.load("coreweave/2025-with-options").scenarios["no-disruptions"].source


def test_numbers_are_told_from_names() -> None:
    for number in (
        3,
        0.5,
        datetime.date(2025, 7, 1),
        "26 weeks",
        "$1.2bn",
        "12-24..01-01",
        "A1 SS + 15 workdays",
        "20 per 1000",
    ):
        assert is_number(number), number
    for name in (True, None, "GB300", "denton/h02", "us-average", "A1", "sites.*.halls.*.*.hours_per_mw", "NO"):
        assert not is_number(name), name
    found = list(numbers({"a": {"source": "x", "b": {"c": 1}, "d": [{"source": "y", "e": 2}]}, "f": {"g": 3}}))
    assert [(number.path, number.sourced) for number in found] == [
        (("a", "b", "c"), 1),
        (("a", "d", "0", "e"), 3),
        (("f", "g"), -1),
    ]


# -- dates ---------------------------------------------------------------------------------------

KNOWN = datetime.date(2025, 8, 12)
"""The information date of the reference model; the templates and the examples rest on what was known then, too."""
KNOWN_2024 = datetime.date(2024, 12, 31)
"""That of the model as of the end of 2024."""
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
ISO_DAY = re.compile(r"\b(20\d\d)[-/](\d\d)[-/](\d\d)\b")
NAMED_DAY = re.compile(rf"\b(\d{{1,2}}) ({'|'.join(MONTHS)}) (20\d\d)\b")
MONTH = re.compile(rf"\b({'|'.join(MONTHS)}) (20\d\d)\b")
QUARTER = re.compile(r"\bQ([1-4]) (20\d\d)\b")
YEAR = re.compile(r"\b(20\d\d)\b")
RELEASED = {(2025, 1): datetime.date(2025, 5, 14), (2025, 2): KNOWN}
"""When CoreWeave published the quarters that a source may name; a later quarter was not out on the information date."""
EXEMPT: dict[str, str] = {
    "published as a level: 60 to 130, 90 in between, on data-centre mega-projects (allwork.space, November 2025); "
    "crew: assumption": "a level of wages, published later",
    "CoreWeave, prospectus of March 2025, for 2024-12-31: 15-25 % of contract value": "the state at the end of 2024",
    "derived: an option worth about USD 12bn (Semafor, March 2025: that it was held), at USD 9.6m per MW and year over "
    "five years 250 MW (220-280), of which 227 MW have a place here; sites and dates: assumption": "held in 2024; not "
    "what became of it",
    "assumption: 20 MW, at the revenue of 2024 per MW; named as a customer in the prospectus of March 2025": "a "
    "customer in 2024",
    "assumption: 8 MW, at the revenue of 2024 per MW; named in the prospectus of March 2025": "a customer in 2024",
    "derived: 260 MW of August 2025 less 70 MW added in February 2025; start of works: Epoch AI, CC BY 4.0; "
    "site split: "
    "assumption": "the size of a contract of 2024, which nobody published then",
}
"""Texts that may name a later date, each with the reason: a level or a state that was published later, no outcome."""


def known(file: str) -> datetime.date:
    """Return the information date that a file rests on; the templates and the examples rest on the later one."""
    return KNOWN_2024 if file.startswith("coreweave/2024") else KNOWN


def dates_in(text: str) -> list[datetime.date]:
    """The earliest date that each publication named in a text can have; months and years count from their first day."""
    found = [datetime.date(int(y), int(m), int(d)) for y, m, d in ISO_DAY.findall(text)]
    found += [datetime.date(int(y), MONTHS.index(m) + 1, int(d)) for d, m, y in NAMED_DAY.findall(text)]
    found += [datetime.date(int(y), MONTHS.index(m) + 1, 1) for m, y in MONTH.findall(text)]
    for quarter, year in QUARTER.findall(text):
        ended = datetime.date(int(year) + int(quarter) // 4, int(quarter) % 4 * 3 + 1, 1)
        found.append(RELEASED.get((int(year), int(quarter)), ended))
    found += [datetime.date(int(year), 1, 1) for year in YEAR.findall(text)]
    return found


def test_exempt_texts_are_there() -> None:
    there = {text for file in FILES for _, text in sources(tree(FOLDER / file))}
    assert set(EXEMPT) <= there


@pytest.mark.parametrize("file", FILES)
def test_no_source_is_later_than_the_information_date(file: str) -> None:
    late = [
        f"{'.'.join(path)}: {text}"
        for path, text in sources(tree(FOLDER / file))
        if text not in EXEMPT and any(date > known(file) for date in dates_in(text))
    ]
    assert not late, "\n".join(late)


def test_the_reference_models_state_the_information_date() -> None:
    for name in ("coreweave/2024", "coreweave/2025", "coreweave/2025-with-options"):
        assert bs.load(name).information == known(name)


@pytest.mark.parametrize(
    ("text", "late"),
    [
        ("CoreWeave Q2 2025 release", False),
        ("CoreWeave Q3 2025 release", True),
        ("The Register, August 2025", False),
        ("The Register, September 2025", True),
        ("the company on 12 August 2025", False),
        ("the company on 13 August 2025", True),
        ("https://example.org/2025/08/13/page", True),
        ("dated 2025-08-12", False),
        ("published reports, 2026", True),
        ("assumption: lead times of 2022", False),
        ("Q4 2024 call", False),
    ],
)
def test_dates_are_found_in_texts(text: str, late: bool) -> None:
    assert any(date > KNOWN for date in dates_in(text)) == late


def test_dates_of_the_past_that_are_inputs_are_not_uncertain() -> None:
    """Nothing uncertain lies wholly before the information date: what happened by then is a dated input."""
    for name in ("coreweave/2024", "coreweave/2025", "coreweave/2025-with-options"):
        model = bs.load(name)
        for site_id, site in model.sites.items():
            for key, source in site.power.items():
                for step_id, step in getattr(source, "steps", {}).items():
                    if step.date is not None and step.date.dist.low < step.date.dist.high:
                        assert step.date.dist.high > known(name).toordinal(), (site_id, key, step_id)
