"""What an administrator sees of the appliance before and after an upgrade: addresses, units, files. Changes nothing."""
import json
import re
from dataclasses import dataclass

from virtual_lab.secure_shell import SecureShell


@dataclass(frozen=True)
class NetworkFacts:
    v4: frozenset
    v6: frozenset
    gateways: frozenset
    dns: frozenset
    mtu: int


def network(shell: SecureShell) -> NetworkFacts:
    """The network of the only Ethernet interface, without link-local addresses."""
    links = [link for link in json.loads(shell.must("ip -j address")) if link["link_type"] == "ether"]
    if len(links) != 1:
        raise RuntimeError(f"one Ethernet interface expected, found {[link['ifname'] for link in links]}")
    link = links[0]
    addresses = [(entry["family"], entry["local"]) for entry in link["addr_info"] if entry["scope"] == "global"]
    routes = json.loads(shell.must("ip -j route show default")) + json.loads(shell.must("ip -j -6 route show default"))
    dns = shell.must(f"resolvectl dns {link['ifname']}").split(":", 1)[1].split()
    return NetworkFacts(v4=frozenset(address for family, address in addresses if family == "inet"),
                        v6=frozenset(address for family, address in addresses if family == "inet6"),
                        gateways=frozenset(route["gateway"] for route in routes if "gateway" in route),
                        dns=frozenset(dns), mtu=link["mtu"])


def unit_file_state(shell: SecureShell, unit: str) -> str:
    return shell.run(f"systemctl is-enabled {unit}").output.strip()


def active(shell: SecureShell, unit: str) -> bool:
    return shell.run(f"systemctl is-active --quiet {unit}").status == 0


def last_began(shell: SecureShell, unit: str) -> str:
    """When it last started, in microseconds since boot; 0 if it has not run since boot."""
    return shell.must(f"systemctl show --property=ActiveEnterTimestampMonotonic --value {unit}").strip()


def running_slot(shell: SecureShell) -> str:
    words = shell.must("cat /proc/cmdline").split()
    return next(word.split("=", 1)[1] for word in words if word.startswith("update_control.slot="))


def grub_environment(shell: SecureShell) -> dict[str, str]:
    """The variables of the boot selection, read from the environment block."""
    block = shell.must("mount_point=$(mktemp -d) && mount -o ro,noload /dev/disk/by-partlabel/boot $mount_point && "
                       "cat $mount_point/grub/grubenv; umount $mount_point; rmdir $mount_point")
    pairs = [line.split("=", 1) for line in block.splitlines() if "=" in line and not line.startswith("#")]
    return {name: value for name, value in pairs}


def partition_hash(shell: SecureShell, slot: str) -> str:
    return shell.must(f"sha256sum < /dev/disk/by-partlabel/system-{slot}", timeout=1200).split()[0]


def partitions_are_equal(shell: SecureShell) -> bool:
    return shell.run("cmp /dev/disk/by-partlabel/system-a /dev/disk/by-partlabel/system-b", timeout=1200).status == 0


def place_on_partition(shell: SecureShell, path: str) -> int:
    """Where the content of a file of the running system begins on its partition, in bytes."""
    table = shell.must(f"filefrag -v -b1 '{path}'")
    return int(re.search(r"^ *0: +0\.\. *\d+: +(\d+)\.\.", table, re.MULTILINE)[1])


def read_file(shell: SecureShell, path: str) -> str | None:
    """None if it does not exist."""
    answer = shell.run(f"cat -- '{path}'")
    return answer.output if answer.status == 0 else None


def exists(shell: SecureShell, path: str) -> bool:
    return shell.run(f"test -e '{path}' -o -L '{path}'").status == 0
