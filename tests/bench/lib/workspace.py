"""The folder in which the benchmarks keep images, bundles and results. Everything is made once, and found again by the hash
of its inputs."""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from lib.machine import MEBIBYTE, BenchmarkError, run


@dataclass(frozen=True)
class Image:
    """An OS image: its name in the tables (v1), where it is, its size and SHA-256."""
    name: str
    path: Path
    size_bytes: int
    sha256: str


class Workspace:
    """One folder. nginx serves the folder `served` in it."""

    def __init__(self, folder):
        self.folder = Path(folder).resolve()
        self.served = self.folder / "served"
        for needed in (self.folder, self.served, self.folder / "artifacts", self.folder / "runs"):
            needed.mkdir(parents=True, exist_ok=True)
        self._hashes_file = self.folder / "hashes.json"
        self._lock = open(self.folder / "lock", "w")  # pylint: disable=consider-using-with; for as long as this lives
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BenchmarkError(f"another benchmark runs in {self.folder}: wait for its end") from None

    def image(self, name, path):
        """An image with its hash, which is cached as long as the file does not change."""
        path = Path(path).resolve()
        try:
            status = path.stat()
        except OSError as error:
            raise BenchmarkError(f"the image {name} cannot be read: {error}") from error
        known = json.loads(self._hashes_file.read_text()) if self._hashes_file.exists() else {}
        key = f"{path} {status.st_size} {status.st_mtime_ns} {status.st_ino}"
        if key not in known:
            known[key] = sha256_of(path)
            self._hashes_file.write_text(json.dumps(known, indent=1))
        return Image(name, path, status.st_size, known[key])

    def artifact(self, name, made_from, make):
        """The path of a file or folder that `make(path)` makes; made again only if `made_from` (texts, images, paths of files)
        has changed. Raises what `make` raises."""
        digest = hashlib.sha256(repr([describe(part) for part in made_from]).encode()).hexdigest()[:16]
        stem, suffix = os.path.splitext(name)
        path = self.folder / "artifacts" / f"{stem}-{digest}{suffix}"
        if path.exists():
            return path
        print(f"{time.strftime('%H:%M:%S')}  making {name}", flush=True)
        unfinished = path.with_name(f"unfinished-{path.name}")
        remove(unfinished)
        begun = time.monotonic()
        try:
            make(unfinished)
        except BaseException:
            remove(unfinished)
            raise
        unfinished.rename(path)
        print(f"{time.strftime('%H:%M:%S')}  made {name} in {time.monotonic() - begun:.0f} s", flush=True)
        return path

    def serve(self, artifact):
        """Publishes an artifact on the server; returns its name there."""
        link = self.served / artifact.name
        if not link.is_symlink():
            link.symlink_to(artifact)
        return artifact.name

    def other_data(self, size_bytes):
        """The content of the target before a whole install: no block is zero or occurs in an image. Always the same bytes: AES
        in counter mode over zeros."""
        def make(path):
            with open(path, "wb") as file:
                cipher = subprocess.Popen(["openssl", "enc", "-aes-128-ctr", "-K", "00" * 16, "-iv", "00" * 16,
                                           "-in", "/dev/zero"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
                left = size_bytes
                while left:
                    data = cipher.stdout.read(min(MEBIBYTE, left))
                    file.write(data)
                    left -= len(data)
                cipher.kill()
                cipher.wait()
                cipher.stdout.close()
        return self.artifact("other-data.img", [str(size_bytes)], make)

    def results_file(self, benchmark):
        return self.folder / f"{benchmark}-{time.strftime('%Y%m%d-%H%M%S')}.json"


def sha256_of(path):
    """Computed by openssl, which is several times as fast as Python here."""
    return run("openssl", "sha256", "-r", path).split()[0]


def describe(part):
    """The part of an input that decides whether something is made again."""
    if isinstance(part, Image):
        return part.sha256
    if isinstance(part, Path):
        return sha256_of(part)
    return str(part)


def remove(path):
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def images_of(workspace, given, make_images):
    """v1, v2, v3: the given ones (three paths separated by commas), or made as a vendor makes them."""
    if given:
        paths = given.split(",")
        if len(paths) != 3:
            raise BenchmarkError("--images takes three paths: v1.img,v2.img,v3.img")
    else:
        folder = workspace.folder / "images"
        print("making the three images (some minutes, once)", flush=True)
        done = subprocess.run([*make_images, str(folder)], stdin=subprocess.DEVNULL, check=False)
        if done.returncode != 0:
            raise BenchmarkError("the images could not be made; see above, or give some with --images")
        paths = [folder / f"{name}.img" for name in ("v1", "v2", "v3")]
    return tuple(workspace.image(name, path) for name, path in zip(("v1", "v2", "v3"), paths))
