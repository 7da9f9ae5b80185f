"""The centre over HTTP: thin routes by resource; errors are problem details (RFC 9457)."""
