"""Filter: listed, of a setting that is a list, or text with commas."""
from ansible_collections.updatecontrol.appliance.plugins.plugin_utils.settings import listed


class FilterModule:
    def filters(self):
        return {"listed": listed}
