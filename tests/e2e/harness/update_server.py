"""The vendor's download server: nginx with TLS on updates.lan.test. Serves files, knows nothing of firmware."""
from pathlib import Path

from . import lan
from .children import Child

URL = "https://updates.lan.test/firmware"


class UpdateServer:
    """Serves what is published under URL/NAME; `newest.fw` is what an appliance downloads by default."""

    def __init__(self, folder: Path, certificate: Path, key: Path):
        self._files = folder / "www" / "firmware"
        self._files.mkdir(parents=True, exist_ok=True)
        state = folder / "nginx"
        state.mkdir(exist_ok=True)
        settings = state / "nginx.conf"
        temporary = "".join(f"  {kind}_temp_path {state}/{kind};\n"
                            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        settings.write_text(f"""daemon off; user root; worker_processes 1; pid {state}/pid;
error_log {state}/error.log;
events {{ worker_connections 64; }}
http {{
{temporary}  access_log {state}/access.log;
  sendfile on;
  server {{
    listen {lan.HOST_V4}:443 ssl; listen [{lan.HOST_V6}]:443 ssl;
    server_name updates.lan.test;
    ssl_certificate {certificate}; ssl_certificate_key {key};
    root {folder}/www;
  }}
}}
""")
        self._child = Child(["nginx", "-e", f"{state}/error.log", "-c", settings], state / "output.log")

    def publish(self, firmware: Path, name: str = "newest.fw") -> str:
        """Makes it downloadable; the URL."""
        link = self._files / name
        link.unlink(missing_ok=True)
        link.hardlink_to(firmware)
        return f"{URL}/{name}"

    def must_run(self) -> None:
        self._child.must_run()

    def close(self) -> None:
        self._child.close()
