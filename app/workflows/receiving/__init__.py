"""Receiving what another site sent: a pure step machine."""
