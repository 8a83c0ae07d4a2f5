"""Coalitions: whose yielding opens a zone, and what power, core and nucleolus say."""
