"""Data about approvals."""
