"""What equilibrium analysis predicts: each game with its assumptions, on a scenario or alone."""
