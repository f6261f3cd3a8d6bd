"""The model: the root declaration, scenarios, and loading model files."""

from buildsim.model.load import load, load_with_changes
from buildsim.model.root import Model
from buildsim.model.shipped import shipped_models

__all__ = ["Model", "load", "load_with_changes", "shipped_models"]
