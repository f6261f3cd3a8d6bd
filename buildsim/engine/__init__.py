"""The engine: clock, works, foreman, world and delay account of one replication."""
