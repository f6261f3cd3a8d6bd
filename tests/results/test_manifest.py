"""The manifest: written, read again, refused where it cannot be understood."""

import datetime
import json
import math
from pathlib import Path

import pytest

from buildsim import __version__
from buildsim.errors import InputError
from buildsim.results.manifest import Manifest, canonical_json, model_hash, read_manifest
from buildsim.results.tables import FORMAT


def manifest(horizon: float = 914.0) -> Manifest:
    return Manifest(
        model_hash="abc", start=datetime.date(2025, 7, 1), horizon=horizon, seed=1, design="sobol", replications=64,
        keep_activities=100,
    )  # fmt: skip


@pytest.mark.parametrize("horizon", [914.0, math.inf])
def test_what_is_written_is_read(horizon: float, tmp_path: Path) -> None:
    written = manifest(horizon).after({"sampling": 1.0}, 120.0)
    written.write(tmp_path)
    assert read_manifest(tmp_path) == written
    assert [file.name for file in tmp_path.iterdir()] == ["manifest.json"]


def test_it_names_all_versions() -> None:
    assert set(manifest().versions) == {"buildsim", "python", "numpy", "simpy"}
    assert manifest().versions["buildsim"] == __version__
    assert manifest().format == FORMAT


def test_timings_add_up_and_memory_peaks() -> None:
    after = manifest().after({"sampling": 1.0, "writing": 2.0}, 50.0).after({"writing": 0.5, "simulating": 4.0}, 40.0)
    assert after.timings == {"sampling": 1.0, "writing": 2.5, "simulating": 4.0}
    assert after.peak_memory == 50.0


def test_the_hash_sees_the_declared_order() -> None:
    one, two = canonical_json({"a": 1, "b": 0.1}), canonical_json({"b": 0.1, "a": 1})
    assert one == '{"a":1,"b":0.1}'
    assert model_hash(one) != model_hash(two)
    assert model_hash(one) == model_hash(canonical_json(json.loads(json.dumps(json.loads(one), indent=4))))


def test_another_format_is_refused_by_name(tmp_path: Path) -> None:
    content = manifest().model_dump(mode="json") | {"format": FORMAT + 1, "news": "of a later version"}
    (tmp_path / "manifest.json").write_text(json.dumps(content))
    with pytest.raises(InputError, match=rf"table format {FORMAT + 1}, which buildsim .* does not read") as refused:
        read_manifest(tmp_path)
    assert refused.value.problems[0].path == "format"
    assert refused.value.problems[0].expected == f"table format {FORMAT}"


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[]", b"{}", b'{"format": 1, "seed": "x"}', b"null"])
def test_a_broken_manifest_is_wrong_input(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_bytes(content)
    with pytest.raises(InputError) as refused:
        read_manifest(tmp_path)
    assert all(problem.file == str(tmp_path / "manifest.json") for problem in refused.value.problems)


def test_a_folder_without_a_run_is_wrong_input(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"the folder holds no manifest\.json"):
        read_manifest(tmp_path)
    with pytest.raises(InputError, match="there is no such folder"):
        read_manifest(tmp_path / "nowhere")
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="there is no such folder"):
        read_manifest(tmp_path / "file")
