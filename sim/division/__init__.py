"""Dividing what is at stake: Adjusted Winner, and the rules of coalition games."""
