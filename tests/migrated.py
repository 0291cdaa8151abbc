"""The database of the tests: migrated once for all processes of a run, which each copy it."""

import fcntl
import os
from pathlib import Path

from django.conf import settings
from django.db import connection

from reconciliation.project.engines import Postgres

TEMPLATE = "migrated_for_tests"
FOLDER = Path(os.environ["TEST_RUN_DATA_DIR"])
MADE = FOLDER / "migrated"


def copy_what_is_migrated():
    """Has this process make its database as a copy of the one that the first process of the run migrates."""
    with (FOLDER / "migrating").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_made():
            _migrate()
            MADE.touch()
    connection.settings_dict["TEST"]["TEMPLATE"] = TEMPLATE


def is_made():
    """Whether this run has the migrated database that others are copies of."""
    return MADE.exists()


def is_worth_it():
    """Whether several processes share an embedded server; a server of the user's is left with no database of ours."""
    return "PYTEST_XDIST_WORKER" in os.environ and any(isinstance(engine, Postgres) for engine in settings.ENGINES)


def _migrate():
    of_tests, name = connection.settings_dict["TEST"], connection.settings_dict["NAME"]
    own, of_tests["NAME"] = of_tests["NAME"], TEMPLATE
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    connection.close()  # a database that somebody uses is not copied
    of_tests["NAME"] = own
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
