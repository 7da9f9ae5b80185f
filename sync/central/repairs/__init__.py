"""What of the ledger only repeats other rows, and can be made anew from them."""
