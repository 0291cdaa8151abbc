"""The embedded engines: started by the first holder, stopped by the last, whatever becomes of either."""

import os
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from reconciliation.project import embedded
from reconciliation.project.engines import DATABASE, OWNER, EngineFailed, Postgres, Redis
from tests.project.conftest import stopped, wait_for


def connect(engine):
    return psycopg.connect(host=str(engine.socket_dir), dbname=DATABASE, user=OWNER, autocommit=True)


def one_value(engine, query):
    with connect(engine) as connection:
        return connection.execute(query).fetchone()[0]


def client(engine):
    return redis.Redis(unix_socket_path=str(engine.socket))


def silent(sentence):
    pass


@pytest.fixture(params=[18, 16])
def postgres(request, data_dir):
    return Postgres(data_dir, request.param)


def test_data_outlives_the_server(postgres):
    with embedded.held([postgres], tell=silent), connect(postgres) as connection:
        connection.execute("create table kept (id int)")
        connection.execute("insert into kept values (7)")
    assert stopped(postgres)
    with embedded.held([postgres], tell=silent):
        assert one_value(postgres, "select id from kept") == 7
        assert one_value(postgres, "show server_version").startswith(f"{postgres.version}.")


def test_text_sorts_by_code_point_and_knows_letters_beyond_ascii(postgres):
    with embedded.held([postgres], tell=silent):
        order = "select string_agg(word, ' ' order by word) from unnest(array['b', 'Z', 'é', 'a', '-', 'É']) as word"
        assert one_value(postgres, order) == "- Z a b É é"
        assert one_value(postgres, "select lower('ÉA')") == "éa"


def test_no_port_is_opened(postgres):
    with embedded.held([postgres], tell=silent):
        server = psutil.Process(embedded.state_of(postgres).pid)
        assert server.net_connections("tcp") == []
        assert postgres.socket_dir.stat().st_mode & 0o777 == 0o700


def test_redis_keeps_what_it_was_told(data_dir):
    engine = Redis(data_dir)
    with embedded.held([engine], tell=silent), client(engine) as connection:
        connection.set("mark", "7")
    assert stopped(engine)
    with embedded.held([engine], tell=silent), client(engine) as connection:
        assert connection.get("mark") == b"7"


def test_a_long_data_directory_has_its_socket_elsewhere(data_dir):
    engine = Redis(data_dir / ("long" * 20) / ("longer" * 20))
    with embedded.held([engine], tell=silent), client(engine) as connection:
        assert connection.ping()
    assert engine.socket_dir.parent == Path("/tmp")
    assert not engine.socket_dir.exists()


def test_the_last_of_two_holders_stops_the_server(data_dir, holder):
    first, second = holder(), holder()
    engine = Redis(data_dir)
    assert embedded.holders_of(engine) == sorted([first.pid, second.pid])
    first.terminate()
    first.wait()
    with client(engine) as connection:
        assert connection.ping()
    second.terminate()
    wait_for(lambda: stopped(engine))


def test_a_holder_killed_at_once_counts_no_more(data_dir, holder):
    process = holder()
    process.send_signal(signal.SIGKILL)
    wait_for(lambda: stopped(Redis(data_dir)))


def test_kept_engines_need_no_holder(data_dir):
    engine = Redis(data_dir)
    embedded.keep([engine], tell=silent)
    with embedded.held([engine], tell=silent):
        pass
    assert embedded.state_of(engine).ready
    assert embedded.let_go([engine], patience_seconds=30) == []
    assert stopped(engine)


def test_an_engine_in_use_is_not_stopped_under_its_holder(data_dir, holder):
    holder()
    engine = Redis(data_dir)
    assert embedded.let_go([engine], patience_seconds=0.5) == [engine]
    with client(engine) as connection:
        assert connection.ping()


