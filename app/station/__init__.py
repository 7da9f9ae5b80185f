"""One bench at work: scans in, one commit per fact, a screen out; all of it on one thread."""
