"""RAUC as a contestant: its service on its own bus, with a plain bundle and with the adaptive method.
The target is slot B; the base partition is slot A, which RAUC takes for the booted one."""

import os
import re
import shutil
import time
from contextlib import contextmanager

from lib.machine import CannotRun, run
from lib.rounds import Contestant, impossible
from lib.swupdate import make_certificate

CONFIGURATION = """[system]
compatible=benchmark
bootloader=noop
bundle-formats=plain
mountprefix={folder}/mount
data-directory={folder}/data
[keyring]
path={certificate}
use-bundle-signing-time=false
[slot.rootfs.0]
device={base}
type=raw
bootname=A
[slot.rootfs.1]
device={target}
type=raw
bootname=B
"""

MANIFEST = """[update]
compatible=benchmark
version=1
[image.rootfs]
filename=rootfs.img
{adaptive}
"""

STATUS = """[slot.rootfs.{number}]
bundle.compatible=benchmark
bundle.version=1
status=ok
sha256={sha256}
size={size}
"""

# RAUC's compression can be chosen; with the default (gzip) it would be slower.
SQUASHFS = "-comp zstd -Xcompression-level 19"


class Rauc:
    def __init__(self, workspace, server, target_device, base_device):
        self._workspace = workspace
        self._server = server
        self._target = target_device.path
        self._base = base_device.path
        self._keys = workspace.artifact("rauc-keys", ["rsa 2048"], make_certificate)
        self._folder = workspace.folder / "rauc"
        self._bus = self._folder / "bus"
        for needed in ("mount", "data"):
            (self._folder / needed).mkdir(parents=True, exist_ok=True)
        (self._folder / "system.conf").write_text(CONFIGURATION.format(
            folder=self._folder, certificate=self._keys / "certificate.pem", base=self._base, target=self._target))

    def _environment(self):
        return {"DBUS_STARTER_BUS_TYPE": "session", "DBUS_SESSION_BUS_ADDRESS": f"unix:path={self._bus}"}

    def _bundle(self, image, adaptive):
        def make(path):
            folder = path.with_name("rauc-parts")
            run("rm", "-rf", folder)
            folder.mkdir()
            (folder / "rootfs.img").symlink_to(image.path)
            (folder / "manifest.raucm").write_text(
                MANIFEST.format(adaptive="adaptive=block-hash-index" if adaptive else ""))
            # rauc requires a name that ends in .raucb
            unfinished = path.with_suffix(".raucb")
            (folder / "rootfs.img").unlink()
            run("cp", "--reflink=auto", "--sparse=always", image.path, folder / "rootfs.img")
            run("rauc", "--cert", self._keys / "certificate.pem", "--key", self._keys / "key.pem", "bundle",
                f"--mksquashfs-args={SQUASHFS}", folder, unfinished)
            if unfinished != path:
                unfinished.rename(path)
            run("rm", "-rf", folder)
        kind = "adaptive" if adaptive else "plain"
        return self._workspace.artifact(f"{image.name}-{kind}.raucb", [image, SQUASHFS, self._keys.name, "1"], make)

    @contextmanager
    def _service(self, meter):
        """A bus and RAUC's service on it, ready; both are measured."""
        self._bus.unlink(missing_ok=True)
        meter.start_service(["dbus-daemon", "--session", "--nofork", "--nopidfile", f"--address=unix:path={self._bus}"])
        wait_for(self._bus.exists, "the bus")
        service = meter.start_service(["rauc", "-c", self._folder / "system.conf", "service",
                                       "--override-boot-slot=A"], self._environment())
        def ready():
            if service.poll() is not None:
                raise CannotRun(f"rauc service ended; see {self._workspace.folder}/runs/service.log")
            listed = run("dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus", "/",
                         "org.freedesktop.DBus.ListNames", env={**os.environ, **self._environment()})
            return "de.pengutronix.rauc" in listed
        wait_for(ready, "rauc service")
        yield
        # RAUC itself unmounts the bundle and detaches its loop device before install returns.

    def _prepare_data(self, slots, indexes):
        """Makes the data directory as earlier installations leave it: the content of each slot, and the stored block index."""
        def prepare():
            data = self._folder / "data"
            shutil.rmtree(data)
            data.mkdir()
            status = ""
            for number, image in slots.items():
                status += STATUS.format(number=number, sha256=image.sha256, size=image.size_bytes) + "\n"
                if image.name in indexes:
                    folder = data / f"slot.rootfs.{number}" / f"hash-{image.sha256}"
                    folder.mkdir(parents=True)
                    shutil.copy(indexes[image.name], folder / "block-hash-index")
            if status:
                (data / "central.raucs").write_text(status)
        return prepare

    def index_of(self, image):
        """RAUC's stored index of an image, as RAUC makes it when it builds a bundle."""
        bundle = self._bundle(image, adaptive=True)
        def make(path):
            run("unsquashfs", "-q", "-n", "-d", path.with_suffix(".tree"), bundle, "rootfs.img.block-hash-index")
            (path.with_suffix(".tree") / "rootfs.img.block-hash-index").rename(path)
            run("rm", "-rf", path.with_suffix(".tree"))
        return self._workspace.artifact(f"{image.name}.block-hash-index", [bundle.name], make)

    def contestant(self, name, image, start, adaptive=False, slots=None, stored_index=True):
        """slots: the image that RAUC believes to be in each slot (0: base, 1: target)."""
        bundle = self._bundle(image, adaptive)
        slots = slots or {}
        indexes = {held.name: self.index_of(held) for held in slots.values()} if stored_index else {}
        return Contestant(name, "RAUC", ["rauc", "install", bundle], start=start, result=image.path, sources=[bundle],
                          before=self._prepare_data(slots, indexes), service=self._service,
                          environment=self._environment(), note=version())

    def over_network(self, image, name, group):
        """Asks RAUC itself whether it can install from a server."""
        bundle = self._workspace.serve(self._bundle(image, adaptive=True))
        try:
            run("rauc", "-c", self._folder / "system.conf", "info", self._server.http(bundle))
        except CannotRun as error:
            return impossible(name, group, f"{version()}: {error}")
        return impossible(name, group, "RAUC can stream here (it can with neither nbd nor dm-verity in the machines "
                                       "this was written on): add it to tests/bench/lib/rauc.py")


def wait_for(condition, what):
    deadline = time.monotonic() + 15
    while not condition():
        if time.monotonic() > deadline:
            raise CannotRun(f"{what} did not come up within 15 seconds")
        time.sleep(0.02)


def version():
    found = re.search(r"[\d.]+", run("rauc", "--version"))
    return f"RAUC {found[0] if found else ''}"
