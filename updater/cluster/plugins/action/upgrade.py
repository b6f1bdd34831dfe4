"""Action: brings one appliance to a version and waits for it over the restart. What runs already is watched, what is done
already is not done again.

    updatecontrol.appliance.upgrade:
      version: 2.8.1.0
      source: https://…         # or a path on the appliance; empty: the next steps of the feed
      force: false              # also a version that failed on this appliance before
      stop_on_conflict: false   # the job ends in phase 2 at conflicts …
      known_conflicts: []       # … except those at or below these paths; other words mean nothing here
      seconds: 5400             # for all of it
      answer_seconds: 120       # for a first answer
      poll_seconds: 5
      command_seconds: 300      # for each command; without it the variable update_control_command_seconds
      max_steps: 4              # installations on the way

Returns version, version_before, jobs, state."""
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase
from ansible_collections.updatecontrol.appliance.plugins.plugin_utils.appliance import Appliance, NoWay
from ansible_collections.updatecontrol.appliance.plugins.plugin_utils.upgrade import Upgrade

DEFAULTS = {"version": "", "source": "", "force": False, "stop_on_conflict": False,
            "known_conflicts": [], "seconds": 5400.0, "answer_seconds": 120.0, "poll_seconds": 5.0,
            "command_seconds": 300, "max_steps": 4}


class ActionModule(ActionBase):
    TRANSFERS_FILES = False
    _VALID_ARGS = frozenset(DEFAULTS)

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        wanted = {name: self._task.args.get(name, default) if default == [] else
                  (boolean if isinstance(default, bool) else type(default))(self._task.args.get(name, default))
                  for name, default in DEFAULTS.items()}
        if "command_seconds" not in self._task.args:
            wanted["command_seconds"] = int((task_vars or {}).get("update_control_command_seconds", wanted["command_seconds"]))
        if not wanted["version"]:
            result.update(failed=True, msg="no version is wanted: set update_control_version")
            return result
        if self._play_context.check_mode:
            result.update(skipped=True, msg="not done in check mode")
            return result
        upgrade = None
        try:
            upgrade = Upgrade(Appliance(self, wanted["command_seconds"]), wanted)
            state = upgrade.run()
            result.update(changed=bool(upgrade.jobs), version=state["running_version"], jobs=upgrade.jobs, state=state)
        except NoWay as reason:
            result.update(failed=True, jobs=upgrade.jobs if upgrade else [], msg=f"to version {wanted['version']}: {reason}")
        return result
