"""Starts the jobs of a plan on Scrapyd nodes when they are due."""
