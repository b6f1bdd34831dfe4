"""The LAN that appliances are plugged into: a tap for one emulated machine or a bridge for nodes, an IPv4 and an IPv6 network.
Needs its own namespace."""
from . import children, isolation

INTERFACE = "lan"
HOST_V4 = "192.168.77.2"
HOST_V6 = "fd77::2"
# The same in each run, because a resumed machine remembers it.
HOST_MAC = "02:54:00:77:00:02"
# Smaller than Ethernet's 1500, so that a test sees whether the upgrade carries it over.
MTU = 1400


def plug_in(bridge: bool = False) -> None:
    """Creates the tap or the bridge with the host's addresses. It ends with the namespace."""
    if not isolation.inside():
        raise RuntimeError("the LAN needs its own network namespace: call isolation.enter first")
    for line in ("link set lo up",
                 f"link add {INTERFACE} type bridge" if bridge else f"tuntap add dev {INTERFACE} mode tap",
                 f"link set dev {INTERFACE} address {HOST_MAC}",
                 f"address add {HOST_V4}/24 dev {INTERFACE}",
                 # Without a machine on the tap there is no carrier, and duplicate address detection would never end.
                 f"-6 address add {HOST_V6}/64 dev {INTERFACE} nodad",
                 f"link set {INTERFACE} up"):
        children.run(["ip"] + line.split())


def link_local_address(mac: str) -> str:
    """The IPv6 link-local address that a machine with this MAC gives itself (RFC 4291, appendix A).

    It does not depend on DHCP, so the appliance can be reached even when its other addresses are wrong."""
    parts = [int(part, 16) for part in mac.split(":")]
    parts[0] ^= 2
    groups = parts[:3] + [0xFF, 0xFE] + parts[3:]
    words = [f"{groups[i] << 8 | groups[i + 1]:x}" for i in range(0, 8, 2)]
    return f"fe80::{':'.join(words)}%{INTERFACE}"
