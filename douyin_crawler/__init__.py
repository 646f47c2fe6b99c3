"""Collects public Douyin (抖音) data."""

__version__ = "0.1.0"
