"""The command line, one module a command; `sightline --help` lists them."""

from sightline.cli.application import main

__all__ = ["main"]
