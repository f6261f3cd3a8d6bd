"""Reading YAML: what scalars mean, what is refused, and that nothing runs or explodes."""

import datetime
from pathlib import Path

import pytest

from buildsim.errors import InputError
from buildsim.model.node import SourceFile
from buildsim.model.yamlfile import MAX_BYTES, MAX_DIGITS, Budget, read_value, read_yaml, resolve_scalar


def file_of(folder: Path, content: str | bytes) -> SourceFile:
    path = folder / "m.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return SourceFile(path, "m.yaml", folder)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("true", True),
        ("False", False),
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("NO", "NO"),
        ("12", 12),
        ("-3", -3),
        ("0017", 17),
        ("1_000", "1_000"),
        ("0x1F", "0x1F"),
        ("0o17", "0o17"),
        ("1e5", 1e5),
        ("2.5", 2.5),
        (".5", 0.5),
        ("1.", 1.0),
        ("6.02e+23", 6.02e23),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("1e999", "1e999"),
        ("1:30", "1:30"),
        ("190:20:30", "190:20:30"),
        ("12-24", "12-24"),
        ("12-24..01-01", "12-24..01-01"),
        ("2025-10-31", datetime.date(2025, 10, 31)),
        ("2025-02-30", "2025-02-30"),
        ("2025-10-31T10:00:00", "2025-10-31T10:00:00"),
        ("0000-01-01", "0000-01-01"),
        ("26 weeks", "26 weeks"),
        ("$11.9bn", "$11.9bn"),
        ("=", "="),
        ("9" * (MAX_DIGITS + 1), "9" * (MAX_DIGITS + 1)),
        ("١٢", "١٢"),
    ],
)
def test_scalars_mean_what_yaml_1_2_says(text: str, value: object) -> None:
    found = resolve_scalar(text)
    assert found == value
    assert type(found) is type(value)


def test_quotes_make_text(tmp_path: Path) -> None:
    node, problems = read_yaml(file_of(tmp_path, "a: '12'\nb: \"2025-10-31\"\nc: !!str 5\nd: |\n  12\n"))
    assert node.plain() == {"a": "12", "b": "2025-10-31", "c": "5", "d": "12\n"}
    assert problems == []


def test_words_that_yaml_1_1_takes_for_truth_values_are_good_keys(tmp_path: Path) -> None:
    node, problems = read_yaml(file_of(tmp_path, "on: [a]\nno: 1\ny: 2\n'true': 3\n"))
    assert list(node.plain()) == ["on", "no", "y", "true"]
    assert problems == []


def test_every_value_knows_its_place(tmp_path: Path) -> None:
    text = "a:\n  b: {c: 1, d: 2}\n  e:\n  - x\n  - y: 3\n"
    node, _ = read_yaml(file_of(tmp_path, text))
    places = {
        ("a",): (1, 1),
        ("a", "b"): (2, 3),
        ("a", "b", "d"): (2, 13),
        ("a", "e", 0): (4, 5),
        ("a", "e", 1, "y"): (5, 5),
    }
    for steps, place in places.items():
        found, exact = node.find(steps)
        assert exact
        assert (found.line, found.column) == place
    assert node.find(("a", "b", "nothing", "below"))[0].line == 2


def test_a_byte_order_mark_is_no_matter(tmp_path: Path) -> None:
    assert read_yaml(file_of(tmp_path, b"\xef\xbb\xbfa: 1"))[0].plain() == {"a": 1}


