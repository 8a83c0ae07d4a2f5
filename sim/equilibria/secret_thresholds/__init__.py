"""Bargaining over a pie when sides keep to themselves what no deal is worth to them."""
