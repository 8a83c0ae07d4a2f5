"""Games of two players who choose at once: equilibria, errors, evolution."""
