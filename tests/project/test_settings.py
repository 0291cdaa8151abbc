"""Settings: documented one by one, and a wrong value is one sentence."""

import ast
import re

import pytest

from reconciliation.project.embedded import ROOT
from reconciliation.project.environment import SOON_KNOWN, celery_broker, postgres_database

HELPERS = {"text", "number", "flag", "several"}


def read_in_settings():
    tree = ast.parse((ROOT / "reconciliation/project/settings.py").read_text())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    return {call.args[0].value for call in calls if call.func.id in HELPERS}


def documented():
    return re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs/settings.md").read_text(), re.MULTILINE)


def test_each_setting_is_documented_once():
    assert sorted(documented()) == sorted(read_in_settings())


def test_only_the_helpers_read_the_environment():
    allowed = {"manage.py", "environment.py", "celery.py", "wsgi.py", "demo.py"}
    sources = [
        ROOT / "manage.py",
        *(p for app in ("connectors", "exceptions", "reconciliation") for p in (ROOT / app).rglob("*.py")),
    ]
    readers = {path.name for path in sources if re.search(r"os\.(environ|getenv)", path.read_text())}
    assert readers <= allowed


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("DATABASE_URL", "mysql://localhost/books", "DATABASE_URL begins with 'mysql'"),
        ("DATABASE_URL", "postgresql://localhost", "DATABASE_URL names no database"),
        ("DATABASE_URL", "postgresql://localhost:many/books", "DATABASE_URL has a port that is no number"),
        ("DATABASE_URL", "postgresql://127.0.0.1:1/books", "DATABASE_URL names a PostgreSQL that cannot be used"),
        ("REDIS_URL", "http://localhost", "REDIS_URL begins with 'http'"),
        ("REDIS_URL", "redis://127.0.0.1:1/0", "REDIS_URL names a Redis that cannot be used"),
        ("PORT", "eighty", "PORT is 'eighty'; it must be a whole number"),
        ("PORT", "70000", "PORT is 70000; it must lie between 1 and 65535"),
        ("DEBUG", "perhaps", "DEBUG is 'perhaps'; it must be yes or no"),
        ("EMBEDDED_POSTGRES", "17", "EMBEDDED_POSTGRES is '17'; it must be one of 18, 16"),
        ("ENVIRONMENT", "staging", "ENVIRONMENT is 'staging'"),
        ("ENVIRONMENT", "production", "SECRET_KEY is not set"),
        ("SECOND_STEP_ROLES", "admin boss", "SECOND_STEP_ROLES names 'boss'"),
        ("LOG_LEVEL", "LOUD", "LOG_LEVEL is 'LOUD'"),
    ],
)
def test_a_wrong_value_is_one_sentence(manage, variable, value, sentence):
    result = manage("showmigrations", **{variable: value})
    assert result.returncode == 2
    assert result.stderr.startswith(sentence)
    assert len(result.stderr.splitlines()) == 1


def test_an_unwritable_data_directory_is_one_sentence(manage, data_dir):
    (data_dir / "file").touch()
    result = manage("showmigrations", DATA_DIR=str(data_dir / "file" / "below"))
    assert result.returncode == 2
    assert "Traceback" not in result.stderr


def test_a_lost_connection_is_soon_known_over_a_network_unless_the_address_says_otherwise():
    far = postgres_database("postgresql://u@db.example.com/books?keepalives_idle=5")["OPTIONS"]
    assert far["keepalives_idle"] == "5"
    assert "tcp_keepalives_idle=60" in far["options"]
    for near in ("postgresql://u@/books?host=/run/postgresql", "postgresql:///books"):
        assert postgres_database(near)["OPTIONS"] == {}, "a socket's other side cannot vanish"


def test_help_needs_no_server(manage, data_dir):
    assert manage("help", "migrate").returncode == 0
    assert not (data_dir / "run").exists()


def test_the_key_is_made_once(manage, data_dir):
    manage("check", "--tag", "security")
    key = (data_dir / "secret-key").read_text()
    manage("check", "--tag", "security")
    assert (data_dir / "secret-key").read_text() == key
    assert (data_dir / "secret-key").stat().st_mode & 0o777 == 0o600


def test_an_address_with_everything_in_it():
    given = postgres_database("postgresql://us%40er:p%2Fw@db.example.com:6432/books?sslmode=require")
    assert given == {
        "HOST": "db.example.com",
        "PORT": "6432",
        "NAME": "books",
        "USER": "us@er",
        "PASSWORD": "p/w",
        "OPTIONS": SOON_KNOWN | {"sslmode": "require"},
    }


def test_celery_spells_a_socket_its_own_way():
    assert celery_broker("unix:///run/redis.sock?db=3") == "redis+socket:///run/redis.sock?virtual_host=3"
    assert celery_broker("redis://localhost/1") == "redis://localhost/1"


def test_django_finds_nothing_to_say_about_a_deployment(manage):
    said = manage(
        "check", "--deploy", "--fail-level", "WARNING", ENVIRONMENT="production", SECRET_KEY="k3" * 40 + "xyz!"
    )
    assert said.returncode == 0, said.stderr
