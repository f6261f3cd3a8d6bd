"""The parts of the labour study: `experiments/labour_shortage.py` runs them."""
