"""The only assembler: opens folders and databases and puts the parts of a program together."""
