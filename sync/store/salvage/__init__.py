"""Reading what is left of a damaged database, and making a sound one of it."""
