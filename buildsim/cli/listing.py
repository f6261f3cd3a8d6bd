"""`buildsim models` and `buildsim schema`: what is shipped, and what a model file may hold."""

from buildsim.cli.console import line, print_json, table
from buildsim.cli.options import AsJson

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def models(as_json: AsJson = False) -> None:
    """List the models and templates that come with buildsim."""
    from buildsim.model.shipped import shipped_models, shipped_templates

    found, templates = shipped_models(), shipped_templates()
    if as_json:
        kinds = (("model", found), ("template", templates))
        keys = ("name", "title", "description")
        rows = [(kind, one) for kind, listed in kinds for one in listed]
        print_json(
            [{"kind": kind, **{key: getattr(one, key) for key in keys}, "file": str(one.path)} for kind, one in rows]
        )
        return
    table(["Model", "What it is"], [[one.name, one.description or one.title] for one in found], "lL")
    line()
    table(["Templates to include", "What they hold"], [[f"{one.name}.yaml", one.title] for one in templates], "lL")


def schema() -> None:
    """Print the JSON Schema of a model file, for editors."""
    from buildsim.model.root import Model

    print_json({"$schema": DIALECT, **Model.model_json_schema()})
