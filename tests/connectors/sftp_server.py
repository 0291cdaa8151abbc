"""A real SFTP server on the loopback: one user, one folder, a key of its own."""

import asyncio
import threading
from contextlib import contextmanager

import asyncssh


class Server:
    """Serves `root` to `user`, by password or by `client_key`.

    `callers` are the names that were given, `requests` counts reads and renames; `break_after` so many it breaks off.
    """

    def __init__(self, root):
        self.root, self.user, self.password = root, "harbour", "let-me-in"
        self.host_key = asyncssh.generate_private_key("ssh-ed25519")
        self.client_key = asyncssh.generate_private_key("ssh-ed25519")
        self.port, self.callers, self.requests, self.break_after = 0, [], 0, None
        root.mkdir(parents=True, exist_ok=True)

    @property
    def fingerprint(self):
        return self.host_key.get_fingerprint()

    def pem(self):
        return self.client_key.export_private_key().decode()

    def counted(self, channel):
        self.requests += 1
        if self.break_after is not None and self.requests > self.break_after:
            channel.get_connection().abort()
            raise asyncssh.SFTPConnectionLost("the connection broke off")


@contextmanager
def serving(root):
    """A server over `root`, in a thread of its own."""
    server = Server(root)

    class Doorman(asyncssh.SSHServer):
        def begin_auth(self, username):
            server.callers.append(username)
            return True

        def password_auth_supported(self):
            return True

        def validate_password(self, username, password):
            return (username, password) == (server.user, server.password)

        def public_key_auth_supported(self):
            return True

        def validate_public_key(self, username, key):
            return username == server.user and key == server.client_key.convert_to_public()

    class Files(asyncssh.SFTPServer):
        def __init__(self, channel):
            super().__init__(channel, chroot=str(root).encode())

        def read(self, file_obj, offset, size):
            server.counted(self.channel)
            return super().read(file_obj, offset, size)

        def rename(self, oldpath, newpath):
            server.counted(self.channel)
            return super().rename(oldpath, newpath)

    ready, loop = threading.Event(), asyncio.new_event_loop()

    async def listen():
        acceptor = await asyncssh.listen(
            "127.0.0.1",
            0,
            server_factory=Doorman,
            server_host_keys=[server.host_key],
            sftp_factory=Files,
            process_factory=None,
        )
        server.port = acceptor.get_port()
        ready.set()
        return acceptor

    def run():
        asyncio.set_event_loop(loop)
        acceptor = loop.run_until_complete(listen())
        loop.run_forever()
        acceptor.close()
        loop.run_until_complete(asyncio.sleep(0.05))
        loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
