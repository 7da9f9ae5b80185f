"""Pure rules of the centre: promise, picking, matching of returns, access. No I/O."""
