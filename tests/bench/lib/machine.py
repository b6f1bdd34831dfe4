"""What the benchmarks need from the machine: packages, loop devices, page cache. Knows nothing of contestants."""

import os
import signal
import subprocess
from pathlib import Path

MEBIBYTE = 1 << 20

# The peers and the tools that make and serve their files. image/install-dependencies installs what compiles our programs.
PACKAGES = ("rauc rauc-service swupdate casync zchunk ostree zstd xdelta3 rdiff nginx-light dbus squashfs-tools "
            "cpio openssl time python3-zstandard curl util-linux").split()


class BenchmarkError(Exception):
    """The benchmark itself cannot continue; the message says why and what to do."""


class CannotRun(Exception):
    """One contestant cannot be run on this machine; the table shows the message instead of numbers."""


def run(*command, **options):
    """Runs a command of the benchmark itself; returns its standard output. Raises CannotRun with its last error."""
    done = subprocess.run([str(word) for word in command], text=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)
    if done.returncode != 0:
        raise CannotRun(f"{Path(str(command[0])).name} failed ({done.returncode}): {last_words(done.stderr)}")
    return done.stdout


def last_words(text):
    """The last line about an error, otherwise the last line; for a message of one line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [line for line in lines if "error" in line.lower() or "fail" in line.lower()] or lines
    return telling[-1][:200] if telling else "it said nothing"


def install_packages():
    """Installs the missing packages from Debian."""
    known = subprocess.run(["dpkg-query", "-W", "-f", "${db:Status-Abbrev}${Package}\n", *PACKAGES], text=True,
                           stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout
    installed = {line[3:].strip() for line in known.splitlines() if line.startswith("ii")}
    missing = [package for package in PACKAGES if package not in installed]
    if not missing:
        return
    print("installing " + " ".join(missing), flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        run("apt-get", "-qq", "update", env=environment)
        run("apt-get", "-qq", "-y", "--no-install-recommends", "install", *missing, env=environment)
    except CannotRun as error:
        raise BenchmarkError(f"the peers could not be installed from Debian: {error}") from error


def exit_on_signals():
    """Makes signals raise an exception, so that loop devices, mounts and services are released."""
    def stop(number, _frame):
        raise SystemExit(128 + number)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, stop)


class LoopDevice:
    """A loop device with direct I/O over a file: what is written to it does not stay in the host's page cache."""

    def __init__(self, file, read_only=False):
        self.file = Path(file)
        self.path = run("losetup", "--direct-io=on", "--show", "-f", *(["-r"] if read_only else []), file).strip()
        self.check()

    def check(self):
        """Raises if another program has detached the device, or if it does not use direct I/O."""
        folder = Path("/sys/block", Path(self.path).name)
        try:
            backing = (folder / "loop/backing_file").read_text().strip()
            direct = (folder / "loop/dio").read_text().strip()
        except OSError:
            backing = direct = ""
        if not backing or not os.path.samefile(backing, self.file):
            raise BenchmarkError(f"{self.path} is no longer {self.file}: another program detached it")
        if direct != "1":
            raise BenchmarkError(f"{self.path} does not do direct I/O: keep {self.file} on another file system")

    def written_and_discarded_bytes(self):
        """What the device counted (Documentation/block/stat.rst: write sectors, discard sectors of 512 bytes).
        Zeroing by the device (BLKZEROOUT) counts as written there."""
        fields = Path("/sys/block", Path(self.path).name, "stat").read_text().split()
        return int(fields[6]) * 512, int(fields[13]) * 512

    def sync(self):
        """Waits until all that was written is on the disk."""
        descriptor = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def fill(self, image):
        """Writes this image to the device; None: discards its content, so that it reads as zeros."""
        self.check()
        if image is None:
            run("blkdiscard", "-f", self.path)
        else:
            run("dd", f"if={image}", f"of={self.path}", "bs=4M", "oflag=direct", "conv=fsync", "status=none")
        self.sync()

    def holds(self, image):
        """Whether the device begins with exactly this image."""
        compared = subprocess.run(["cmp", "-n", str(os.path.getsize(image)), self.path, str(image)],
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        return compared.returncode == 0

    def close(self):
        run("losetup", "-d", self.path)


def read_into_page_cache(file):
    """Reads a file, or the files of a folder, once."""
    for path in [file] if os.path.isfile(file) else [entry for entry in Path(file).rglob("*") if entry.is_file()]:
        with open(path, "rb", buffering=0) as stream:
            while stream.read(MEBIBYTE):
                pass


def forget_in_page_cache(file):
    """Drops a file from the page cache, so that it is read from the disk."""
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)
