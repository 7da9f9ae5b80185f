"""What a scan means: text from a scanner, a keyboard or a finger in, one of seven meanings out. Pure."""
