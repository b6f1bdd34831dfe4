"""The vendor's lists in the image, as the scripts of init/ read them: however an editor has written them."""
import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

INIT = Path(__file__).resolve().parents[3] / "init"

WAYS_TO_WRITE = {
    "as it should be": lambda lines: "\n".join(lines) + "\n",
    "no end of the last line": "\n".join,
    "CR LF": lambda lines: "\r\n".join(lines) + "\r\n",
    "CR LF, no end of the last line": "\r\n".join,
    "a byte order mark": lambda lines: "\ufeff" + "\n".join(lines) + "\n",
    "a byte order mark before a comment": lambda lines: "\ufeff# a comment\n" + "\n".join(lines) + "\n",
    "blanks, comments, empty lines": lambda lines: "# a comment\n\n" + "".join(f"  {line} \t\n\n" for line in lines) + "#end",
    "comments behind": lambda lines: "".join(f"{line} # why\n" for line in lines),
}


class HeldUnits(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        (self.folder / "on-trial").touch()

    def generate(self, held_units: Path) -> tuple[subprocess.CompletedProcess, Path]:
        early = Path(tempfile.mkdtemp(dir=self.folder))
        done = subprocess.run(["sh", INIT / "systemd/generators/update-control", "/nowhere", early, "/nowhere"],
                              capture_output=True, text=True, timeout=60, check=False,
                              env={**os.environ, "UPDATE_CONTROL_ON_TRIAL": str(self.folder / "on-trial"),
                                   "UPDATE_CONTROL_HELD_UNITS": str(held_units)})
        return done, early

    def test_each_unit_is_held_however_the_list_was_written(self):
        for way, write in WAYS_TO_WRITE.items():
            with self.subTest(way):
                file = self.folder / "held-units"
                file.write_bytes(write(["postfix.service", "mailsec-store.service"]).encode())
                done, early = self.generate(file)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                held = sorted(each.name for each in early.iterdir()
                              if "services-held" in "".join(conf.read_text() for conf in each.glob("*.conf")))
                self.assertEqual(held, ["mailsec-store.service.d", "postfix.service.d"])

    def test_without_the_list_there_is_still_the_deadline(self):
        done, early = self.generate(self.folder / "absent")
        self.assertNotEqual(done.returncode, 0)
        self.assertTrue((early / "sysinit.target.wants/update-control-deadline.timer").is_symlink())
        self.assertTrue((early / "update-agent.service.d").is_dir())


class SharedPlaces(unittest.TestCase):
    def bind(self, text: str) -> list[str]:
        """The script's own loop, with commands that only say what they would do."""
        script = (INIT / "initramfs/scripts/local-bottom/update-control").read_text()
        loop = re.search(r"^carriage_return=.*?^done <\"\$places\"$", script, re.M | re.S).group(0)
        with tempfile.TemporaryDirectory() as folder:
            places = Path(folder) / "shared-places"
            places.write_bytes(text.encode())
            done = subprocess.run(["sh", "-c", f'''must() {{ [ "$1" = mkdir ] || printf "%s|" "$@"; }}
                give_up() {{ echo "gave up"; exit 1; }}
                rootmnt=/root places={places}
                {loop}'''], capture_output=True, text=True, timeout=60, check=False)
        return [line.strip("|") for line in done.stdout.replace("mount|-o|bind|", "\n").splitlines() if line]

    def test_each_place_is_bound_however_the_list_was_written(self):
        expected = ["/root/data/shared/spool-postfix|/root/var/spool/postfix", "/root/data/shared/log|/root/var/log"]
        for way, write in WAYS_TO_WRITE.items():
            with self.subTest(way):
                self.assertEqual(self.bind(write(["spool-postfix /var/spool/postfix", "log /var/log"])), expected)

    def test_a_place_without_an_absolute_path_is_an_error(self):
        for text in ("log\n", "log", "log var/log\n"):
            with self.subTest(text):
                self.assertEqual(self.bind(text), ["gave up"])


if __name__ == "__main__":
    unittest.main()
