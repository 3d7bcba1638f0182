"""Who is in a document and where their carets are: nothing here is ever written to a disk."""
