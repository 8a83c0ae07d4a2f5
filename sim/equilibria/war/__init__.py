"""War as what happens without a deal: its worth, shifts of power, optimism, and waiting."""
