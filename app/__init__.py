"""The station's core: what is true, what a scan means, what a person does, what happened."""
