"""The central ledger and allocation service; starts without a screen."""
