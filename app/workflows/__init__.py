"""What a person does: pure step machines from (state, input) to the next state, its effects and its view."""
