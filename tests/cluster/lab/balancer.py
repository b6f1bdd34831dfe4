"""A real HAProxy in front of the nodes, and a sender that never stops: a message every tenth of a second, each repeated
until it is accepted, as mail servers do."""
import csv
import io
import smtplib
import socket
import subprocess
import threading
import time
from pathlib import Path

from .processes import free_port, wait_for

CONFIGURATION = """
global
    stats socket {folder}/haproxy.sock mode 600 level admin
defaults
    mode tcp
    timeout connect 5s
    timeout check 10s
    timeout client 30s
    timeout server 30s
    retries 3
    option redispatch 1
    log global
frontend smtp
    bind {listen}
    default_backend mail
backend mail
    balance roundrobin
    option tcp-check
    tcp-check expect rstring ^220
    default-server {checks}
{servers}
"""


CHECKS = "check inter 200ms fall 2 rise 1 on-marked-down shutdown-sessions"
# Slow to see for itself that nobody listens any more: what the node says is seen before.
ASKS_THE_NODE = "check inter 2s fall 10 rise 1 agent-check agent-port 4725 agent-inter 500ms"


class Balancer:
    def __init__(self, folder: Path, nodes: list, listen: str = "", checks: str = CHECKS):
        """Takes mail at a free port of this machine, or at `listen`."""
        self._folder, self.port, self._process = folder, free_port(), None
        listen = listen or f"127.0.0.1:{self.port}"
        self.socket = folder / "haproxy.sock"
        servers = "\n".join(f"    server {node.name} {node.mail_address}:{node.mail_port}" for node in nodes)
        (folder / "haproxy.cfg").write_text(CONFIGURATION.format(folder=folder, listen=listen, servers=servers, checks=checks))

    def start(self) -> None:
        with open(self._folder / "haproxy.log", "ab") as log:
            self._process = subprocess.Popen(["haproxy", "-db", "-f", self._folder / "haproxy.cfg"],
                                             stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_for("HAProxy serves", lambda: self.socket.exists() and set(self.statuses().values()) == {"UP"})

    def stop(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()

    def say(self, command: str) -> str:
        with socket.socket(socket.AF_UNIX) as admin:
            admin.connect(str(self.socket))
            admin.sendall(command.encode() + b"\n")
            return b"".join(iter(lambda: admin.recv(65536), b"")).decode()

    def statuses(self) -> dict:
        try:
            answer = self.say("show stat")
        except OSError:
            return {}
        rows = csv.DictReader(io.StringIO(answer.lstrip("# ")))
        return {row["svname"]: row["status"] for row in rows
                if row["pxname"] == "mail" and row["svname"] != "BACKEND"}


class Sender:
    def __init__(self, port: int):
        self._port, self._over = port, threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.accepted: list[str] = []
        self.refusals: list[str] = []
        self.longest_refusal_seconds = 0.0  # from the first refusal of a message until it was accepted

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        number = 0
        while not self._over.is_set():
            number += 1
            name, refused = f"message-{number}@sender.test", None
            while not self._send(name):
                refused = refused or time.monotonic()
                time.sleep(0.1)
            if refused:
                self.longest_refusal_seconds = max(self.longest_refusal_seconds, time.monotonic() - refused)
            self.accepted.append(name)
            self._over.wait(0.1)

    def _send(self, name: str) -> bool:
        try:
            with smtplib.SMTP("127.0.0.1", self._port, "sender.test", timeout=30) as server:
                server.sendmail(name, ["user@cluster.test"], f"Subject: {name}\n\ntext\n")
            return True
        except (OSError, smtplib.SMTPException) as reason:
            self.refusals.append(f"{name}: {reason!r}")
            return False
