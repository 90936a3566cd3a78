"""``make demo``: deploy every stack to the local AWS and try both roles on every cell of the matrix."""
