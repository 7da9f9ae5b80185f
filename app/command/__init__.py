"""The command line: one module per noun, each a thin shell over what bootstrap assembles."""
