"""How a party values outcomes: ordinal and uncertain numbers, and how they are read."""
