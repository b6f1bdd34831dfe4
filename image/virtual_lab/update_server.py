"""The vendor's download server: nginx with TLS on updates.lan.test. Serves firmware files and the feed."""
from dataclasses import dataclass
from pathlib import Path

from . import children, lan
from .children import Child
from .feed import Feed
from .waiting import wait_until

URL = "https://updates.lan.test/firmware"


@dataclass(frozen=True)
class Request:
    """One finished request, as nginx logs it."""
    method: str
    path: str
    status: int
    sent_bytes: int
    ranges: str


class UpdateServer:
    """Serves each published file under URL/NAME; the feed lists `newest.fw` as well."""

    def __init__(self, folder: Path, certificate: Path, key: Path):
        self._files = folder / "www" / "firmware"
        self._files.mkdir(parents=True, exist_ok=True)
        self.feed = Feed(folder / "www" / "list")
        state = folder / "nginx"
        state.mkdir(exist_ok=True)
        settings = state / "nginx.conf"
        temporary = "".join(f"  {kind}_temp_path {state}/{kind};\n"
                            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        settings.write_text(f"""daemon off; user root; worker_processes 1; pid {state}/pid;
error_log {state}/error.log;
events {{ worker_connections 64; }}
http {{
{temporary}  log_format counted '$request_method $uri $status $body_bytes_sent $http_range';
  access_log {state}/access.log counted;
  sendfile on;
  server {{
    listen {lan.HOST_V4}:443 ssl; listen [{lan.HOST_V6}]:443 ssl;
    server_name updates.lan.test;
    ssl_certificate {certificate}; ssl_certificate_key {key};
    root {folder}/www;
    include {state}/pace.conf;
  }}
}}
""")
        self._state, self._settings = state, settings
        (state / "pace.conf").write_text("")
        self.come_back()

    def publish(self, firmware: Path, name: str = "newest.fw") -> str:
        """Makes it available for download; its URL."""
        if name == "newest.fw":
            self._announce(firmware)
        return self._link(self._files, firmware, name)

    def _announce(self, firmware: Path) -> None:
        self._link(self.feed.folder, firmware, "newest.fw")
        self.feed.publish()

    @staticmethod
    def _link(folder: Path, firmware: Path, name: str) -> str:
        link = folder / name
        link.unlink(missing_ok=True)
        link.hardlink_to(firmware)
        return f"{URL}/{name}"

    def requests(self, name: str = "newest.fw") -> list[Request]:
        """The finished requests for this file, in the order in which they ended. One download makes several requests, each
        for one or a few ranges."""
        log = self._state / "access.log"
        words = [line.split(maxsplit=4) for line in (log.read_text() if log.exists() else "").splitlines()]
        made = [Request(word[0], word[1], int(word[2]), int(word[3]), word[4]) for word in words]
        return [request for request in made if request.path.endswith("/" + name)]

    def sent_bytes(self, name: str = "newest.fw") -> int:
        return sum(request.sent_bytes for request in self.requests(name))

    def pace(self, mib_per_second: int) -> None:
        """Limits each connection to this rate from now on; 0: no limit."""
        (self._state / "pace.conf").write_text(f"limit_rate {mib_per_second}m;\n" if mib_per_second else "")
        self.go_away()
        self.come_back()

    def wait_until_idle(self, seconds: float) -> None:
        """Until no client is connected: then requests() returns all of them."""
        wait_until(lambda: not children.run(["ss", "-Htn", "state", "established", "state", "close-wait", "( sport = :443 )"]).strip(),
                   "the update server has no connections", seconds)

    def go_away(self) -> None:
        """Stops like a server that loses its power: connections break, new ones are refused."""
        self._child.close()

    def come_back(self) -> None:
        self._child = Child(["nginx", "-e", f"{self._state}/error.log", "-c", self._settings],
                            self._state / "output.log")

    def must_run(self) -> None:
        self._child.must_run()

    def close(self) -> None:
        self._child.close()
