"""Faults of every kind, at many points; the end is held against a calm crawl.

``python -m tests.torture`` (``make torture``) runs all of it and prints one table;
``test_short.py`` is the short form of it in the normal tests.
"""
