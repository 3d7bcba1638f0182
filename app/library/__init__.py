"""The library beside the page: what documents there are, and how the person keeps them."""
