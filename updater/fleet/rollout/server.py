"""hawkBit's management interface, as far as update-rollout needs it. Every answer is bounded before it is read. The
password goes nowhere but to the server that was named: no redirects, no proxy, no plain HTTP to another machine."""
import base64
import http.client
import ipaddress
import json
import ssl
import urllib.parse

from .failure import Failure

MAX_ANSWER_BYTES = 8 << 20
MAX_PAGES = 200
PAGE_LENGTH = 500
TIMEOUT_SECONDS = 30


def is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Server:
    """Calls of the REST interface of one hawkBit server."""

    def __init__(self, url: str, user: str, password: str, ca_file: str | None = None):
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query:
            raise Failure(f"'{url}' is not the address of a hawkBit server", "name it as https://HOST[:PORT]")
        if parts.scheme == "http" and not is_this_machine(parts.hostname):
            raise Failure(f"the password would cross the network in plain text to {parts.hostname}",
                          f"use https://{parts.hostname}")
        self.name = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname
        self._parts = parts
        self._tls = ssl.create_default_context(cafile=ca_file) if parts.scheme == "https" else None
        self._authorization = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()

    def get(self, path: str, **query) -> dict | list:
        return self._call("GET", path, None, query)

    def post(self, path: str, body=None) -> dict | list | None:
        return self._call("POST", path, body, {})

    def put(self, path: str, body) -> dict | list | None:
        return self._call("PUT", path, body, {})

    def delete(self, path: str) -> None:
        self._call("DELETE", path, None, {})

    def count(self, path: str, query: str) -> int:
        """How many there are of what a query finds."""
        return int(self.get(path, q=query, limit=1)["total"])

    def pages(self, path: str, **query) -> list[dict]:
        """Everything of a list that comes in pages."""
        found: list[dict] = []
        for _ in range(MAX_PAGES):
            page = self.get(path, offset=len(found), limit=PAGE_LENGTH, **query)
            found += page["content"]
            if len(found) >= page["total"] or not page["content"]:
                return found
        raise Failure(f"{path} of {self.name} has more than {MAX_PAGES * PAGE_LENGTH} entries",
                      "this is more than update-rollout is made for: divide the fleet among several tenants")

    def _connect(self) -> http.client.HTTPConnection:
        if self._tls:
            return http.client.HTTPSConnection(self._parts.hostname, self._parts.port, timeout=TIMEOUT_SECONDS,
                                               context=self._tls)
        return http.client.HTTPConnection(self._parts.hostname, self._parts.port, timeout=TIMEOUT_SECONDS)

    def _call(self, method: str, path: str, body, query: dict):
        target = self._parts.path.rstrip("/") + "/rest/v1" + path
        if query:
            target += "?" + urllib.parse.urlencode(query)
        headers = {"Authorization": self._authorization, "Accept": "application/json"}
        data = None
        if body is not None:
            data, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        connection = self._connect()
        try:
            connection.request(method, target, data, headers)
            answer = connection.getresponse()
            text = answer.read(MAX_ANSWER_BYTES + 1)
        except (OSError, http.client.HTTPException) as error:
            raise Failure(f"hawkBit at {self.name} does not answer: {error or type(error).__name__}",
                          "run the same command again when the server is up: it looks first what has happened") from error
        finally:
            connection.close()
        if len(text) > MAX_ANSWER_BYTES:
            raise Failure(f"the answer of {self.name} to {method} {path} has more than {MAX_ANSWER_BYTES >> 20} MiB")
        return self._read(answer.status, method, path, text)

    def _read(self, status: int, method: str, path: str, text: bytes):
        if status in (401, 403):
            raise Failure(f"hawkBit at {self.name} does not let this user {method} {path} ({status})",
                          "check the user and the password file; the user needs the role TENANT_ADMIN, or the "
                          "permissions for rollouts, targets and distribution sets")
        try:
            document = json.loads(text) if text.strip() else None
        except ValueError:
            raise Failure(f"{self.name} answers {method} {path} with something other than JSON ({status})",
                          "is this address really that of hawkBit's management interface?") from None
        if not 200 <= status < 300:
            said = document.get("message") or document.get("error") if isinstance(document, dict) else None
            raise Failure(f"hawkBit at {self.name} refuses {method} {path} ({status}): "
                          + str(said or "without a reason")[:500])
        return document
