"""The relay's storage in PostgreSQL: for as many nodes as there are (docs/decisions/0031)."""
