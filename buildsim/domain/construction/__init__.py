"""Construction: the activities and templates of halls, and their programme at planning values."""
