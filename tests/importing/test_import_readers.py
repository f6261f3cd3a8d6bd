"""Reading PSPLIB files and networks as JSON, and what is told when they are malformed."""

import re
from pathlib import Path

import pytest

from buildsim.errors import InputError
from buildsim.model.importing import read_project
from tests.importing.networks import TINY_JSON, TINY_SM


@pytest.mark.parametrize(("name", "text"), [("tiny.sm", TINY_SM), ("tiny.json", TINY_JSON)])
def test_both_formats_say_the_same(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    project = read_project(tmp_path / name)
    assert (project.name, project.origin) == ("tiny", name)
    assert project.successors == ((1, 2, 3), (4,), (4,), (5,), (5,), ())
    assert project.durations == (0.0, 4.0, 3.0, 7.0, 5.0, 0.0)
    assert project.uses == ((0, 0), (2, 0), (1, 1), (0, 1), (1, 0), (0, 0))
    assert project.capacities == (2, 1)
    assert project.predecessors == [[], [0], [0], [0], [1, 2], [3, 4]]
    assert project.links == 7


@pytest.mark.parametrize(("name", "text"), [("tiny.txt", TINY_SM), ("tiny", TINY_JSON)])
def test_the_content_tells_where_the_name_does_not(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert len(read_project(tmp_path / name).durations) == 6


def test_windows_line_ends(tmp_path: Path) -> None:
    (tmp_path / "tiny.sm").write_bytes(TINY_SM.replace("\n", "\r\n").encode())
    assert read_project(tmp_path / "tiny.sm").capacities == (2, 1)


PSPLIB = [
    (
        "   5        1          1           6",
        "   5        1          1           9",
        r":23: job 5: .*no activity 9; .*from 1 to 6",
    ),
    (
        "   5        1          1           6",
        "   5        1          1           5",
        r":23: job 5: the activity follows itself",
    ),
    (
        "   5        1          1           6",
        "   5        1          2           6",
        r":23: job 5 is said to have 2 succ",
    ),
    ("   5        1          1           6", "   5        2          1           6", r":23: job 5 has mode 2"),
    ("   5        1          1           6", "   7        1          1           6", r":23: job 7 stands where job 5"),
    ("   5        1          1           6\n", "", r":23: job 6 stands where job 5"),
    ("   5        1          1           6", "   5        1          1           x", r":23: 'x' is not a whole number"),
    (
        "   5        1          1           6",
        "   5        1          1           2",
        r":(20|23): job [25]: .*in a circle",
    ),
    (
        "   6        1          0",
        "   6        1          0\n   7        1          0",
        r":25: PRECEDENCE .* goes on after 6",
    ),
    (
        "  2      1     4       2    0",
        "  2      1     4       3    0",
        r":30: job 2: .*holds 3 crews of kind 1, but there are 2",
    ),
    (
        "  2      1     4       2    0",
        "  2      1     4       2",
        r":30: job 2 has 4 numbers; expected job, mode, duration and 2",
    ),
    ("  2      1     4       2    0", "  2      1    -4       2    0", r":30: '-4' is not a whole number"),
    ("  6      1     0       0    0\n", "", r":34: REQUESTS/DURATIONS ends after 5 of 6 jobs"),
    ("    2    1\n", "", r":37: the numbers of crews there are are missing"),
    ("nonrenewable              :  0", "nonrenewable              :  2", r":10: nonrenewable resources are not read"),
    ("sink ):  6", "sink ):  ", r":6: the number of jobs is missing"),
    ("PRECEDENCE RELATIONS:", "PRECEDENCES:", r":39: the file ends without a line 'PRECEDENCE RELATIONS'"),
    ("RESOURCEAVAILABILITIES:", "", r":39: the file ends without a line 'RESOURCEAV"),
]


@pytest.mark.parametrize(("good", "bad", "told"), PSPLIB)
def test_a_malformed_psplib_file_is_told_with_its_line(tmp_path: Path, good: str, bad: str, told: str) -> None:
    assert TINY_SM.count(good) == 1
    _refused(tmp_path / "tiny.sm", TINY_SM.replace(good, bad), told)


JSON = [
    (
        '"succ": [[1, 2, 3]',
        '"succ": [[1, 2, 9]',
        r":3: succ\[0\]\[2\]: there is no activity 9; expected a number from 0 to 5",
    ),
    ('"succ": [[1, 2, 3]', '"succ": [[1, 2, 3.0]', r":3: succ\[0\]\[2\]: there is no activity 3.0"),
    ('"succ": [[1, 2, 3]', '"succ": [[0, 2, 3]', r":3: succ\[0\]\[0\]: the activity follows itself"),
    ('"succ": [[1, 2, 3]', '"succ": ["123"', r":3: succ\[0\]: the successors are not a list"),
    ("[5], []]", "[5], [1]]", r":3: succ\[\d\]: the dependences run in a circle: "),
    ("[5], []]", "[5]]", r":4: dur: there are 6 entries for 5 activities"),
    ("[0, 4, 3,", "[0, -4, 3,", r":4: dur\[1\]: -4 is not a duration"),
    ("[0, 4, 3,", "[0, true, 3,", r":4: dur\[1\]: True is not a duration"),
    ("[0, 4, 3,", "[0, NaN, 3,", r":4: dur\[1\]: nan is not a duration"),
    ("[0, 4, 3,", '[0, "4 days", 3,', r":4: dur\[1\]: '4 days' is not a duration"),
    ("[2, 0]", "[3, 0]", r":7: req\[1\]\[0\]: .*holds 3 crews of kind 1, but there are 2; expected at most 2"),
    ("[2, 0]", "[2]", r":7: req\[1\]: .*do not fit .*; expected 2 numbers"),
    ("[2, 0]", "[1.5, 0]", r":7: req\[1\]\[0\]: 1.5 is not a number of crews"),
    ('"cap": [2, 1]', '"cap": [2, -1]', r":13: cap\[1\]: -1 is not a number of crews"),
    ('"cap": [2, 1]', '"cap": 2', r":13: cap: 'cap' is not a list"),
    ('"cap": [2, 1]', '"caps": [2, 1]', r"the key 'cap' is missing"),
    ('"n": 6', '"n": 7', r":2: n: 7 is not the number of activities; expected 6"),
    ('"n": 6', '"dur": []', r"dur: the key 'dur' is here twice"),
    ('"cap": [2, 1]', '"cap": [2, 1', r":14: this is not JSON: "),
]


@pytest.mark.parametrize(("good", "bad", "told"), JSON)
def test_malformed_json_is_told_with_its_line(tmp_path: Path, good: str, bad: str, told: str) -> None:
    assert TINY_JSON.count(good) == 1
    _refused(tmp_path / "tiny.json", TINY_JSON.replace(good, bad), told)


FILES = [
    ("tiny.json", b"", "the file is empty"),
    ("tiny.json", b"[]", "tiny.json:1: the file does not hold a mapping"),
    ("tiny.json", b'{"succ": [], "dur": [], "req": [], "cap": []}', "there are no activities"),
    ("tiny.json", b"[" * 100_000, "nested too deep"),
    ("tiny.json", b'{"n": ' + b"9" * 5000 + b"}", "a number is too long"),
    ("tiny.sm", b"\xff\xfe\x00", "the file is in UTF-16; expected a PSPLIB file"),
    ("tiny.sm", b"\x80\x81", "tiny.sm:1: the file is not text in UTF-8; expected a PSPLIB file"),
    ("tiny.xer", b"ERMHDR", "holds no schedule that buildsim reads; expected a PSPLIB file"),
]


@pytest.mark.parametrize(("name", "content", "told"), FILES)
def test_files_that_hold_no_network(tmp_path: Path, name: str, content: bytes, told: str) -> None:
    _refused(tmp_path / name, content, told)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    text = TINY_JSON.replace("[0, 4, 3,", "[0, -4, -3,").replace("[[1, 2, 3]", "[[1, 2, 9]")
    (tmp_path / "tiny.json").write_text(text)
    with pytest.raises(InputError) as caught:
        read_project(tmp_path / "tiny.json")
    assert [problem.path for problem in caught.value.problems] == ["succ[0][2]", "dur[1]", "dur[2]"]


def test_a_folder_is_no_schedule(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="this is a directory"):
        read_project(tmp_path)


def _refused(path: Path, content: str | bytes, told: str) -> None:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InputError) as caught:
        read_project(path)
    problems = "\n".join(str(problem).replace(str(path.parent) + "/", "") for problem in caught.value.problems)
    assert re.search(told, problems), problems
