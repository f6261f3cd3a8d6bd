"""`python -m buildsim`: the same as the command `buildsim`."""

from buildsim.cli import main

if __name__ == "__main__":
    main()
