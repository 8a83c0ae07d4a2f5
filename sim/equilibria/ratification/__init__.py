"""What negotiators sign must pass at home: win-sets, votes, and what is ratified."""
