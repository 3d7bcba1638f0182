"""Finding documents: by their names as one types, and by the words in them."""