def test_aliases_are_written_out(tmp_path: Path) -> None:
    node, _ = read_yaml(file_of(tmp_path, "a: &x {p: 1, q: [2]}\nb: *x\nc:\n  d: *x\n"))
    assert node.plain() == {"a": {"p": 1, "q": [2]}, "b": {"p": 1, "q": [2]}, "c": {"d": {"p": 1, "q": [2]}}}


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10)
)
NESTED_ALIASES = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 80))


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        pytest.param(b"", None, "the file is empty", id="empty"),
        pytest.param("# only a remark\n", None, "the file is empty", id="remark"),
        pytest.param("---\n...\n", None, "the file is empty", id="empty document"),
        pytest.param("- a\n- b\n", 1, "does not hold a mapping", id="list"),
        pytest.param("hello", 1, "does not hold a mapping", id="text"),
        pytest.param("a: 1\n---\nb: 2\n", 2, "second document", id="documents"),
        pytest.param(b"\x00\x01\x02\x89PNG", None, "not text in UTF-8", id="binary"),
        pytest.param(b"a: 1\nb: \x01\n", 2, "U+0001", id="control character"),
        pytest.param(b"a: 1\nb: \xff\n", 2, "not text in UTF-8", id="latin-1"),
        pytest.param("a: 1".encode("utf-16"), None, "UTF-16", id="utf-16"),
        pytest.param("a:\n\t- 1\n", 2, "tabs", id="tab"),
        pytest.param("a: b: c\n", 1, "quotes", id="colon in text"),
        pytest.param("a: [1, 2\nb: 3\n", 2, "begins in line 1", id="open bracket"),
        pytest.param("a: 'x\n", None, "not YAML", id="open quote"),
        pytest.param("a: @x\n", 1, "quotes", id="special character"),
        pytest.param("? [a, b]\n: 1\n", 1, "a key must be text", id="list as key"),
        pytest.param("a: &x 1\n*x : 2\n", 2, "a key must be text", id="alias as key"),
        pytest.param(BOMB, 6, "aliases stand for more than 200,000", id="alias bomb"),
        pytest.param(NESTED_ALIASES, 60, "nested more than 60 deep", id="nested aliases"),
        pytest.param("a: &a {b: *a}\n", 1, "stands inside what it names", id="circular alias"),
        pytest.param("a: *x\n", 1, "names no anchor", id="dangling alias"),
        pytest.param("[" * 100_000, 1, "nested more than 60 deep", id="brackets"),
        pytest.param("{a: " * 100_000, 1, "nested more than 60 deep", id="braces"),
        pytest.param("a: " + "x" * MAX_BYTES, None, "larger than 20 MB", id="large"),
    ],
)
def test_what_stops_the_reading_is_told_with_its_line(
    tmp_path: Path, content: str | bytes, line: int | None, words: str
) -> None:
    with pytest.raises(InputError) as caught:
        read_yaml(file_of(tmp_path, content))
    (problem,) = caught.value.problems
    assert words in str(problem)
    assert problem.file == "m.yaml"
    if line is not None:
        assert problem.line == line


def test_the_number_of_values_is_bounded(tmp_path: Path) -> None:
    budget = Budget(nodes=7)
    read_yaml(file_of(tmp_path, "a: [1, 2, 3]\n"), budget)
    with pytest.raises(InputError, match="more than 1,000,000 values"):
        read_yaml(file_of(tmp_path, "a: [1, 2, 3]\n"), budget)


@pytest.mark.parametrize(
    ("content", "line", "path", "words"),
    [
        pytest.param("a: 1\nb: 2\na: 3\n", 3, "a", "twice, first in line 1", id="duplicate"),
        pytest.param("s:\n  a: 1\n  a: 1\n", 3, "s.a", "twice, first in line 2", id="duplicate below"),
        pytest.param("a: {b: 1, b: 2}\n", 1, "a.b", "twice", id="duplicate in braces"),
        pytest.param("a: 1\n1: x\n", 2, "", "the key '1' is not text but a number", id="number as key"),
        pytest.param("true: x\n", 1, "", "truth value", id="truth value as key"),
        pytest.param("a:\n  2025-01-01: x\n", 2, "a", "a date", id="date as key"),
        pytest.param("~: x\n", 1, "", "null", id="null as key"),
        pytest.param("t: {damages: $25,079, value: 1}\n", 1, "t", "thousands comma", id="thousands comma"),
        pytest.param("a: &x {b: 1}\nc:\n  <<: *x\n", 3, "c", "merge keys", id="merge key"),
        pytest.param("a: !!int '5'\n", 1, "a", "the tag", id="int tag"),
        pytest.param("a: !!python/object/apply:os.system [ls]\n", 1, "a", "the tag", id="python tag"),
        pytest.param("a: !mine {b: 1}\n", 1, "a", "the tag", id="own tag"),
        pytest.param(
            "%TAG ! tag:yaml.org,2002:python/\n---\na: !name:os.system x\n", 3, "a", "the tag", id="tag prefix"
        ),
    ],
)
def test_what_does_not_stop_the_reading_is_kept(tmp_path: Path, content: str, line: int, path: str, words: str) -> None:
    _, problems = read_yaml(file_of(tmp_path, content))
    (problem,) = problems
    assert words in str(problem)
    assert (problem.file, problem.line, problem.path) == ("m.yaml", line, path)


def test_all_problems_come_at_once(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_yaml(file_of(tmp_path, "a: 1\na: 2\n1: x\nb: [\n"))
    assert [problem.line for problem in caught.value.problems] == [2, 3, 5]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("20 per 1000", "20 per 1000"),
        ("5", 5),
        ("2025-10-31", datetime.date(2025, 10, 31)),
        ("{low: 1 days, high: 2 days}", {"low": "1 days", "high": "2 days"}),
        ("[a, 'b']", ["a", "b"]),
        ("", None),
        ("$25,079", "$25,079"),
    ],
)
def test_values_of_assignments(text: str, value: object) -> None:
    assert read_value(text).plain() == value


@pytest.mark.parametrize("text", ["[1", "{a: 1, a: 2}", "!!python/name:os.system x", "*", "a\n---\nb", "[" * 1000])
def test_values_of_assignments_that_are_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_value(text)
