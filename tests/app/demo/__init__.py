"""The generated business, held against the domain and against its own figures."""
