"""Action: runs one command of update-control and says what its exit code means.

    updatecontrol.appliance.control:
      command: -s               # words, as behind update-control; --json is added
      answer_seconds: 60        # how long an appliance that doesn't answer is asked again; only for what may be repeated
      busy_seconds: 60          # the same while it is busy with something else
      command_seconds: 300      # how long the command may take; without it the variable update_control_command_seconds
      accept: [0, 11]           # exit codes that are no failure
      changes: true             # whether success is a change

Returns rc, meaning, document (the last one of the answer), documents, said (standard error), answered."""
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase
from ansible_collections.updatecontrol.appliance.plugins.plugin_utils.appliance import MEANINGS, Appliance, NoWay, Silent


class ActionModule(ActionBase):
    TRANSFERS_FILES = False
    _VALID_ARGS = frozenset(("command", "answer_seconds", "busy_seconds", "command_seconds", "accept", "changes"))

    def run(self, tmp=None, task_vars=None):
        result = super().run(tmp, task_vars)
        arguments = self._task.args
        words = f"{arguments['command']} --json"
        changes = boolean(arguments.get("changes", False))
        if self._play_context.check_mode and changes:
            result.update(skipped=True, msg="not done in check mode")
            return result
        try:
            seconds = arguments.get("command_seconds", (task_vars or {}).get("update_control_command_seconds", 300))
            appliance = Appliance(self, int(seconds))
            answer = appliance.ask_until_answered(words, float(arguments.get("answer_seconds", 0)),
                                                  busy_seconds=float(arguments.get("busy_seconds", 60)))
        except Silent as reason:
            result.update(failed=True, answered=False, document={}, documents=[],
                          msg=f"the appliance does not answer: {reason}. Next: look at it, then run the same again.")
            return result
        except NoWay as reason:
            result.update(failed=True, answered=True, document={}, documents=[], msg=str(reason))
            return result
        accepted = answer.rc in [int(code) for code in arguments.get("accept", [0])]
        result.update(rc=answer.rc, meaning=MEANINGS.get(answer.rc, ("unknown", ""))[0], answered=True, said=answer.errors,
                      document=answer.document, documents=answer.documents, failed=not accepted,
                      changed=accepted and changes)
        if not accepted:
            result["msg"] = answer.describe()
        return result
