"""Messages, limits and signatures: each form there and back, and what is refused."""
