"""Games in normal form and their equilibria."""
