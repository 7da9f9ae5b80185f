"""The parts of the audit that read more than balances."""
