"""Answers as JSON: the keys that other programs rely on, one command a file."""
