"""What is true: pure rules and frozen values, shared by the station and the centre."""
