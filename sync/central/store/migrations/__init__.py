"""The steps that bring a centre's database from one version to the next."""
