"""What an answer says, in sentences: for the terminal, for reports, for people in a hurry.

Neutral by construction: every sentence is put together from the numbers, names no side's view
as right, and speaks of these inputs only.
"""
