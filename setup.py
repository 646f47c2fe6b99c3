"""What ``scrapyd-deploy`` runs to make an egg; pyproject.toml holds the facts."""

from setuptools import setup

setup()
