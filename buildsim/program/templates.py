"""The template of a hall, with the hall's own changes to it."""

from collections.abc import Mapping
from typing import Any

from buildsim.domain.construction.activities import Template
from buildsim.model.root import Model
from buildsim.model.site import Hall


def template_of(model: Model, hall: Hall) -> Template:
    """Return a hall's template. Raises pydantic's `ValidationError` where the hall's changes do not fit."""
    template = model.templates[hall.template]
    if not hall.activities:
        return template
    data = template.model_dump(mode="json", exclude_none=True)
    for key, changes in hall.activities.items():
        data["activities"][key] = _changed(data["activities"][key], changes)
    return Template.model_validate(data)


def _changed(activity: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    return {**activity, **changes}
