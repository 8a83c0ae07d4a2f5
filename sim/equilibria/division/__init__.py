"""Dividing what is disputed between two by Adjusted Winner."""
