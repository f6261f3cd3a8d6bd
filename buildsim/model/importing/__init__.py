"""Schedules from other tools, read as bare project networks: PSPLIB files and networks as JSON."""

from buildsim.model.importing.files import read_project
from buildsim.model.importing.project import Project
from buildsim.model.importing.spread import EXAMPLE, Spread
from buildsim.model.importing.write import model_text

__all__ = ["EXAMPLE", "Project", "Spread", "model_text", "read_project"]
