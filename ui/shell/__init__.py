"""The window itself: frame, keys, scans in, screens out."""
