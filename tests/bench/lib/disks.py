"""Loop devices with direct I/O over files. What they hold before a run is put there outside of the measured time."""
import subprocess
from pathlib import Path


def run(*command, **options) -> str:
    return subprocess.run([str(word) for word in command], check=True, text=True, stdout=subprocess.PIPE, **options).stdout


class Disk:
    """A loop device over a file all of whose blocks are allocated, as on a disk."""

    def __init__(self, file: Path, size_bytes: int):
        self.file, self.size_bytes = file, size_bytes
        if not file.exists() or file.stat().st_size != size_bytes:
            run("dd", "if=/dev/urandom", f"of={file}", "bs=4M", f"count={size_bytes}", "iflag=count_bytes,fullblock", "status=none")
        self.device = run("losetup", "--show", "-f", "--direct-io=on", file).strip()

    def fill(self, content: Path) -> None:
        """Byte for byte, zeros too: nothing of what was there before shows through."""
        run("dd", f"if={content}", f"of={self.file}", "bs=4M", "conv=notrunc,fsync", "status=none")

    def close(self) -> None:
        run("losetup", "-d", self.device)


class Base:
    """The partition that runs: read only."""

    def __init__(self, image: Path):
        self.device = run("losetup", "--show", "-r", "-f", "--direct-io=on", image).strip()

    def close(self) -> None:
        run("losetup", "-d", self.device)
