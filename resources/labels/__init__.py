"""What labels are drawn with: typefaces that every PDF carries, and the widths of a printer's own font."""
