"""Games between two: compromise or hold out, name a demand, wait, or be taken for stubborn."""
