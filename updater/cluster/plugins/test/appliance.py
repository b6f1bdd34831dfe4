"""Tests of a state document: at_version, to_be_upgraded."""
from ansible_collections.updatecontrol.appliance.plugins.plugin_utils.appliance import numbers_of


def at_version(state: dict, version: str) -> bool:
    """Or newer."""
    return numbers_of(state.get("running_version")) >= numbers_of(version)


def to_be_upgraded(state: dict, version: str) -> bool:
    """Also while a job runs, whose end has to be waited for."""
    return state.get("state") != "idle" or not at_version(state, version)


class TestModule:
    def tests(self):
        return {"at_version": at_version, "to_be_upgraded": to_be_upgraded}
