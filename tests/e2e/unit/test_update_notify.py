"""update-notify and its mail program, with the test's own programs in notify.d."""
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

INIT = Path(__file__).resolve().parents[3] / "init/notify"
NOTICE = "kind: can-be-installed\nversion: 2.8.1.0\nsubject: firmware 2.8.1.0 can be installed\n\nFaster.\nkind: not a field\n"


class UpdateNotify(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.notices, self.programs = self.folder / "notices", self.folder / "notify.d"
        for needed in (self.notices, self.programs):
            needed.mkdir()
        (self.notices / "a.notice").write_text(NOTICE)

    def program(self, name: str, script: str, mode: int = 0o755) -> None:
        path = self.programs / name
        path.write_text("#!/bin/sh\n" + script)
        path.chmod(mode)

    def run_it(self) -> subprocess.CompletedProcess:
        return subprocess.run([INIT / "update-notify"], capture_output=True, text=True, timeout=60, check=False, env={
            **os.environ, "UPDATE_CONTROL_NOTICES": str(self.notices), "UPDATE_CONTROL_NOTIFY_PROGRAMS": str(self.programs),
            "UPDATE_CONTROL_MAIL_PROGRAM": str(INIT / "mail"),
            "UPDATE_CONTROL_MAIL_NOTICES_TO": str(self.folder / "mail-notices-to"),
            "UPDATE_CONTROL_NOTIFY_SECONDS": "1", "FOLDER": str(self.folder)})

    def test_each_program_gets_the_notice_which_is_then_removed(self):
        for name in ("10-one", "20-two"):
            self.program(name, f'{{ echo "$UPDATE_CONTROL_NOTICE|$UPDATE_CONTROL_VERSION|$UPDATE_CONTROL_SUBJECT"; cat; }} >"$FOLDER/{name}"')
        done = self.run_it()
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for name in ("10-one", "20-two"):
            self.assertEqual((self.folder / name).read_text(),
                             "can-be-installed|2.8.1.0|firmware 2.8.1.0 can be installed\n" + NOTICE)
        self.assertEqual(list(self.notices.iterdir()), [])

    def test_a_program_that_fails_or_hangs_does_not_stop_the_others(self):
        self.program("10-fails", "exit 3")
        self.program("20-hangs", "exec sleep 30")
        self.program("30-hears", 'touch "$FOLDER/heard"')
        done = self.run_it()
        self.assertTrue((self.folder / "heard").exists())
        self.assertIn("10-fails failed (3)", done.stderr)
        self.assertIn("20-hangs failed (124)", done.stderr)
        self.assertEqual(list(self.notices.iterdir()), [])

    def test_a_program_that_others_may_change_is_not_run(self):
        self.program("10-open", 'touch "$FOLDER/ran"', 0o777)
        self.program("20-group", 'touch "$FOLDER/ran"', 0o775)
        self.program("30-off", 'touch "$FOLDER/ran"', 0o644)
        done = self.run_it()
        self.assertFalse((self.folder / "ran").exists())
        self.assertEqual(done.stderr.count("not run: "), 2)

    def test_without_programs_or_notices_nothing_happens(self):
        self.assertEqual(self.run_it().returncode, 0)
        self.programs.rmdir()
        self.notices.rmdir()
        done = self.run_it()
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

    def switch_on_mail(self) -> None:
        sendmail = self.folder / "sendmail"
        sendmail.write_text('#!/bin/sh\n{ echo "$@"; cat; } >"$FOLDER/mail"\n')
        sendmail.chmod(0o755)
        (self.programs / "50-mail").symlink_to(INIT / "mail")
        os.environ["UPDATE_CONTROL_SENDMAIL"] = str(sendmail)
        self.addCleanup(os.environ.pop, "UPDATE_CONTROL_SENDMAIL")

    def test_a_notice_can_turn_off_mail_and_programs(self):
        self.switch_on_mail()
        self.program("20-other", 'touch "$FOLDER/other"')
        for mail, programs in (("yes", "no"), ("no", "yes"), ("no", "no"), ("yes", "yes")):
            with self.subTest(mail=mail, programs=programs):
                for heard in ("mail", "other"):
                    (self.folder / heard).unlink(missing_ok=True)
                head, text = NOTICE.split("\n\n", 1)
                (self.notices / "a.notice").write_text(f"{head}\nmail: {mail}\nprograms: {programs}\n\n{text}")
                self.assertEqual(self.run_it().stderr, "")
                self.assertEqual((self.folder / "mail").exists(), mail == "yes")
                self.assertEqual((self.folder / "other").exists(), programs == "yes")
                self.assertEqual(list(self.notices.iterdir()), [])

    def test_the_mail_has_the_subject_and_the_text(self):
        self.switch_on_mail()
        done = self.run_it()
        self.assertEqual(done.stderr, "")
        arguments, *lines = (self.folder / "mail").read_text().splitlines()
        self.assertEqual(arguments, "-i -- root")
        head, text = lines[:lines.index("")], lines[lines.index("") + 1:]
        self.assertIn(f"Subject: {os.uname().nodename}: firmware 2.8.1.0 can be installed", head)
        self.assertEqual(text, ["Faster.", "kind: not a field"])


    def test_the_mail_goes_to_the_addresses_in_the_file_however_it_was_written(self):
        self.switch_on_mail()
        cases = [
            (b"", "root"),
            (b"\n\n", "root"),
            (b"# nobody yet\n", "root"),
            (b"admin@example.com\n", "admin@example.com"),
            (b"admin@example.com", "admin@example.com"),
            (b"admin@example.com\r\n", "admin@example.com"),
            (b"admin@example.com\r", "admin@example.com"),
            (b"\xef\xbb\xbfadmin@example.com\r\n", "admin@example.com"),
            (b"  \tadmin@example.com  \n", "admin@example.com"),
            (b"\n# who is told\n\nadmin@example.com # by day\nnight@example.com", "admin@example.com night@example.com"),
            (b"a@example.com, b@example.com;c@example.com d@example.com\n",
             "a@example.com b@example.com c@example.com d@example.com"),
            (b"The Administrator <admin@example.com>, <b@example.com>\n", "admin@example.com b@example.com"),
            (b"a+b#c@example.com\n", "a+b#c@example.com"),
            (b"o'neill@example.com\n", "o'neill@example.com"),
            (b"*@example.com $(id)@example.com `id`\n", "*@example.com $(id)@example.com `id`"),
            (b"admin@example.com\n" * 10_000, " ".join(["admin@example.com"] * 100)),
        ]
        for written, expected in cases:
            with self.subTest(written=written[:80]):
                (self.notices / "a.notice").write_text(NOTICE)
                (self.folder / "mail-notices-to").write_bytes(written)
                self.assertEqual(self.run_it().stderr, "")
                arguments, header = (self.folder / "mail").read_text().splitlines()[:2]
                self.assertEqual(arguments, f"-i -- {expected}")
                self.assertEqual(header, "To: " + ", ".join(expected.split()))

    def test_an_invalid_address_does_not_stop_the_others(self):
        self.switch_on_mail()
        (self.folder / "mail-notices-to").write_bytes(b"-Cconfig@example.com\nadmin@example.com\n--\n")
        done = self.run_it()
        self.assertEqual((self.folder / "mail").read_text().splitlines()[0], "-i -- admin@example.com")
        self.assertIn('no mail to "-Cconfig@example.com"', done.stderr)
        (self.folder / "mail-notices-to").unlink()
        (self.folder / "mail-notices-to").mkdir()
        (self.notices / "a.notice").write_text(NOTICE)
        self.run_it()
        self.assertEqual((self.folder / "mail").read_text().splitlines()[0], "-i -- root")


if __name__ == "__main__":
    unittest.main()
