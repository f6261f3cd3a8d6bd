"""Runnable studies, one question each."""
