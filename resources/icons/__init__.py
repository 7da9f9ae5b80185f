"""Pictures drawn for the program."""
