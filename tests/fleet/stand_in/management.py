"""What update-rollout and the tests ask of hawkBit's management interface."""
import re

from .device_interface import NotFound
from .queries import matches
from .rollouts import ENDED, Illegal, Rollouts
from .tables import Tables, now_ms


class Management:
    """Calls hold the lock of the tables. `at` is the address of the interface."""

    def __init__(self, tables: Tables, rollouts: Rollouts, at: str):
        self._tables, self._rollouts, self._at = tables, rollouts, at
        self._routes = (
            ("GET", r"/rollouts", lambda query, _: self._page(map(self._rollout, self._tables.rows("rollouts")), query)),
            ("POST", r"/rollouts", lambda _, body: self._rollout(self._make_rollout(body))),
            ("GET", r"/rollouts/(\d+)", lambda *_, number: self._rollout(self._row("rollouts", number))),
            ("PUT", r"/rollouts/(\d+)", lambda _, body, number: self._change_rollout(self._row("rollouts", number), body)),
            ("DELETE", r"/rollouts/(\d+)", lambda *_, number: self._tables.remove("rollouts", number)),
            ("POST", r"/rollouts/(\d+)/(\w+)", lambda *_, number, word: self._rollouts.verb(self._row("rollouts", number), word)),
            ("GET", r"/rollouts/(\d+)/deploygroups", lambda query, _, number: self._groups(int(number), query)),
            ("GET", r"/targets", lambda query, _: self._targets(query)),
            ("POST", r"/targets", lambda _, body: [self._make_target(target) for target in body]),
            ("PUT", r"/targets/([^/]+)", lambda _, body, number: self._change_target(number, body)),
            ("GET", r"/targets/([^/]+)/attributes", lambda *_, number: self._row("targets", number)["attributes"]),
            ("GET", r"/targets/([^/]+)/actions", lambda query, _, number: self._actions_of(number, query)),
            ("DELETE", r"/targets/([^/]+)/actions/(\d+)", lambda *_, number, word: self._cancel(number, word)),
            ("GET", r"/targets/([^/]+)/actions/(\d+)/status", lambda query, _, number, word: self._entries(word, query)),
            ("GET", r"/actions", lambda query, _: self._page(map(self._action, self._tables.rows("actions")), query)),
            ("GET", r"/(softwaremodules|distributionsets)",
             lambda query, _, number: self._page(self._tables.rows(self._table(number)), query)),
            ("POST", r"/(softwaremodules|distributionsets)",
             lambda _, body, number: [self._make(self._table(number), row) for row in body]),
            ("PUT", r"/system/configs/([A-Za-z.]+)",
             lambda _, body, number: self._tables.put("settings", {"value": body["value"]}, number)))

    def answer(self, method: str, path: str, query: dict, body):
        for wanted, pattern, call in self._routes:
            found = re.fullmatch(pattern, path)
            if wanted == method and found:
                return call(query, body, **dict(zip(("number", "word"), found.groups())))
        raise NotFound

    @staticmethod
    def _table(word: str) -> str:
        return {"softwaremodules": "modules", "distributionsets": "sets"}[word]

    def _row(self, table: str, key) -> dict:
        row = self._tables.get(table, key)
        if row is None:
            raise NotFound
        return row

    def _page(self, rows, query: dict, field=None) -> dict:
        field = field or (lambda row: lambda name: row.get(name.removesuffix(".id")))
        found = [row for row in rows if not query.get("q") or matches(query["q"], field(row))]
        if query.get("sort", "").lower() == "id:desc":
            found.reverse()
        begin, length = int(query.get("offset", 0)), min(500, int(query.get("limit", 50)))
        return {"content": found[begin:begin + length], "total": len(found), "size": len(found[begin:begin + length])}

    def _rollout(self, row: dict) -> dict:
        return {word: row[word] for word in ("id", "name", "description", "status", "createdAt", "distributionSetId")}

    def _make_rollout(self, body: dict) -> dict:
        self._row("sets", body["distributionSetId"])
        if any(row["name"] == body["name"] for row in self._tables.rows("rollouts")):
            raise Illegal("The given entity already exists in database")
        if len(body["description"]) > 512:
            raise Illegal("description is too long")
        row = {"id": self._tables.next_id("rollouts"), "name": body["name"], "description": body["description"], "status": "creating",
               "createdAt": now_ms(), "distributionSetId": body["distributionSetId"], "matching": {}}
        for group in body["groups"]:
            made = {**group, "id": self._tables.next_id("groups"), "rollout": row["id"], "status": "creating", "members": [],
                    "totalTargets": 0, "lastModifiedAt": now_ms()}
            self._tables.put("groups", made)
            both = f"{body['targetFilterQuery']};{group['targetFilterQuery']}"
            row["matching"][str(made["id"])] = [target["controllerId"] for target in self._tables.rows("targets")
                                                if matches(both, self._field(target))]
        return self._tables.put("rollouts", row)

    def _change_rollout(self, row: dict, body: dict) -> dict:
        row.update({word: body[word] for word in ("name", "description") if word in body})
        return self._rollout(self._tables.put("rollouts", row))

    def _groups(self, rollout: int, query: dict) -> dict:
        words = ("id", "name", "description", "status", "totalTargets", "lastModifiedAt", "targetPercentage")
        return self._page([{**{word: group.get(word) for word in words}, "totalTargetsPerStatus": self._rollouts.counts(group)}
                           for group in self._rollouts.groups_of(self._row("rollouts", rollout))], query)

    def _field(self, target: dict):
        def value(name: str):
            if name.startswith("attribute."):
                return target["attributes"].get(name.removeprefix("attribute."))
            if name == "installedds.version":
                installed = target.get("installed")
                return self._tables.get("sets", installed)["version"] if installed else None
            return target.get("controllerId" if name == "controllerid" else name)
        return value

    def _targets(self, query: dict) -> dict:
        page = self._page(self._tables.rows("targets"), query, self._field)
        words = ("controllerId", "name", "group", "updateStatus", "installedAt", "securityToken")
        page["content"] = [{word: target.get(word) for word in words} for target in page["content"]]
        return page

    def _make_target(self, body: dict) -> dict:
        row = {"attributes": {}, "updateStatus": "unknown", "wanted": True, "group": None, "securityToken": None, **body}
        return self._tables.put("targets", row, body["controllerId"])

    def _change_target(self, name: str, body: dict) -> dict:
        row = self._row("targets", name)
        row.update({word: body[word] for word in ("group", "securityToken") if word in body})
        return self._tables.put("targets", row, name)

    def _make(self, table: str, body: dict) -> dict:
        if any((row["name"], row["version"]) == (body["name"], body["version"]) for row in self._tables.rows(table)):
            raise Illegal("The given entity already exists in database")
        modules = [module["id"] for module in body.get("modules", [])]
        return self._tables.put(table, {**body, "id": self._tables.next_id(table), "modules": modules})

    def _action(self, row: dict) -> dict:
        return {"id": row["id"], "status": row["status"], "rollout": row["rollout"], "rolloutgroup": row["group"],
                "active": row["status"] not in ENDED, "_links": {"target": {"href": f"{self._at}/targets/{row['target']}"}}}

    def _actions_of(self, name: str, query: dict) -> dict:
        return self._page([self._action(row) for row in self._tables.rows("actions") if row["target"] == name], query)

    def _cancel(self, name: str, number: str) -> None:
        row = self._row("actions", number)
        if row["target"] != name or row["status"] in (*ENDED, "canceling"):
            raise Illegal("The action can't be cancelled")
        row["status"] = "canceled" if row["status"] == "scheduled" else "canceling"
        self._tables.put("actions", row)

    def _entries(self, number: str, query: dict) -> dict:
        return self._page(self._row("actions", number)["entries"], query)
