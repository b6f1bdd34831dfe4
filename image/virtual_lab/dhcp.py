"""DHCP, router advertisements and DNS of the LAN (dnsmasq), and what its log says. Needs the LAN's tap."""
import re
import shutil
from pathlib import Path

from . import lan
from .children import Child

_FIRST = ("192.168.77.100,192.168.77.149", "fd77::1000,fd77::1fff")
_OTHER = ("192.168.77.200,192.168.77.249", "fd77::2000,fd77::2fff")
_REQUEST = re.compile(r"\b(DHCPDISCOVER|DHCPREQUEST|DHCPSOLICIT|DHCPREQUEST6|DHCPRENEW|DHCPREBIND)\(")
_LEASE = re.compile(r"\b(?:DHCPACK|DHCPREPLY)\(\S+\) (\S+) ")


def requests_in(log: str) -> list[str]:
    """The lines in which a machine asked for an address."""
    return [line for line in log.splitlines() if _REQUEST.search(line)]


def leases_in(log: str) -> list[str]:
    """The addresses handed out, in order, each once."""
    return list(dict.fromkeys(match.group(1) for match in _LEASE.finditer(log)))


def among_other_addresses(address: str) -> bool:
    return address.startswith("192.168.77.2") and len(address) == len("192.168.77.200") or address.startswith("fd77::2")


class AddressServer:
    """Hands out addresses of the first range, until hand_out_other_addresses() or hand_out_nothing()."""

    def __init__(self, folder: Path, leases: Path | None = None):
        """Starts with the leases of an earlier run, if any are given."""
        self._folder = folder
        self._starts = 0
        self._start(*_FIRST, leases)

    def hand_out_other_addresses(self) -> None:
        """Forgets every lease: clients get addresses of the second range from now on."""
        self._child.close()
        self._start(*_OTHER, None)

    def hand_out_nothing(self) -> None:
        """Stops DHCP and router advertisements; DNS still works."""
        self._child.close()
        self._start(None, None, None)

    def log_since_change(self) -> str:
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def save_leases(self, target: Path) -> None:
        shutil.copyfile(self._leases, target)

    def close(self) -> None:
        self._child.close()

    def _start(self, range_v4: str | None, range_v6: str | None, known_leases: Path | None) -> None:
        self._starts += 1
        self._log = self._folder / f"dnsmasq-{self._starts}.log"
        settings = self._folder / f"dnsmasq-{self._starts}.conf"
        self._leases = self._folder / f"dnsmasq-{self._starts}.leases"
        for old in (self._log, self._leases):
            old.unlink(missing_ok=True)
        if known_leases:
            shutil.copyfile(known_leases, self._leases)
        lines = [f"interface={lan.INTERFACE}", "except-interface=lo", "bind-interfaces", "user=root", "no-hosts", "no-resolv",
                 "domain=lan.test", f"host-record=updates.lan.test,{lan.HOST_V4},{lan.HOST_V6}",
                 f"host-record=hawkbit.lan.test,{lan.HOST_V4}",
                 f"log-facility={self._log}", f"pid-file={self._folder}/dnsmasq.pid"]
        if range_v4:
            lines += [f"dhcp-range={range_v4},255.255.255.0,12h", f"dhcp-range={range_v6},64,12h", "enable-ra",
                      f"ra-param={lan.INTERFACE},mtu:{lan.MTU},60", f"dhcp-option=option:router,{lan.HOST_V4}",
                      f"dhcp-option=option:dns-server,{lan.HOST_V4}", f"dhcp-option=option6:dns-server,[{lan.HOST_V6}]",
                      f"dhcp-option=option:mtu,{lan.MTU}", "dhcp-authoritative", "log-dhcp", f"dhcp-leasefile={self._leases}"]
        settings.write_text("\n".join(lines) + "\n")
        self._child = Child(["dnsmasq", "--keep-in-foreground", f"--conf-file={settings}"],
                            self._folder / "dnsmasq.out")
