"""The graph model for conflict resolution: states, moves, preferences, stability, and why."""
