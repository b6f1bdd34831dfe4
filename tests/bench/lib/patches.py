"""Peers that make a patch for one known base: zstd, xdelta3, rdiff. Also computes the cost of a plain list of blocks."""

import hashlib

from lib.machine import run
from lib.rounds import Contestant

BLOCK = 4096
DIRECT = "dd of={target} bs=4M iflag=fullblock oflag=direct status=none"


class Patches:
    """curl fetches each patch from nginx. The base is the partition, or the image if the tool needs a regular file (which is
    then read from the disk, not from the page cache)."""

    def __init__(self, workspace, server, target_device, base_device):
        self._workspace = workspace
        self._server = server
        self._target = target_device.path
        self._base = base_device.path

    def _contestant(self, name, group, patch, new, start, pipe):
        address = self._server.http(self._workspace.serve(patch))
        script = f"set -o pipefail; curl -sSf {address} | {pipe} | {DIRECT.format(target=self._target)}"
        return Contestant(name, group, ["bash", "-c", script], start=start, result=new.path, sources=[patch])

    def zstd(self, group, old, new, level, start):
        patch = self._workspace.artifact(
            f"{old.name}-{new.name}-{level}.zst-patch", [old, new],
            lambda path: run("zstd", "-q", f"-{level}", "--long=31", f"--patch-from={old.path}", new.path, "-o", path))
        pipe = (f"zstd -dc --long=31 --memory=2048MB --stream-size={patch.stat().st_size} "
                f"--patch-from={old.path} -")
        return self._contestant(f"zstd --patch-from -{level}", group, patch, new, start, pipe)

    def xdelta(self, group, old, new, start):
        window = old.size_bytes
        patch = self._workspace.artifact(
            f"{old.name}-{new.name}.xdelta", [old, new],
            lambda path: run("xdelta3", "-e", "-9", "-S", "lzma", "-B", window, "-W", 16777216, "-s", old.path, new.path, path))
        return self._contestant("xdelta3 -9 -S lzma", group, patch, new, start, f"xdelta3 -dc -B {window} -s {self._base}")

    def rdiff(self, group, old, new, start):
        def make(path):
            signature = path.with_suffix(".signature")
            run("rdiff", "signature", old.path, signature)
            run("bash", "-c", f"set -o pipefail; rdiff -I 4194304 -O 4194304 delta {signature} {new.path} - | "
                              f"zstd -q -19 -T2 -o {path}")
            signature.unlink()
        patch = self._workspace.artifact(f"{old.name}-{new.name}.rdiff-zst", [old, new], make)
        return self._contestant("rdiff + zstd -19", group, patch, new, start,
                                f"zstd -dc | rdiff patch {self._base} - -")


def blocks_of(image):
    with open(image.path, "rb", buffering=1 << 22) as file:
        while block := file.read(BLOCK):
            yield block


def changed_bytes(old, new):
    """How much of the new image differs from the old one at the same place: the minimum that must be written."""
    return sum(BLOCK for one, other in zip(blocks_of(old), blocks_of(new), strict=False) if one != other) + max(
        0, new.size_bytes - old.size_bytes)


def computed_block_sizes(workspace, old, new):
    """The minimum cost of fixed 4 KiB blocks, computed, not run. Known base: the blocks that the old image does not contain
    anywhere, as one zstd -19 stream. Any base: 32 bytes of SHA-256 for each block of the image, and the missing blocks, each
    compressed by itself. Returns both in bytes."""
    import zstandard  # pylint: disable=import-outside-toplevel; installed by the benchmark itself

    def make(path):
        have = {hashlib.sha256(block).digest() for block in blocks_of(old)} | {hashlib.sha256(bytes(BLOCK)).digest()}
        alone = zstandard.ZstdCompressor(level=19)
        stream = zstandard.ZstdCompressor(
            compression_params=zstandard.ZstdCompressionParameters.from_level(19, window_log=27)).compressobj()
        each = together = 0
        for block in blocks_of(new):
            digest = hashlib.sha256(block).digest()
            if digest not in have:
                have.add(digest)
                each += len(alone.compress(block))
                together += len(stream.compress(block))
        together += len(stream.flush())
        path.write_text(f"{together} {new.size_bytes // BLOCK * 32 + each}")
    done = workspace.artifact(f"{old.name}-{new.name}.block-sizes", [old, new], make)
    return tuple(int(word) for word in done.read_text().split())
