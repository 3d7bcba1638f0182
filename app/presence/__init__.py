"""Who else is in the document that a window shows, and where."""
