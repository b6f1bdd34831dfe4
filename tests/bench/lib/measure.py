"""Runs one contestant and measures it: time until its bytes are on the disk, CPU, memory, bytes written and fetched."""
import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Sample:
    seconds: float
    cpu_seconds: float
    memory_mib: float
    written_mb: float
    fetched_mb: float


class WrongResult(RuntimeError):
    """The contestant ended without an error, but the target is not the image."""


def sectors_written(device: str) -> int:
    # Documentation/block/stat.rst: the seventh field; discards and zeroing have their own.
    return int(Path(f"/sys/block/{Path(device).name}/stat").read_text().split()[6])


def sync_device(device: str) -> None:
    descriptor = os.open(device, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def measure(command: str, device: str, fetched_bytes, log: Path) -> Sample:
    """Runs a shell command that writes to the device. Its processes' CPU counts whether they are its children or
    theirs, as long as they were waited for. `fetched_bytes()` is what the server has sent so far."""
    written, fetched = sectors_written(device), fetched_bytes()
    with open(log, "ab") as output:
        output.write(f"\n$ {command}\n".encode())
        output.flush()
        begun = time.perf_counter()
        process = subprocess.Popen(["bash", "-o", "pipefail", "-c", command], stdout=output, stderr=output,
                                   stdin=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        # Some of them leave what they wrote in the page cache.
        sync_device(device)
        seconds = time.perf_counter() - begun
    if process.returncode != 0:
        raise RuntimeError(f"exit status {process.returncode} of: {command} (see {log})")
    return Sample(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024,
                  (sectors_written(device) - written) * 512 / 1e6, (fetched_bytes() - fetched) / 1e6)


def require_same(device: str, image: Path) -> None:
    if subprocess.run(["cmp", "-s", "-n", str(image.stat().st_size), device, image]).returncode != 0:
        raise WrongResult(f"{device} does not hold {image.name} afterwards")
