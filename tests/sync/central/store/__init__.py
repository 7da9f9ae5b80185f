"""The centre's store on real database files."""
