"""The pages: their code runs and prints what they show, what is made from the code is fresh, links lead somewhere."""

import re
from pathlib import Path

import pytest

from docs.generate import reference_pages
from docs.runner import ROOT, Block, PageError, Replay, blocks, make_targets, pages

PAGES = {str(page.relative_to(ROOT)): page for page in pages()}
LINK = re.compile(r"!?\[[^\]]*\]\((?P<target>[^)\s]+)\)")


def prose(page: Path) -> str:
    """A page without its code."""
    return "\n".join(part for part in blocks(page.read_text(encoding="utf-8")) if isinstance(part, str))


def anchors(page: Path) -> set[str]:
    """What a link may name in a page: its headings, as they are turned into anchors on the web."""
    headings = re.findall(r"^#+ (.*)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES)
def test_the_code_of_a_page_prints_what_the_page_shows(page, tmp_path):
    text = PAGES[page].read_text(encoding="utf-8")
    assert Replay(tmp_path).page(text) == text, "python docs/generate.py brings the pages up to date"


def test_reference_pages_are_fresh():
    for page, made in reference_pages().items():
        assert page.read_text(encoding="utf-8") == made, f"{page.name} is stale: python docs/generate.py"


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page):
    broken = []
    for target in (found["target"] for found in LINK.finditer(prose(PAGES[page]))):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        file = (PAGES[page].parent / name).resolve() if name else PAGES[page]
        if not file.exists() or (anchor and anchor not in anchors(file)):
            broken.append(target)
    assert not broken


def test_every_page_can_be_reached_from_the_index():
    index = ROOT / "docs" / "index.md"
    named = {(index.parent / found["target"].partition("#")[0]).resolve() for found in LINK.finditer(prose(index))}
    assert {page for page in PAGES.values() if page.parent != ROOT and page != index} <= named


@pytest.mark.parametrize("page", PAGES)
def test_no_page_knows_where_it_was_made(page):
    assert not re.search(rf"{re.escape(str(ROOT))}|/tmp/|/home/|/root/", PAGES[page].read_text(encoding="utf-8"))


# -- the runner itself -----------------------------------------------------------------------------


def test_an_output_that_is_wrong_is_mended(tmp_path):
    page = "```python\n>>> 1 + 1\n3\n```\n\n```python\nprint('a')\n```\n\n```text\nb\n```\n"
    assert Replay(tmp_path).page(page) == page.replace("3", "2").replace("\nb\n", "\na\n")


def test_code_shares_names_files_and_modules(tmp_path):
    page = "```python file=tool.py\nSIZE = 3\n```\n\n```python\n>>> import tool\n>>> tool.SIZE\n3\n```\n"
    assert Replay(tmp_path).page(page) == page
    assert Replay(tmp_path).page(page) == page


def test_an_exception_is_shown_as_in_a_doctest(tmp_path):
    page = "```python\n>>> int('x')\nTraceback (most recent call last):\n    ...\nValueError: no number\n```\n"
    mended = Replay(tmp_path).page(page)
    assert "ValueError: invalid literal for int() with base 10: 'x'" in mended


def test_an_output_is_kept_as_far_as_the_page_says(tmp_path):
    page = "```console head=1\n$ buildsim models\n```\n"
    assert Replay(tmp_path).page(page).splitlines()[3:] == ["...", "```"]


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ("```console\n$ rm -r x\n```", "'rm' is not run"),
        ("```console\n$ buildsim check no-such-model\n```", "ended with 2, not 0"),
        ("```console exit=2\n$ buildsim models\n```", "ended with 0, not 2"),
        ("```python\n1 / 0\n```", "ZeroDivisionError"),
        ("```yaml\na: [1\n```", "this is not YAML"),
        ("```sh\nmake no-such-target\n```", "targets"),
        ("```bash\nls\n```", "'bash' is neither run nor read"),
        ("```python\nx = 1", "does not end"),
    ],
)
def test_what_cannot_be_replayed_is_told(block, said, tmp_path):
    with pytest.raises(PageError, match=re.escape(said)):
        Replay(tmp_path).page(f"{block}\n")


def test_the_two_commands_of_the_readme():
    parts = blocks((ROOT / "README.md").read_text(encoding="utf-8"))
    [commands] = [part for part in parts if isinstance(part, Block) and part.kind == "sh"]
    assert [line.split()[:2] for line in make_targets(commands.code)] == [["make", "study"], ["make", "test"]]
