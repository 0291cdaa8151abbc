"""The product's settings over a data directory of this test run alone, shared by all its processes."""

import os
import tempfile

# read by the processes that pytest-xdist starts, which inherit the environment
os.environ["DATA_DIR"] = os.environ.setdefault("TEST_RUN_DATA_DIR", tempfile.mkdtemp(prefix="reconciliation-tests-"))

from reconciliation.project.settings import *  # noqa: F403
from reconciliation.project.settings import CACHES, CELERY_BROKER_TRANSPORT_OPTIONS, STORAGES

PROCESS = f"tests-{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
CACHES["default"]["KEY_PREFIX"] = PROCESS
CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"] = f"{PROCESS}:"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # tests sign in often
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
