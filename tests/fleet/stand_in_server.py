#!/usr/bin/python3
"""The stand-in for hawkBit as a process: HTTP on loopback, tokens and password, the scheduler of rollouts. What a proxy says
of a client's certificate (X-Controller-Id, X-Authority-1) counts once the setting authentication.header.authority names its
issuer.

Usage: stand_in_server.py PORT FILE GATEWAY-TOKEN"""
import base64
import json
import sys
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from stand_in.device_interface import DeviceInterface, NoLongerActive, NotFound
from stand_in.management import Management
from stand_in.queries import BadQuery
from stand_in.rollouts import Illegal, Rollouts
from stand_in.tables import Tables

PASS_SECONDS = 0.1
MAX_BODY_BYTES = 4 << 20


class Unauthorized(Exception):
    """401"""


class StandIn:
    """What one request is answered, whoever asks."""

    def __init__(self, tables: Tables, gateway_token: str, at: str):
        self._tables, self._gateway_token, self._at = tables, gateway_token, at
        self.rollouts = Rollouts(tables)
        self._devices = DeviceInterface(tables)
        self._management = Management(tables, self.rollouts, f"{at}/rest/v1")

    def answer(self, method: str, target: str, headers, body):
        parts = urllib.parse.urlsplit(target)
        with self._tables.lock:
            if parts.path.startswith("/rest/v1/"):
                if headers.get("Authorization") != "Basic " + base64.b64encode(b"admin:admin").decode():
                    raise Unauthorized
                query = dict(urllib.parse.parse_qsl(parts.query))
                return self._management.answer(method, parts.path.removeprefix("/rest/v1"), query, body)
            return self._device(method, [urllib.parse.unquote(word) for word in parts.path.split("/")[1:]], headers, body)

    def _device(self, method: str, words: list[str], headers, body):
        if len(words) < 4 or words[1:3] != ["controller", "v1"]:
            raise NotFound
        name, rest = words[3], words[4:]
        self._authorize(name, headers)
        base = f"{self._at}/{words[0]}/controller/v1/{urllib.parse.quote(name, safe='')}"
        if not rest and method == "GET":
            return self._devices.root(base, name)
        if rest == ["configData"] and method == "PUT":
            return self._devices.attributes(name, body)
        if len(rest) == 1 and rest[0] == "confirmationBase":
            href = self._devices.root(base, name)["_links"].get("confirmationBase")
            return {"autoConfirm": {"active": False}, "_links": {"confirmationBase": href} if href else {}}
        if len(rest) == 2 and method == "GET":
            return {"deploymentBase": self._devices.deployment, "confirmationBase": self._devices.confirmation,
                    "cancelAction": self._devices.cancellation}[rest[0]](name, rest[1])
        if len(rest) == 3 and method == "POST" and rest[2] == "feedback":
            if rest[0] == "confirmationBase":
                return self._devices.confirmed(name, rest[1], body)
            return self._devices.feedback(name, rest[1], body, rest[0] == "cancelAction")
        raise NotFound

    def _authorize(self, name: str, headers) -> None:
        authority = self._tables.get("settings", "authentication.header.authority")
        if authority and (headers.get("X-Controller-Id"), headers.get("X-Authority-1")) == (name, authority["value"]):
            return
        settings = self._tables.get("settings", "authentication.gatewaytoken.key")
        kind, _, token = headers.get("Authorization", "").partition(" ")
        known = self._tables.get("targets", name)
        if kind == "GatewayToken" and token == (settings["value"] if settings else self._gateway_token):
            return
        if kind == "TargetToken" and known and token and token == known["securityToken"]:
            return
        raise Unauthorized


class Handler(BaseHTTPRequestHandler):
    """One connection."""
    protocol_version = "HTTP/1.1"
    stand_in: StandIn
    disable_nagle_algorithm = True

    def _serve(self) -> None:
        data = self.rfile.read(min(MAX_BODY_BYTES, int(self.headers.get("Content-Length", 0))))
        status, answer = 200, None
        try:
            answer = self.stand_in.answer(self.command, self.path, self.headers,
                                          json.loads(data) if data else None)
        except Unauthorized:
            status = 401
        except NotFound:
            status = 404
        except NoLongerActive:
            status = 410
        except (Illegal, BadQuery) as error:
            status, answer = 400, {"message": str(error)}
        text = json.dumps(answer).encode() if answer is not None else b""
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PUT = do_DELETE = _serve

    def log_message(self, *_) -> None:
        """Says nothing."""


def main() -> int:
    port, file, token = int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    tables = Tables(file)
    Handler.stand_in = StandIn(tables, token, f"http://127.0.0.1:{port}")
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    while True:
        with tables.lock:
            Handler.stand_in.rollouts.step()
        time.sleep(PASS_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
