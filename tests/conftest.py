"""Real engines for the whole run, started once; a browser for the tests that need one."""

import atexit
import gc
import os
import shutil
import tempfile
from pathlib import Path

import hypothesis
import pytest

HOLD = pytest.StashKey()
gc.disable()  # while modules are loaded and tests collected, nothing becomes garbage that is worth looking for

hypothesis.settings.register_profile("tests", deadline=None)
hypothesis.settings.load_profile("tests")


def pytest_configure(config):
    if hasattr(config, "workerinput"):
        return  # the process that started this one holds the engines
    from reconciliation.project.servers import ready_servers

    config.stash[HOLD] = ready_servers()
    _wait_for_no_disk()


def _wait_for_no_disk():
    """A run's own PostgreSQL need not outlive a power cut: what is killed is its processes, never the machine."""
    import psycopg
    from django.conf import settings

    from reconciliation.project.engines import DATABASE, OWNER, Postgres

    for engine in settings.ENGINES:
        if isinstance(engine, Postgres):
            where = {"host": str(engine.socket_dir), "dbname": DATABASE, "user": OWNER}
            with psycopg.connect(**where, autocommit=True) as owner:
                for name in ("fsync", "synchronous_commit", "full_page_writes"):
                    owner.execute(f"alter system set {name} = off")
                # to empty a temporary table is to look through all of them, at a commit a hundred times
                owner.execute("alter role all set temp_buffers = '16MB'")
                if folder := _memory_for(engine):
                    owner.execute(f"create tablespace memory location '{folder}'")
                    owner.execute("alter system set temp_tablespaces = memory")
                owner.execute("select pg_reload_conf()")


def _memory_for(engine):
    """A folder in memory for temporary tables, each of which is a file; null where there is no room for it."""
    if not Path("/dev/shm").is_dir() or shutil.disk_usage("/dev/shm").free < 1 << 30:
        return None
    folder = Path(tempfile.mkdtemp(prefix="reconciliation-tests-", dir="/dev/shm"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    if account := engine.account():
        os.chown(folder, account.pw_uid, account.pw_gid)
    return folder


def pytest_unconfigure(config):
    if hold := config.stash.get(HOLD, None):
        hold.release()
        shutil.rmtree(os.environ["TEST_RUN_DATA_DIR"], ignore_errors=True)


def pytest_collection_modifyitems(items):
    """What starts servers of its own comes first, so that no process is left with it when the others have ended.

    What commits stays behind what does not: it empties the tables that the migrations filled.
    """
    shared = {"db", "transactional_db", "live_server"}

    def alone(test):
        return "data_dir" in test.fixturenames and not (
            shared.intersection(test.fixturenames) or test.get_closest_marker("django_db")
        )

    items.sort(key=lambda test: not alone(test))


def pytest_collection_finish():
    """What is loaded by now stays: the collector need not look through it again and again."""
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
    gc.enable()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings, django_db_blocker):
    """The migrations run once, in whichever process is first."""
    from tests import migrated

    if migrated.is_worth_it():
        with django_db_blocker.unblock():
            migrated.copy_what_is_migrated()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup):
    """The database of the tests is emptied between them by what is in it; its temporary tables stay."""
    from django.test import TestCase, TransactionTestCase

    from tests import temporary
    from tests.emptying import empty

    begin = TestCase._fixture_setup.__func__
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TestCase, "_fixture_setup", classmethod(lambda test: (temporary.keep(), begin(test))))
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda test: empty())
        patch.setattr(TransactionTestCase, "_should_reload_connections", lambda test: False)
        yield


@pytest.fixture(scope="session", autouse=True)
def alone_at_the_end(django_db_setup, django_db_blocker):
    """Ends what a killed process of a test may have left connected, so that the test's database can be removed."""
    yield
    from django.db import connection

    if not _of_the_tests(connection):
        return
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid()"
        )


def _of_the_tests(connection):
    """Whether the database is the tests' own: none is made for a run whose tests need none."""
    return connection.settings_dict["NAME"].startswith("test_")


@pytest.fixture
def data_dir(tmp_path_factory):
    """An empty data directory for engines of one test, as short as a socket's path must be."""
    folder = Path(os.environ["TEST_RUN_DATA_DIR"]) / "of-tests" / os.urandom(4).hex()
    folder.mkdir(parents=True)
    return folder


@pytest.fixture(scope="session")
def chromium():
    """The path of Chromium; a test that needs it is skipped on a machine without, but fails under CI."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path:
        return path
    if os.environ.get("CI"):
        pytest.fail("Chromium is not installed.")
    return pytest.skip("Chromium is not installed.")


@pytest.fixture(scope="session")
def browser(chromium):
    """Playwright's browser, without a window."""
    from playwright.sync_api import sync_playwright

    # Playwright runs an event loop in this thread, which Django takes for a mistake
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()
