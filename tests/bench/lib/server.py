"""One nginx for all contestants: https for ours, http for the others, with one line in its log for each request."""

import os
import subprocess
import time
import urllib.request
from pathlib import Path

from lib.machine import BenchmarkError, CannotRun, run

HTTP_PORT = 18480
HTTPS_PORT = 18443

CONFIGURATION = """
daemon off; worker_processes 2; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    log_format bytes '$bytes_sent $status $request_uri';
    access_log {folder}/bytes.log bytes;
    sendfile on; tcp_nopush on; keepalive_timeout 65; keepalive_requests 100000;
    default_type application/octet-stream;
    client_body_temp_path {folder}/temporary; proxy_temp_path {folder}/temporary;
    fastcgi_temp_path {folder}/temporary; uwsgi_temp_path {folder}/temporary; scgi_temp_path {folder}/temporary;
    server {{
        listen 127.0.0.1:{http};
        listen 127.0.0.1:{https} ssl http2;
        ssl_certificate {folder}/server.pem; ssl_certificate_key {folder}/server.key;
        root {root};
    }}
}}
"""


class Server:
    """nginx as Debian has it, on loopback, serving one folder."""

    def __init__(self, folder, root):
        self._folder = Path(folder)
        (self._folder / "temporary").mkdir(parents=True, exist_ok=True)
        self.certificate_authority = self._folder / "ca.pem"
        if not self.certificate_authority.exists():
            self._make_certificates()
        self._log = self._folder / "bytes.log"
        self._log.write_bytes(b"")
        os.chmod(self._log, 0o666)
        self._let_workers_in(Path(root))
        configuration = self._folder / "nginx.conf"
        configuration.write_text("user root;" + CONFIGURATION.format(folder=self._folder, root=root, http=HTTP_PORT,
                                                                     https=HTTPS_PORT))
        # pylint: disable=consider-using-with
        self._process = subprocess.Popen(["nginx", "-c", configuration, "-p", self._folder],
                                         stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        self._wait_until_it_answers()

    @staticmethod
    def _let_workers_in(root):
        root.mkdir(parents=True, exist_ok=True)
        (root / "ready").write_text("ready\n")

    def _make_certificates(self):
        authority_key = self._folder / "ca.key"
        request = self._folder / "server.csr"
        extensions = self._folder / "server.ext"
        extensions.write_text("subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth\n")
        run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650", "-subj", "/CN=Benchmark CA",
            "-keyout", authority_key, "-out", self._folder / "ca.new")
        run("openssl", "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1",
            "-keyout", self._folder / "server.key", "-out", request)
        run("openssl", "x509", "-req", "-in", request, "-CA", self._folder / "ca.new", "-CAkey", authority_key,
            "-CAcreateserial", "-days", "3650", "-extfile", extensions, "-out", self._folder / "server.pem")
        (self._folder / "ca.new").rename(self.certificate_authority)

    def _wait_until_it_answers(self):
        deadline = time.monotonic() + 10
        while True:
            try:
                with urllib.request.urlopen(self.http("ready"), timeout=1) as answer:
                    answer.read()
                return
            except OSError as error:
                if self._process.poll() is not None:
                    raise BenchmarkError("nginx ended: " + self._process.stderr.read()) from error
                if time.monotonic() > deadline:
                    raise BenchmarkError(f"nginx does not answer: {error}") from error
                time.sleep(0.05)

    @staticmethod
    def http(name):
        return f"http://127.0.0.1:{HTTP_PORT}/{name}"

    @staticmethod
    def https(name):
        return f"https://127.0.0.1:{HTTPS_PORT}/{name}"

    def position(self):
        """The present end of the log, for `sent_since`."""
        return self._log.stat().st_size

    def sent_since(self, position):
        """(bytes sent with headers, requests) since then. nginx may log a request late whose connection the client has closed,
        so this waits until the log stops growing."""
        end = -1
        while end != self.position():
            end = self.position()
            time.sleep(0.2)
        with open(self._log, encoding="utf-8", errors="replace") as log:
            log.seek(position)
            sent = [int(line.split()[0]) for line in log]
        return sum(sent), len(sent)

    def close(self):
        self._process.terminate()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired as error:
            self._process.kill()
            raise CannotRun("nginx did not end by itself") from error
