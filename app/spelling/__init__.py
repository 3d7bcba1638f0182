"""Spelling: dictionaries, words, a checker on a thread of its own, its marks on the page."""
