"""What all declared things share: their base, uncertain quantities, risk drivers and correlation."""
