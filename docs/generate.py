#!/usr/bin/env python3
"""Writes the pages that are made from the code, and what the code of all pages prints.

python docs/generate.py             write the reference pages, then replay every page
python docs/generate.py --check     write nothing; exit with 1 when a page would change
python docs/generate.py PAGE ...    only these pages
"""

import argparse
import difflib
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # so that this runs as a script from anywhere

from buildsim.results.tables import render_tables  # noqa: E402
from docs.command_reference import command_page  # noqa: E402
from docs.model_reference import model_page  # noqa: E402
from docs.runner import Replay, pages  # noqa: E402


def reference_pages() -> dict[Path, str]:
    """The pages that are made from the code."""
    folder = ROOT / "docs" / "reference"
    return {
        folder / "tables.md": render_tables(),
        folder / "model.md": model_page(),
        folder / "cli.md": command_page(),
    }


def replayed(page: Path) -> str:
    """A page with what its code prints now."""
    with tempfile.TemporaryDirectory() as folder:
        return Replay(Path(folder)).page(page.read_text(encoding="utf-8"))


def main() -> int:
    """Bring the pages up to date, or tell whether they are."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing")
    parser.add_argument("only", metavar="PAGE", nargs="*", type=Path, help="all pages by default")
    given = parser.parse_args()
    check, only = given.check, [page.resolve() for page in given.only]
    made = reference_pages()
    every = [*made, *(page for page in pages() if page not in made)]
    if unknown := [page for page in only if page not in every]:
        parser.error(f"no page of the documentation: {', '.join(map(str, unknown))}")
    stale = 0
    for page in only or every:
        new = made[page] if page in made else replayed(page)
        old = page.read_text(encoding="utf-8") if page.exists() else ""
        if new == old:
            continue
        stale += 1
        name = page.relative_to(ROOT)
        print(f"{'stale' if check else 'written'}: {name}")
        if check:
            sys.stdout.writelines(
                difflib.unified_diff(old.splitlines(True), new.splitlines(True), f"{name}", f"{name}, now")
            )
        else:
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(new, encoding="utf-8")
    return int(check and stale > 0)


if __name__ == "__main__":
    raise SystemExit(main())
