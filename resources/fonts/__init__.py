"""Inter in four weights, under the SIL Open Font License (OFL.txt)."""
