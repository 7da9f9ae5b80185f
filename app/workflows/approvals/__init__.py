"""A supervisor reviews write-offs that wait: marks them, then signs the list with badge and PIN."""
