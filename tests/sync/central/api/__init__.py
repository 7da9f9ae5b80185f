"""The centre's routes over HTTP."""
