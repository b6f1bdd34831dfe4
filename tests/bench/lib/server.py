"""nginx with and without TLS on loopback, and how many bytes it has sent."""
import socket
import subprocess
import time
from pathlib import Path

CONFIGURATION = """
worker_processes 2; daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 256; }}
http {{
  log_format sent '$bytes_sent'; access_log {folder}/sent.log sent;
  sendfile on; tcp_nopush on; keepalive_requests 100000; client_body_temp_path {folder}/body;
  server {{ listen 127.0.0.1:{plain}; root {root}; }}
  server {{ listen 127.0.0.1:{tls} ssl; root {root}; ssl_certificate {folder}/server.crt; ssl_certificate_key {folder}/server.key; }}
}}
"""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    def __init__(self, folder: Path, root: Path):
        folder.mkdir(parents=True, exist_ok=True)
        self._log = folder / "sent.log"
        self.plain_port, self.tls_port = _free_port(), _free_port()
        self.certificate_authority = folder / "server.crt"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=127.0.0.1",
                        "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder / "server.key",
                        "-out", folder / "server.crt"], check=True, stderr=subprocess.DEVNULL)
        (folder / "nginx.conf").write_text(CONFIGURATION.format(folder=folder, root=root, plain=self.plain_port,
                                                                tls=self.tls_port))
        self._log.write_text("")
        self._process = subprocess.Popen(["nginx", "-c", folder / "nginx.conf"], stderr=subprocess.DEVNULL)
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.tls_port)) == 0:
                    return
            time.sleep(0.05)
        raise RuntimeError("nginx did not start")

    def plain(self, name: str) -> str:
        return f"http://127.0.0.1:{self.plain_port}/{name}"

    def tls(self, name: str) -> str:
        return f"https://127.0.0.1:{self.tls_port}/{name}"

    def sent_bytes(self) -> int:
        time.sleep(0.05)  # a request is logged when its connection is done with it
        return sum(int(line) for line in self._log.read_text().split())

    def close(self) -> None:
        self._process.terminate()
        self._process.wait()
