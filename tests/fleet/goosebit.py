#!/usr/bin/python3
"""goosebit, a second server of hawkBit's device interface, from PyPI into a folder of its own: real, without groups.
Bound to loopback. As a program it only fetches it, for tests that run without the network."""
import fcntl
import http.client
import json
import os
import subprocess
import sys
import time
import urllib.parse
from pathlib import Path

from servers import CHECKOUT, HERE, START_SECONDS, free_port

VERSION = "0.2.12"
INSTALL_SECONDS = 600
FOLDER = CHECKOUT / ".build" / "fleet" / f"goosebit-{VERSION}"
SCHEMA = """import asyncio
from goosebit.db.config import TORTOISE_CONF
from tortoise import Tortoise
async def make():
    await Tortoise.init(TORTOISE_CONF)
    await Tortoise.generate_schemas()
    await Tortoise.close_connections()
asyncio.run(make())"""
USER, PASSWORD = "operator@example.test", "password-of-the-tests"


def installed() -> Path:
    """The Python that has it; fails with the reason where it can't be had."""
    python = FOLDER / "bin" / "python3"
    FOLDER.parent.mkdir(parents=True, exist_ok=True)
    with open(FOLDER.with_name(FOLDER.name + ".lock"), "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (FOLDER / "complete").exists():
            _install(python)
    return python


def _install(python: Path) -> None:
    for words in (["/usr/bin/python3", "-m", "venv", "--clear", FOLDER],
                  [python, "-m", "pip", "install", "--quiet", "--constraint", HERE / "goosebit-constraints.txt",
                   f"goosebit=={VERSION}"]):
        result = subprocess.run(words, capture_output=True, text=True, timeout=INSTALL_SECONDS)
        assert result.returncode == 0, f"goosebit {VERSION} can't be had: {result.stderr[-500:]}"
    (FOLDER / "complete").touch()


def image(version: str) -> bytes:
    """The least that goosebit takes for software: an archive (cpio) with a description that has the version."""
    def entry(name: str, data: bytes) -> bytes:
        numbers = [1, 0o100644, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0]
        head = b"070701" + b"".join(b"%08X" % number for number in numbers) + name.encode() + b"\0"
        return head + b"\0" * (-len(head) % 4) + data + b"\0" * (-len(data) % 4)
    description = f'software = {{\n  version = "{version}";\n}}\n'.encode()
    return entry("sw-description", description) + entry("TRAILER!!!", b"")


class Goosebit:
    """One server, with a database in a folder."""

    def __init__(self, folder: Path):
        self._folder, self._port = folder, free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self._process: subprocess.Popen | None = None
        self._token = ""

    def start(self) -> None:
        settings = {"GOOSEBIT_DB_URI": f"sqlite://{self._folder}/goosebit.sqlite3",
                    "GOOSEBIT_ARTIFACTS_DIR": f"{self._folder}/artifacts", "GOOSEBIT_POLL_TIME": "00:00:01", "GOOSEBIT_SECRET_KEY": "a-secret-of-the-tests-only"}
        subprocess.run([installed(), "-c", SCHEMA], cwd=self._folder, env={**os.environ, **settings}, check=True)
        with open(self._folder / "goosebit.log", "ab") as log:
            self._process = subprocess.Popen(
                [installed(), "-m", "uvicorn", "goosebit:app", "--host", "127.0.0.1", "--port", str(self._port)],
                cwd=self._folder, env={**os.environ, **settings}, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            assert self._process.poll() is None and time.monotonic() < deadline, (self._folder / "goosebit.log").read_text()[-2000:]
            time.sleep(0.1)
        form = urllib.parse.urlencode({"username": USER, "password": PASSWORD}).encode()
        self._call("POST", "/setup", form, "application/x-www-form-urlencoded")
        self._token = self._call("POST", "/login", form, "application/x-www-form-urlencoded")["access_token"]

    def stop(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(60)

    def offer(self, version: str) -> int:
        """Software that devices can be given."""
        border = "----border"
        body = (f'--{border}\r\nContent-Disposition: form-data; name="file"; filename="appliance-{version}.swu"\r\n'
                "Content-Type: application/octet-stream\r\n\r\n").encode() + image(version) + f"\r\n--{border}--\r\n".encode()
        return self._call("PUT", "/api/v1/software", body, f"multipart/form-data; boundary={border}")["id"]

    def give(self, device: str, software: int) -> None:
        self._call("PATCH", "/api/v1/devices", json.dumps({"devices": [device], "software": str(software)}).encode())

    def devices(self) -> dict[str, dict]:
        return {device["id"]: device for device in self._call("GET", "/api/v1/devices")["devices"]}

    def _answers(self) -> bool:
        try:
            self._call("GET", "/docs")
            return True
        except (OSError, http.client.HTTPException, ValueError):
            return False

    def _call(self, method: str, path: str, body: bytes | None = None, kind: str = "application/json"):
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        headers = {"Content-Type": kind, "Accept": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read()
        finally:
            connection.close()
        assert answer.status < 400, f"{method} {path}: {answer.status} {text[:500]!r}"
        return json.loads(text) if text.startswith((b"{", b"[")) else None


if __name__ == "__main__":
    try:
        installed()
    except (AssertionError, OSError, subprocess.TimeoutExpired) as error:
        sys.exit(f"goosebit: {error}")
