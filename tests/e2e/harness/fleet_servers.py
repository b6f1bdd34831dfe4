"""The servers of a fleet as a site runs them: hawkBit's stand-in and goosebit on loopback, and an nginx before them that
speaks TLS, checks client certificates and tells the server whose certificate it saw. Certificates are of an authority that no
appliance knows by itself."""
import socket
import sys
from pathlib import Path

from virtual_lab import children, lan, places
from virtual_lab.children import Child
from virtual_lab.waiting import PATIENCE, wait_until

sys.path.append(str(places.CHECKOUT / "tests" / "fleet"))
from goosebit import Goosebit  # noqa: E402
from servers import HawkbitServer  # noqa: E402

NAME = "hawkbit.lan.test"
HAWKBIT_PORT, GOOSEBIT_PORT = 8443, 8444
AUTHORITY_WORD = "authority-of-the-fleet"             # what the proxy tells the server about the issuer


class Authority:
    """Signs the certificates of the server and of appliances."""

    def __init__(self, folder: Path):
        folder.mkdir()
        self._folder = folder
        self.certificate, self._key = folder / "authority.crt", folder / "authority.key"
        children.run(["openssl", "req", "-x509", *_NEW_KEY, "-days", "30", "-subj", "/CN=authority of the fleet",
                      "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign",
                      "-keyout", self._key, "-out", self.certificate])

    def issue(self, name: str, usage: str, names: str = "") -> tuple[Path, Path]:
        """Certificate and key; `names`: as in subjectAltName."""
        request, certificate, key, extensions = (self._folder / f"{name}.{end}" for end in ("csr", "crt", "key", "ext"))
        extensions.write_text(f"extendedKeyUsage={usage}\n" + (f"subjectAltName={names}\n" if names else ""))
        children.run(["openssl", "req", *_NEW_KEY, "-subj", f"/CN={name}", "-keyout", key, "-out", request])
        children.run(["openssl", "x509", "-req", "-in", request, "-days", "30", "-CA", self.certificate, "-CAkey", self._key,
                      "-CAcreateserial", "-extfile", extensions, "-out", certificate])
        return certificate, key


_NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]


class FleetServers:
    """All of them, started."""

    def __init__(self, folder: Path):
        folder.mkdir()
        self._folder = folder
        self.authority = Authority(folder / "keys")
        self.hawkbit, self.goosebit = HawkbitServer(folder, None), Goosebit(folder)
        self._proxy: Child | None = None
        self.url, self.goosebit_url = f"https://{NAME}:{HAWKBIT_PORT}", f"https://{NAME}:{GOOSEBIT_PORT}"
        # For programs on the lab's own machine, which doesn't ask the LAN's name server.
        self.url_by_address = f"https://{lan.HOST_V4}:{HAWKBIT_PORT}"

    def start(self) -> None:
        self.hawkbit.start()
        self.goosebit.start()
        self._start_proxy()

    def close(self) -> None:
        if self._proxy:
            self._proxy.close()
        self.hawkbit.stop()
        self.goosebit.stop()

    def requests(self, controller: str) -> list[str]:
        """What an appliance asked, as the proxy saw it: "GET 200 SUCCESS", where the last word is about its certificate."""
        log = self._folder / "access.log"
        lines = [line.split() for line in (log.read_text() if log.exists() else "").splitlines()]
        return [" ".join(words[1:]) for words in lines if f"/controller/v1/{controller}" in words[0]]

    def _start_proxy(self) -> None:
        certificate, key = self.authority.issue(NAME, "serverAuth", f"DNS:{NAME},IP:{lan.HOST_V4}")
        settings, state = self._folder / "nginx.conf", self._folder
        temporary = "".join(f"  {kind}_temp_path {state}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        settings.write_text(f"""daemon off; user root; worker_processes 1; pid {state}/nginx.pid;
error_log {state}/error.log;
events {{ worker_connections 64; }}
http {{
{temporary}  log_format seen '$uri $request_method $status $ssl_client_verify';
  access_log {state}/access.log seen;
  map "$ssl_client_verify $ssl_client_s_dn" $controller {{ default ""; "~^SUCCESS CN=(?<name>[A-Za-z0-9._-]+)(,|$)" $name; }}
  map $ssl_client_verify $authority {{ default ""; SUCCESS {AUTHORITY_WORD}; }}
  ssl_certificate {certificate}; ssl_certificate_key {key};
{self._server(HAWKBIT_PORT, self.hawkbit.url)}{self._server(GOOSEBIT_PORT, self.goosebit.url)}}}
""")
        self._proxy = Child(["nginx", "-e", f"{state}/error.log", "-c", settings], state / "nginx.log")
        wait_until(self._proxy_listens, "the proxy listens", 60 * PATIENCE, every=0.1)

    def _server(self, port: int, behind: str) -> str:
        """With the lines that updater/fleet/README.md gives."""
        return f"""  server {{
    listen {lan.HOST_V4}:{port} ssl; server_name {NAME};
    ssl_client_certificate {self.authority.certificate}; ssl_verify_client optional;
    proxy_set_header X-Controller-Id $controller;
    proxy_set_header X-Authority $authority; proxy_set_header X-Authority-1 $authority;
    location / {{ proxy_pass {behind}; }}
  }}
"""

    def _proxy_listens(self) -> bool:
        self._proxy.must_run()
        try:
            socket.create_connection((lan.HOST_V4, HAWKBIT_PORT), timeout=5).close()
            return True
        except OSError:
            return False
