"""Measures which lines and branches of the shipped code the tests run, in every process."""
