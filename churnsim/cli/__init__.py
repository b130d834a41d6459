"""The command line: text in, text out, exit codes; every decision is made below it."""

from churnsim.cli.entry import main

__all__ = ["main"]
