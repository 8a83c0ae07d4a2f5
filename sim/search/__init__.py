"""Finding the best of 10¹⁷ packages without listing them: stack, prices, branch and bound.

The walk is the same for every question. *Stack* the blocks and strike rows that no acceptable
outcome can hold (`stack`). *Price* the parties' gains, so that the best outcome at those prices
is one row from every block and its worth a proven ceiling on every criterion (`relaxation`).
*Search* depth first among the rows that are worth enough at those prices (`branch`).
"""