def test_starts_at_the_same_moment_share_one_server(data_dir):
    engine = Postgres(data_dir)
    with ThreadPoolExecutor(6) as pool:
        holds = list(pool.map(lambda _: embedded.hold([engine], tell=silent), range(6)))
    servers = [process for process in engine.strays() if process.name() == "postgres" and "-D" in process.cmdline()]
    assert len(servers) == 1
    for hold in holds:
        hold.release()
    assert stopped(engine)


def test_a_start_right_after_the_last_stop(data_dir):
    engine = Redis(data_dir)
    for _ in range(5):
        with embedded.held([engine], tell=silent), client(engine) as connection:
            connection.incr("starts")
    with embedded.held([engine], tell=silent), client(engine) as connection:
        assert connection.get("starts") == b"5"


def test_a_killed_server_comes_back_with_what_was_committed(postgres):
    with embedded.held([postgres], tell=silent):
        with connect(postgres) as connection:
            connection.execute("create table kept as select generate_series(1, 100000) as id")
        killed = embedded.state_of(postgres).pid
        os.kill(killed, signal.SIGKILL)
        wait_for(lambda: embedded.state_of(postgres).ready and embedded.state_of(postgres).pid != killed)
        assert one_value(postgres, "select count(*) from kept") == 100_000


def test_server_and_keeper_killed_together(postgres):
    hold = embedded.hold([postgres], tell=silent)
    with connect(postgres) as connection:
        connection.execute("create table kept as select 7 as id")
    server = psutil.Process(embedded.state_of(postgres).pid)
    keeper = server.parent()
    keeper.kill()
    server.kill()
    hold.release()
    wait_for(lambda: not embedded.keeper_at_work(postgres))
    with embedded.held([postgres], tell=silent):
        assert one_value(postgres, "select id from kept") == 7


def test_the_server_does_not_outlive_its_keeper(data_dir):
    engine = Redis(data_dir)
    hold = embedded.hold([engine], tell=silent)
    psutil.Process(embedded.state_of(engine).pid).parent().kill()
    wait_for(lambda: stopped(engine))
    hold.release()


def test_a_pid_file_that_names_a_stranger_is_no_obstacle(postgres):
    with embedded.held([postgres], tell=silent):
        pass
    stranger = subprocess.Popen(["sleep", "600"], **({"user": "postgres"} if os.geteuid() == 0 else {}))
    lines = [str(stranger.pid), str(postgres.home), "1", "5432", str(postgres.socket_dir), "", "1 1", "ready   ", ""]
    (postgres.home / "postmaster.pid").write_text("\n".join(lines))
    try:
        with embedded.held([postgres], tell=silent):
            assert one_value(postgres, "select 1") == 1
    finally:
        stranger.kill()
        stranger.wait()


def test_half_made_data_is_made_again(data_dir):
    engine = Postgres(data_dir)
    draft = engine.home.with_name(f"{engine.name}.new")
    draft.mkdir()
    (draft / "PG_VERSION").write_text("18\n")
    with embedded.held([engine], tell=silent):
        assert one_value(engine, "select 1") == 1


def test_a_server_that_cannot_start_says_why(data_dir):
    engine = Postgres(data_dir)
    with embedded.held([engine], tell=silent):
        pass
    (engine.home / "postgresql.conf").write_text("no_such_option = 1\n")
    with pytest.raises(EngineFailed, match="configuration file"):
        embedded.hold([engine], tell=silent)
    assert embedded.state_of(engine).failed


def test_both_versions_side_by_side(data_dir):
    newer = Postgres(data_dir, 18)
    older = replace(newer, version=16)
    with embedded.held([newer, older], tell=silent):
        assert one_value(newer, "show server_version_num") > one_value(older, "show server_version_num")


def test_looking_at_an_engine_does_not_disturb_its_start(data_dir):
    engine = Redis(data_dir)
    looking = True

    def look():
        while looking:
            embedded.state_of(engine)

    with ThreadPoolExecutor(4) as pool:
        lookers = [pool.submit(look) for _ in range(4)]
        for _ in range(5):
            with embedded.held([engine], tell=silent), client(engine) as connection:
                assert connection.ping()
        looking = False
    assert all(looker.exception() is None for looker in lookers)
