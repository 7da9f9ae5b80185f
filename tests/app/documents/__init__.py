"""Tests of the documents: what is drawn is read back by other means than those that drew it."""
