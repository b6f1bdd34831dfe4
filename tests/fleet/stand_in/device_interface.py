"""What devices ask and report (hawkBit's DDI)."""
from .tables import Tables, now_ms

STATUSES = {"download": "download", "downloaded": "downloaded", "proceeding": "running", "scheduled": "running",
            "resumed": "running", "rejected": "warning", "canceled": "canceled"}
ENDED = ("finished", "error", "canceled")


class NotFound(Exception):
    """404"""


class NoLongerActive(Exception):
    """410"""


class DeviceInterface:
    """Calls hold the lock of the tables."""

    def __init__(self, tables: Tables):
        self._tables = tables

    def target(self, name: str) -> dict:
        """That of a device; one that isn't known is registered."""
        target = self._tables.get("targets", name)
        if target is None:
            target = self._tables.put("targets", {"controllerId": name, "name": name, "group": None, "securityToken": None,
                                                  "attributes": {}, "updateStatus": "registered", "wanted": True}, name)
        return target

    def root(self, base: str, name: str) -> dict:
        target, links = self.target(name), {}
        action = self._active(name)
        if action:
            word = {"canceling": "cancelAction", "wait_for_confirmation": "confirmationBase"}.get(action["status"], "deploymentBase")
            links[word] = {"href": f"{base}/{word}/{action['id']}"}
        if target["wanted"]:
            links["configData"] = {"href": f"{base}/configData"}
        interval = self._tables.get("settings", "pollingTime")
        return {"config": {"polling": {"sleep": interval["value"] if interval else "00:00:01"}}, "_links": links}

    def attributes(self, name: str, body: dict) -> None:
        target = self.target(name)
        target["attributes"].update(body["data"])
        target["wanted"] = False
        self._tables.put("targets", target, name)

    def deployment(self, name: str, number: str) -> dict:
        action = self._action(name, number)
        if action["status"] in ("canceling", "wait_for_confirmation"):
            raise NotFound
        if action["status"] == "running" and not action["entries"]:
            self._enter(action, "retrieved", ["Update Server: Target retrieved update action"])
        return {"id": number, "deployment": self._contents(action)}

    def confirmation(self, name: str, number: str) -> dict:
        return {"id": number, "confirmation": self._contents(self._action(name, number))}

    def cancellation(self, name: str, number: str) -> dict:
        self._action(name, number)
        return {"id": number, "cancelAction": {"stopId": number}}

    def confirmed(self, name: str, number: str, body: dict) -> None:
        action = self._action(name, number)
        if action["status"] != "wait_for_confirmation":
            raise NoLongerActive
        agreed = body["confirmation"] == "confirmed"
        self._enter(action, "running" if agreed else "wait_for_confirmation", body.get("details") or [])

    def feedback(self, name: str, number: str, body: dict, cancelling: bool) -> None:
        action = self._action(name, number)
        if action["status"] in ENDED or (cancelling and action["status"] != "canceling"):
            raise NoLongerActive
        execution, finished = body["status"]["execution"], body["status"]["result"]["finished"]
        details = body["status"].get("details") or []
        if cancelling:
            status = {"closed": "canceled" if finished != "failure" else "error", "rejected": "running"}.get(execution, "warning")
        elif execution == "closed":
            status = "error" if finished == "failure" else "finished"
        else:
            status = STATUSES[execution]
        if action["status"] == "canceling" and status not in ENDED and not cancelling:
            status = "canceling"
        self._enter(action, status, details)
        if status in ("finished", "error"):
            self._close(self.target(name), action, status)

    def _close(self, target: dict, action: dict, status: str) -> None:
        target["updateStatus"] = "in_sync" if status == "finished" else "error"
        if status == "finished":
            target["installed"], target["installedAt"], target["wanted"] = action["set"], now_ms(), True
        self._tables.put("targets", target, target["controllerId"])

    def _enter(self, action: dict, status: str, messages: list) -> None:
        action["status"] = status
        action["entries"].append({"id": len(action["entries"]) + 1, "type": status, "messages": messages, "reportedAt": now_ms()})
        self._tables.put("actions", action)

    def _active(self, name: str) -> dict | None:
        return next((action for action in self._tables.rows("actions") if action["target"] == name
                     and action["status"] not in (*ENDED, "scheduled")), None)

    def _action(self, name: str, number: str) -> dict:
        action = self._tables.get("actions", number)
        if action is None or action["target"] != name:
            raise NotFound
        return action

    def _contents(self, action: dict) -> dict:
        module = self._tables.get("modules", self._tables.get("sets", action["set"])["modules"][0])
        return {"download": "forced", "update": "forced",
                "chunks": [{"part": "os", "name": module["name"], "version": module["version"], "artifacts": []}]}
