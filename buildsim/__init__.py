"""Discrete-event simulation of AI data-centre build-out."""

__version__ = "0.1.0"
