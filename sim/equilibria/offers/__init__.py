"""Offers over time: who proposes what, with and without a last round, and by majority."""
