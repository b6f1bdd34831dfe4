"""What a real HAProxy makes of the lines of update-agent-check."""
import csv
import io
import socket
import subprocess
import tempfile
import threading
from pathlib import Path

from lab.processes import wait_for
from lab.stage import require

CONFIGURATION = """
global
    stats socket {folder}/socket mode 600 level admin
defaults
    mode tcp
    timeout connect 1s
    timeout check 1s
    timeout client 3s
    timeout server 3s
backend mail
    server node 127.0.0.1:{mail} check inter 100ms agent-check agent-port {agent} agent-inter 100ms
"""


class Answers:
    """Sends one thing to everybody who connects, and counts them."""

    def __init__(self, line: bytes):
        self.line, self.count = line, 0
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._answer, daemon=True).start()

    def _answer(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
                with connection:
                    connection.sendall(self.line)
                self.count += 1
            except OSError:
                if self._listener.fileno() < 0:
                    return

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


def server_row(admin_socket: Path) -> dict:
    with socket.socket(socket.AF_UNIX) as admin:
        admin.connect(str(admin_socket))
        admin.sendall(b"show stat\n")
        text = b"".join(iter(lambda: admin.recv(65536), b"")).decode()
    return next((row for row in csv.DictReader(io.StringIO(text.lstrip("# "))) if row["svname"] == "node"), {})


def an_empty_line_of_the_agent_check_changes_nothing(make) -> None:
    """That is how a node answers whose agent answers nobody for a moment."""
    mail, agent = Answers(b"220 node\r\n"), Answers(b"ready up\n")
    with tempfile.TemporaryDirectory(prefix="cluster-") as folder:
        admin_socket = Path(folder) / "socket"
        configuration = Path(folder) / "haproxy.cfg"
        configuration.write_text(CONFIGURATION.format(folder=folder, mail=mail.port, agent=agent.port))
        haproxy = subprocess.Popen(["haproxy", "-db", "-f", configuration], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_for("HAProxy is there", admin_socket.exists)
            for line, status in ((b"ready up\n", "UP"), (b"drain\n", "DRAIN (agent)"), (b"ready up\n", "UP"), (b"maint\n", "MAINT"),
                                 (b"ready up\n", "UP"), (b"down #mail is stopped\n", "DOWN (agent)"), (b"ready up\n", "UP")):
                agent.line = line
                wait_for(f"{line!r} is {status}", lambda status=status: server_row(admin_socket).get("status") == status)
                agent.line = b"\n"
                seen = agent.count
                wait_for("it was asked some times more", lambda seen=seen: agent.count > seen + 4)
                found = server_row(admin_socket)
                require(found["status"] == status, f"an empty line after {line!r}: {found}")
        finally:
            haproxy.kill()
            haproxy.wait()
            mail.close()
            agent.close()


SCENARIOS = [an_empty_line_of_the_agent_check_changes_nothing]
