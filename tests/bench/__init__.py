"""Speed, measured against what this very machine can do in the same minutes; never a reason to fail."""
