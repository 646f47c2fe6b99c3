"""Chromium: the site's own pages, where plain requests are refused or a person logs in.

Nothing here is imported, let alone started, unless a setting or a command asks for it.
"""
