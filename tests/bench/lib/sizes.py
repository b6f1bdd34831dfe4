"""What other ways of making differences small would have an appliance fetch: sizes only, computed once."""
import hashlib
import subprocess
from pathlib import Path

from .setting import Setting, once

BLOCK = 4096


def size_mb(path: Path) -> float:
    return path.stat().st_size / 1e6


def _missing_blocks(base: Path, image: Path, target: Path) -> None:
    zeros = bytes(BLOCK)
    with open(base, "rb") as file:
        known = {hashlib.sha256(block).digest() for block in iter(lambda: file.read(BLOCK), b"")}
    with open(image, "rb") as file, open(target, "wb") as missing:
        for block in iter(lambda: file.read(BLOCK), b""):
            if block != zeros and hashlib.sha256(block).digest() not in known:
                missing.write(block)


class Sizes:
    def __init__(self, setting: Setting):
        self._setting, self._folder = setting, setting.work / "sizes"
        self._folder.mkdir(exist_ok=True)

    def table(self, base: str, target: str) -> dict[str, float]:
        """MB for each way. The first one is the whole image."""
        old, new = self._setting.images[base], self._setting.images[target]
        pair = f"{base}-{target}"
        blocks = self._folder / f"{pair}.blocks"
        if not blocks.exists():
            _missing_blocks(old, new, blocks)
        level = 19 if target == "v2" else 9
        made = {
            "whole image, zstd -19": once(self._folder / f"{target}.zst", f"zstd -q -T0 -19 -f {new} -o $out"),
            f"known base: zstd --patch-from -{level}": once(
                self._folder / f"{pair}.patch", f"zstd -q -T1 -{level} --long=31 --patch-from={old} -f {new} -o $out"),
            "known base: xdelta3 -9": once(self._folder / f"{pair}.xdelta",
                                           f"xdelta3 -q -f -e -9 -S lzma -B 2147483648 -W 16777216 -s {old} {new} $out"),
            "known base: rdiff, zstd -19": once(
                self._folder / f"{pair}.rdiff", f"rdiff signature {old} $out.sig; rdiff -f delta $out.sig {new} $out.delta; "
                "zstd -q -T0 -19 -f $out.delta -o $out; rm $out.sig $out.delta"),
            "known base: 4 KiB blocks not in it": once(self._folder / f"{pair}.blocks.zst",
                                                       f"zstd -q -T0 -19 -f {blocks} -o $out"),
            "known base: ostree static delta": self._ostree(base, target),
        }
        sizes = {name: size_mb(path) for name, path in made.items()}
        # Each block compressed by itself would cost more; an index of 16 bytes for each block of the image.
        index_mb = new.stat().st_size / BLOCK * 16 / 1e6
        sizes["any base: 4 KiB blocks with index (bound)"] = sizes["known base: 4 KiB blocks not in it"] + index_mb
        return sizes

    def _ostree(self, base: str, target: str) -> Path:
        """From the files in the images, as users of ostree would have them."""
        repository = self._folder / "ostree"
        commits = []
        for name in (base, target):
            commits.append(f"""mkdir -p $out.mount; mount -o loop,ro,noload {self._setting.images[name]} $out.mount
                trap 'umount $out.mount' EXIT
                ostree --repo={repository} rev-parse {name} >/dev/null 2>&1 ||
                    ostree --repo={repository} commit -b {name} --tree=dir=$out.mount --timestamp=2026-01-01 >/dev/null
                umount $out.mount; trap - EXIT""")
        return once(self._folder / f"{base}-{target}.ostree", f"[ -d {repository} ] || ostree --repo={repository} init --mode=bare",
                    *commits, f"ostree --repo={repository} static-delta generate --inline --min-fallback-size=0 "
                    f"--max-bsdiff-size=512 --from={base} --to={target} --filename=$out")


def zchunk_fetch_mb(setting: Setting, published: Path, server, base: str, target: str) -> float:
    """By SWUpdate's delta handler and by zckdl: what the server sends for the difference."""
    for name in (base, target):
        once(published / f"{name}.zck", f"zck -o $out {setting.images[name]}")
    folder = setting.work / "zchunk"
    folder.mkdir(exist_ok=True)
    (folder / f"{target}.zck").unlink(missing_ok=True)
    before = server.sent_bytes()
    subprocess.run(["zckdl", "-s", published / f"{base}.zck", server.plain(f"{target}.zck")], cwd=folder, check=True,
                   stdout=subprocess.DEVNULL)
    return (server.sent_bytes() - before) / 1e6
