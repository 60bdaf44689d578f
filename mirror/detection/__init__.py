"""Finds out which folder of Stash is which folder of Plex; see `detect`."""
