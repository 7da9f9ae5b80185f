"""What station and centre agree by: the wire, both sides of it, and all of it together."""
