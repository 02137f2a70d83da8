"""Many submissions: who sent what, graded in lanes, one result each, and what they have in common."""
