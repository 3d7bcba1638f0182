"""What the back ends that speak SQL share: one SQL that SQLite and PostgreSQL both understand."""
