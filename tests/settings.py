"""The product's settings over a data directory of this test run alone, shared by all its processes."""

import os
import tempfile

if "TEST_RUN_DATA_DIR" not in os.environ:  # the processes that pytest-xdist starts inherit it
    os.environ["TEST_RUN_DATA_DIR"] = tempfile.mkdtemp(prefix="reconciliation-tests-")
os.environ["DATA_DIR"] = os.environ["TEST_RUN_DATA_DIR"]

from reconciliation.project.settings import *  # noqa: F403
from reconciliation.project.settings import CACHES, CELERY_BROKER_TRANSPORT_OPTIONS, DATABASE_OWNER, DATABASES, STORAGES

PROCESS = f"tests-{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
DATABASES["default"] |= DATABASE_OWNER  # databases of tests are made, and emptied between them
CACHES["default"]["KEY_PREFIX"] = PROCESS
CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"] = f"{PROCESS}:"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # tests sign in often
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True  # served from where they are written, nothing is collected
