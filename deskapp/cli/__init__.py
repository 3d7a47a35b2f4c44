"""The command line: every screen has a command twin, for scripts, screen readers and remote help."""

from deskapp.cli.app import app

__all__ = ["app"]
