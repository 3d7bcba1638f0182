"""Full-text search over all documents of a profile (docs/decisions/0016)."""
