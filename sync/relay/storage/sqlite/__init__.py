"""One SQLite file, for one serving process."""
