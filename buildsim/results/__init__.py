"""What a run leaves behind: the tables and what their columns mean, the blocks they are written in, the manifest."""
