"""Persons in what is stored: erased for good, kept out, or under pseudonyms."""
