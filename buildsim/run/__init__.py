"""Running a model: replications in blocks, in one process or in many, and what comes out as a `Run`."""
