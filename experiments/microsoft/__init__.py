"""The parts of the study of Microsoft's capacity: `experiments/microsoft_withdrawal.py` runs them."""
