"""The model compiled to flat arrays: all that a replication sees, built once per worker."""
