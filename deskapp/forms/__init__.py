"""What may be written: the form language. Pure, no SQLite and no clock."""
