"""Everything that hurts a record, for as long as one likes, and one table of what it cost."""
