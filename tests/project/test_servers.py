"""Given servers: used when good enough, refused in a sentence when not."""

import socket
import threading

import psycopg
import pytest


@pytest.fixture
def old_redis():
    """Something that speaks like a Redis of long ago."""
    server = socket.create_server(("127.0.0.1", 0))

    def speak():
        line, _ = server.accept()
        with line:
            while asked := line.recv(65536).upper():
                words = b"redis_version:5.0.7\r\n"
                known = b"$%d\r\n%s\r\n" % (len(words), words)
                line.sendall(
                    b"".join(
                        known if b"INFO" in part else b"-ERR unknown command\r\n" for part in asked.split(b"*")[1:]
                    )
                )

    thread = threading.Thread(target=speak, daemon=True)
    thread.start()
    yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"
    server.close()


def test_given_servers_replace_the_embedded_ones(manage, data_dir, given_postgres, given_redis):
    result = manage("migrate", "contenttypes", DATABASE_URL=given_postgres, REDIS_URL=given_redis)
    assert result.returncode == 0, result.stderr
    with psycopg.connect(given_postgres) as connection:
        assert connection.execute("select to_regclass('django_content_type')").fetchone()[0]
    assert not (data_dir / "run").exists()


def test_one_given_the_other_embedded(manage, data_dir, given_redis):
    result = manage("migrate", "contenttypes", REDIS_URL=given_redis)
    assert result.returncode == 0, result.stderr
    assert (data_dir / "postgres-18").exists()
    assert not (data_dir / "redis").exists()


def test_a_redis_too_old_is_refused(manage, old_redis):
    result = manage("migrate", "contenttypes", REDIS_URL=old_redis)
    assert result.returncode == 2
    assert result.stderr == "REDIS_URL names a Redis 5.0.7; it must be 6.2 or later.\n"


def test_a_server_that_fails_to_start_is_one_sentence(manage, data_dir):
    (data_dir / "postgres-18").mkdir(parents=True)
    (data_dir / "postgres-18" / "PG_VERSION").write_text("9\n")
    result = manage("showmigrations")
    assert result.returncode == 2
    assert result.stderr.startswith("PostgreSQL is not running: ")
    assert "Traceback" not in result.stderr
