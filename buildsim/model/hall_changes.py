"""Changes that halls make to the activities of their template: whether they fit."""

from collections.abc import Iterator
from dataclasses import replace

from pydantic import ValidationError

from buildsim.domain.construction.activities import Template
from buildsim.errors import Problem
from buildsim.model.node import node_of
from buildsim.model.root import Model
from buildsim.model.site import Hall
from buildsim.model.translate import problems_of


def check_hall_changes(model: Model) -> Iterator[Problem]:
    """Every problem with the changes, each at its dotted path; activities that the template has not are left aside."""
    for site_key, site in model.sites.items():
        for hall_key, hall in site.halls.items():
            template = model.templates.get(hall.template)
            if template is not None and hall.activities:
                above = f"sites.{site_key}.halls.{hall_key}"
                for problem in _problems(template, hall):
                    yield replace(problem, path=f"{above}.{problem.path}", file=None, line=None)


def _problems(template: Template, hall: Hall) -> list[Problem]:
    """The problems of a hall's template with its changes, with paths from the hall on."""
    data = template.model_dump(mode="json", exclude_none=True)
    for key, changes in hall.activities.items():
        if key in data["activities"]:
            data["activities"][key] |= changes
    try:
        Template.model_validate(data)
    except ValidationError as error:
        return problems_of(error, node_of(data), Template)
    return []
