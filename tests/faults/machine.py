"""What the product's machine can be made to do: its clock jumps or stands, its disk is full."""

import mmap
import os
import subprocess
import threading
import time
from pathlib import Path

DISK_BYTES = 1_500_000_000
SOURCE = Path(__file__).with_name("clock.c")


class Clock:
    """The time of day of all processes that were started with `environment`."""

    def __init__(self, folder):
        folder.chmod(0o755)
        library, self.file = folder / "clock.so", folder / "clock"
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, SOURCE], check=True)
        self.file.write_bytes(bytes(16))
        with self.file.open("r+b") as file:
            self.numbers = memoryview(mmap.mmap(file.fileno(), 16)).cast("q")
        self.environment = {"LD_PRELOAD": str(library), "CLOCK_FILE": str(self.file)}

    def set(self, *, ahead=0, stands_at=0):
        self.numbers[0], self.numbers[1] = ahead, stands_at

    def for_a_while(self, seconds, **said):
        self.set(**said)
        threading.Timer(seconds, self.set).start()


class Disk:
    """A file system of the product's own, in memory, where root may make one; `full` for a while, then as before."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        options = f"size={DISK_BYTES},mode=755"
        mounted = os.geteuid() == 0 and subprocess.call(["mount", "-t", "tmpfs", "-o", options, "disk", folder]) == 0
        self.mounted = mounted

    def full(self, seconds):
        """Whether there is a disk of its own to fill, which is not full yet."""
        filler = self.folder / "filler"
        if not self.mounted or filler.exists():
            return False
        with filler.open("wb") as file:
            for piece in (1 << 24, 1 << 16, 1 << 12):
                _take_all(file.fileno(), piece)
        threading.Timer(seconds, filler.unlink).start()
        return True

    def remove(self):
        for _ in range(10):
            if not self.mounted or subprocess.call(["umount", self.folder]) == 0:
                return
            time.sleep(1)


def _take_all(file, piece):
    """Takes room in pieces of so many bytes until there is none."""
    try:
        while True:
            os.posix_fallocate(file, os.fstat(file).st_size, piece)
    except OSError:
        return
