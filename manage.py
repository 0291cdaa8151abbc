#!/usr/bin/env python
"""Runs a management command; one that needs the database has the engines for as long as it runs."""

import os
import sys

from reconciliation.project.environment import plain_refusals


def main() -> None:
    """Runs the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reconciliation.project.settings")
    with plain_refusals():
        from django.core.management import execute_from_command_line

        from reconciliation.project.servers import servers_for

        with servers_for(sys.argv):
            execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
