"""Real trade played through the whole system: a published file of invoices, a centre, a bench."""
