"""The other installers, as their documentation says to use them: signed bundles of the same image."""
import subprocess
from pathlib import Path

from .setting import Setting, once


class Peers:
    def __init__(self, setting: Setting, published: Path):
        self._setting, self._published = setting, published
        self._folder = setting.work / "peers"
        self._folder.mkdir(exist_ok=True)
        self._key, self._certificate = self._folder / "key.pem", self._folder / "certificate.pem"
        if not self._key.exists():
            subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "300", "-subj", "/CN=bench",
                            "-keyout", self._key, "-out", self._certificate], check=True, stderr=subprocess.DEVNULL)

    def compressed(self, name: str, level: int) -> Path:
        return once(self._published / f"{name}.{level}.zst", f"zstd -q -T0 -{level} -f {self._setting.images[name]} -o $out")

    # --- SWUpdate: raw handler ---

    def swu(self, name: str, level: int, device: str) -> Path:
        """Names the device inside, so it belongs to this run."""
        folder = self._folder / f"swu-{name}-{level}"
        folder.mkdir(exist_ok=True)
        image = self.compressed(name, level)
        digest = once(folder / "sha256", f"sha256sum {image} | cut -c1-64 > $out").read_text().strip()
        (folder / "sw-description").write_text(
            'software = { version = "1.0.0"; hardware-compatibility = ["1.0"]; images: ( { filename = "image.zst"; '
            f'type = "raw"; device = "{device}"; compressed = "zstd"; sha256 = "{digest}"; installed-directly = true; }} ); }}\n')
        result = self._published / f"{name}-{level}.swu"
        subprocess.run(["bash", "-ec", f"""cd {folder}; ln -sf {image} image.zst
            openssl cms -sign -in sw-description -out sw-description.sig -signer {self._certificate} -inkey {self._key} \
                -outform DER -nosmimecap -binary
            printf 'sw-description\\nsw-description.sig\\nimage.zst\\n' | cpio -o -L -H crc --quiet > {result}"""], check=True)
        return result

    def swupdate(self, source: str) -> str:
        where = f"-d '-u {source}'" if source.startswith("http") else f"-i {source}"
        return f"swupdate -H bench:1.0 -k {self._certificate} {where}"

    # --- RAUC: plain bundle; its verity format needs device-mapper ---

    def raucb(self, name: str) -> Path:
        folder = self._folder / f"rauc-{name}"
        folder.mkdir(exist_ok=True)
        (folder / "manifest.raucm").write_text("[update]\ncompatible=bench\nversion=1\n\n[image.rootfs]\nfilename=rootfs.img\n")
        if not (folder / "rootfs.img").exists():
            subprocess.run(["cp", "--sparse=always", self._setting.images[name], folder / "rootfs.img"], check=True)
        return once(self._published / f"{name}.raucb",
                    f"rm -f $out; rauc --cert {self._certificate} --key {self._key} bundle {folder} $out")

    def rauc(self, bundle: Path, base: str, device: str) -> str:
        (self._folder / "system.conf").write_text(
            f"[system]\ncompatible=bench\nbootloader=noop\nbundle-formats=plain\nstatusfile={self._folder}/status\n"
            f"[keyring]\npath={self._certificate}\n"
            f"[slot.rootfs.0]\ndevice={base}\ntype=raw\nbootname=A\n[slot.rootfs.1]\ndevice={device}\ntype=raw\nbootname=B\n")
        (self._folder / "rauc.sh").write_text(
            "export DBUS_STARTER_BUS_TYPE=session\n"
            f"rauc -c {self._folder}/system.conf --override-boot-slot=A service & service=$!\n"
            "until busctl --user status de.pengutronix.rauc >/dev/null 2>&1 || dbus-send --session --print-reply "
            "--dest=org.freedesktop.DBus / org.freedesktop.DBus.GetNameOwner string:de.pengutronix.rauc >/dev/null 2>&1; "
            "do sleep 0.02; done\n"
            f"rauc install {bundle}; result=$?\nkill $service; wait $service\nexit $result\n")
        return f"dbus-run-session bash {self._folder}/rauc.sh"

    # --- casync ---

    def caibx(self, name: str) -> Path:
        return once(self._published / f"{name}.caibx",
                    f"casync make --store={self._published}/default.castr $out.caibx {self._setting.images[name]} && mv $out.caibx $out")

    def casync(self, index: str, store: str, device: str, seed: str | None = None) -> str:
        return f"casync extract --store={store} {'--seed=' + seed if seed else ''} {index} {device}"
