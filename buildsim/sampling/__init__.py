"""From named uncertain quantities to draws that depend on seed, replication and name, and on nothing else."""
