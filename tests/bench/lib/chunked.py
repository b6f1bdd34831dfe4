"""Peers that divide the image into content-defined chunks, for any base: casync and zchunk."""

import re

from lib.machine import run
from lib.rounds import Contestant


class Casync:
    """A chunk store for each image behind nginx, with the index of the image beside it."""

    def __init__(self, workspace, server, target_device, base_device):
        self._workspace = workspace
        self._server = server
        self._target = target_device.path
        self._base = base_device.path

    def _index(self, image):
        def make(folder):
            folder.mkdir()
            run("casync", "make", f"--store={folder / 'store'}", folder / "index.caibx", image.path)
        return self._workspace.artifact(f"{image.name}-casync", [image], make)

    def contestant(self, name, group, image, start, with_seed, over_network=True):
        folder = self._index(image)
        store, index = folder / "store", folder / "index.caibx"
        sources = [folder]
        if over_network:
            place = self._workspace.serve(folder)
            store, index = self._server.http(f"{place}/store"), self._server.http(f"{place}/index.caibx")
        # casync takes a URL as well as a path.
        command = ["casync", "extract", f"--store={store}", "--seed-output=no",
                   *([f"--seed={self._base}"] if with_seed else []), index, self._target]
        return Contestant(name, group, command, start=start, result=image.path, sources=sources)


class Zchunk:
    """zckdl completes the file from a stored older one, unzck unpacks it, dd writes it."""

    def __init__(self, workspace, server, target_device):
        self._workspace = workspace
        self._server = server
        self._target = target_device.path

    def file_of(self, image):
        """The image as a zchunk file that SWUpdate's delta handler can use too."""
        return self._workspace.artifact(f"{image.name}.zck", [image, "-u"],
                                        lambda path: run("zck", "-u", "--output", path, image.path))

    def header_bytes(self, file):
        return int(re.search(r"Header size: (\d+)", run("zck_read_header", "-v", file))[1])

    def contestant(self, group, old, new, start):
        new_file, old_file = self.file_of(new), self.file_of(old)
        served = self._workspace.serve(new_file)
        folder = self._workspace.folder / "zchunk"
        folder.mkdir(exist_ok=True)
        unpacked = served.removesuffix(".zck")
        script = (f"cd {folder} && rm -f {served} {unpacked} && zckdl -q -s {old_file} {self._server.http(served)} && "
                  f"unzck {served} && dd if={unpacked} of={self._target} bs=4M oflag=direct status=none")
        return Contestant("zchunk: zckdl, unzck, dd (the old file kept compressed)", group, ["bash", "-c", script],
                          start=start, result=new.path, sources=[new_file, old_file])
