"""The graph model of conflict: which states hold, on signed texts and in files of their own."""
