"""The trades of the business: what each thing is (its declared fields) and what it does (its process), in one home."""
