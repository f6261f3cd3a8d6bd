"""The command line: arguments, exit codes and what is printed. 0: done, 1: the run failed, 2: the input is wrong."""

from buildsim.cli.app import main

__all__ = ["main"]
