"""What travels between a station and the centre: messages, their limits, and signed requests."""
