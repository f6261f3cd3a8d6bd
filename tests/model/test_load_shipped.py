"""Models by name: what is shipped, how it is called, and what is told when there is none."""

from pathlib import Path
from typing import Any

import pytest

from buildsim.errors import InputError
from buildsim.model import shipped
from buildsim.model.shipped import find_model, models_folder, shipped_models, shipped_templates


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of shipped models, and a working folder with one model of the user's own."""
    folder = tmp_path / "shipped"
    for name in ("examples/one-hall", "examples/two-sites", "big/2025", "big/2026", "small/2025"):
        path = folder / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"name: {name.upper()}\ndescription: >\n  Of {name}.\n")
    (folder / "big" / "part.yaml").write_text("sites: {}\n")
    (folder / "templates").mkdir()
    (folder / "templates" / "hall.yaml").write_text("templates: {hall: {name: A hall}, other: {name: Another}}\n")
    (tmp_path / "work" / "one-hall").mkdir(parents=True)
    (tmp_path / "work" / "mine.yaml").write_text("name: Mine\n")
    monkeypatch.setattr(shipped, "models_folder", lambda: folder)
    monkeypatch.chdir(tmp_path / "work")
    return folder


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("one-hall", "examples/one-hall.yaml"),  # although there is a folder of that name
        ("examples/one-hall", "examples/one-hall.yaml"),
        ("examples/one-hall.yaml", "examples/one-hall.yaml"),
        ("models/examples/one-hall.yaml", "examples/one-hall.yaml"),
        ("./models/examples/one-hall", "examples/one-hall.yaml"),
        ("one-hall.yaml", "examples/one-hall.yaml"),
        ("2026", "big/2026.yaml"),
        ("big/2025", "big/2025.yaml"),
        ("big/part", "big/part.yaml"),
    ],
)
def test_shipped_models_are_found_by_name(models: Path, name: str, file: str) -> None:
    assert find_model(name).path == models / file


def test_an_existing_file_comes_first(models: Path) -> None:
    Path("one-hall.yaml").write_text("name: Mine\n")
    assert find_model("one-hall.yaml").path == Path.cwd() / "one-hall.yaml"
    assert find_model(Path("mine.yaml")).shown == "mine.yaml"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("one-hal", "did you mean 'examples/one-hall'"),
        ("exmples/one-hall.yaml", "did you mean 'examples/one-hall'"),
        ("min.yaml", "did you mean 'mine.yaml'"),
        ("2025", "several shipped models are called '2025': big/2025, small/2025"),
        ("hall", "there is no model file 'hall'"),
        ("../shipped/examples/one-hal", "there is no model file"),
        (".", "this is a directory"),
        ("a\0b", "there is no model file"),
        ("x" * 5000, "cannot be the name of a file"),
    ],
)
def test_what_is_not_there_is_refused(models: Path, name: str, told: str) -> None:
    with pytest.raises(InputError) as caught:
        find_model(name)
    assert told in str(caught.value)


def test_models_and_templates_are_listed_apart(models: Path) -> None:
    found = [(model.name, model.title, model.description) for model in shipped_models()]
    assert found == [
        ("big/2025", "BIG/2025", "Of big/2025."),
        ("big/2026", "BIG/2026", "Of big/2026."),
        ("examples/one-hall", "EXAMPLES/ONE-HALL", "Of examples/one-hall."),
        ("examples/two-sites", "EXAMPLES/TWO-SITES", "Of examples/two-sites."),
        ("small/2025", "SMALL/2025", "Of small/2025."),
    ]
    assert [(template.name, template.title) for template in shipped_templates()] == [
        ("templates/hall", "A hall, Another")
    ]


def test_without_shipped_models_files_are_read_all_the_same(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(shipped, "models_folder", lambda: None)
    monkeypatch.chdir(tmp_path)
    Path("mine.yaml").write_text("name: Mine\n")
    assert find_model("mine.yaml").path == tmp_path / "mine.yaml"
    assert shipped_models() == []
    with pytest.raises(InputError, match="there is no model file 'one-hall'"):
        find_model("one-hall")


def test_the_shipped_models_are_where_they_are_looked_for() -> None:
    folder = models_folder()
    assert folder is not None
    assert {"examples/one-hall", "examples/two-sites", "coreweave/2025"} <= {model.name for model in shipped_models()}
    assert all(model.title and model.description for model in shipped_models())
    assert "templates/liquid_hall" in {template.name for template in shipped_templates()}
