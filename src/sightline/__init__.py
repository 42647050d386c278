"""Sightline: a self-hosted monitor for computer-vision models whose heart is custom metadata."""

__version__ = "0.1.0"
