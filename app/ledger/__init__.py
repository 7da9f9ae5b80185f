"""What happened at this station: the one writer of its database, balances, outbox, mirror, audit, backup."""
