"""What `show` says of a run, section by section: each as a printed table and as JSON."""
