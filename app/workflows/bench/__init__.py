"""The return bench: parcel or RMA, item or serial, grade, disposition by rule, label, saved."""
