"""What label and mat documents are set in: Inter with TrueType outlines, and the widths of a printer's own font."""
