"""One appliance as hawkBit sees it, in Python, driven step by step: for tests of the server's side and of
update-rollout. It is not the client: that is updater/hawkbit, and simulated_devices has its code."""
import http.client
import json
import threading
import urllib.parse

TIMEOUT_SECONDS = 30
_local = threading.local()


class Gone(Exception):
    """The server has no such action any more (404, 410)."""


class Unauthorized(Exception):
    """The token is not accepted (401)."""


def request(url: str, method: str, token: str, body=None) -> dict | None:
    """One call; each thread keeps its connection."""
    parts = urllib.parse.urlsplit(url)
    headers = {"Authorization": token, "Accept": "application/hal+json"}
    data = None
    if body is not None:
        data, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
    for last in (False, True):
        connection = getattr(_local, "connections", {}).get(parts.netloc)
        if connection is None:
            connection = http.client.HTTPConnection(parts.netloc, timeout=TIMEOUT_SECONDS)
            _local.connections = {**getattr(_local, "connections", {}), parts.netloc: connection}
        try:
            connection.request(method, f"{parts.path}?{parts.query}" if parts.query else parts.path, data, headers)
            answer = connection.getresponse()
            text = answer.read()
            break
        except (http.client.HTTPException, OSError):
            connection.close()
            _local.connections.pop(parts.netloc, None)
            if last:
                raise
    if answer.status == 401:
        raise Unauthorized(url)
    if answer.status in (404, 410):
        raise Gone(url)
    if answer.status >= 300:
        raise AssertionError(f"{method} {url}: {answer.status} {text[:300]!r}")
    return json.loads(text) if text.strip() else None


class Device:
    """What it did is in `events`, to be compared with what hawkBit shows; what it would have on its disk is in `version`
    and `action`."""

    def __init__(self, server: str, name: str, token: str, version: str, tenant: str = "DEFAULT"):
        self.name, self.version, self.token = name, version, token
        self.action: str | None = None
        self.wanted: str | None = None
        self.events: list[str] = []
        self._base = f"{server}/{tenant}/controller/v1/{urllib.parse.quote(name, safe='')}"

    def poll(self) -> dict:
        """The links that the server offers; answers the request for the appliance's data."""
        links = request(self._base, "GET", self.token).get("_links", {})
        if "configData" in links:
            request(f"{self._base}/configData", "PUT", self.token, {"mode": "merge", "data": {"version": self.version}})
        return links

    def accept(self, links: dict) -> bool:
        """Takes the order that the links offer; False if there is none."""
        if "deploymentBase" not in links:
            return False
        order = request(links["deploymentBase"]["href"], "GET", self.token)
        self.action, self.wanted = order["id"], order["deployment"]["chunks"][0]["version"]
        return True

    def report(self, execution: str, finished: str = "none", *details: str) -> None:
        self._feedback("deploymentBase", self.action, execution, finished, details)

    def install(self) -> None:
        """The whole way up to the healthy new version, restart included."""
        for execution in ("download", "downloaded", "proceeding"):
            self.report(execution)
        self.switch()
        self.succeed()

    def switch(self) -> None:
        self.version = self.wanted
        self.events.append("switched")

    def succeed(self) -> None:
        self._end("succeeded", "success")

    def fail(self, old: str, why: str) -> None:
        """Rolled back: reports it, and the version that really runs."""
        self.version = old
        self._end("failed", "failure", why)

    def _end(self, event: str, *report: str) -> None:
        """A server that dies may have taken the report before its answer is lost: then nobody asks for it again."""
        try:
            self.report("closed", *report)
        except OSError:
            self._note_once(event)
            raise
        self._note_once(event)
        self.action = None

    def _note_once(self, event: str) -> None:
        if self.events[-1:] != [event]:
            self.events.append(event)

    def cancel(self, links: dict, agree: bool) -> None:
        stop = request(links["cancelAction"]["href"], "GET", self.token)["cancelAction"]["stopId"]
        self._feedback("cancelAction", stop, *(("closed", "success") if agree else ("rejected", "none")))
        self.events.append("cancelled" if agree else "refused to cancel")
        if agree:
            self.action = None

    def confirm(self, links: dict, agree: bool, why: str = "") -> None:
        question = request(links["confirmationBase"]["href"], "GET", self.token)
        if "id" not in question:
            href = question["_links"]["confirmationBase"]["href"]
            question = request(href, "GET", self.token)
        request(f"{self._base}/confirmationBase/{question['id']}/feedback", "POST", self.token,
                {"confirmation": "confirmed" if agree else "denied", "code": 200 if agree else -1, "details": [why] if why else []})
        self.events.append("confirmed" if agree else "denied")

    def _feedback(self, base: str, action: str, execution: str, finished: str, details=()) -> None:
        request(f"{self._base}/{base}/{action}/feedback", "POST", self.token,
                {"status": {"execution": execution, "result": {"finished": finished}, "details": list(details)}})
