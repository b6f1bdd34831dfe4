"""Part of `finding`: an SSH key with limited rights, and two administrators who act at the same time."""
from harness.stage import Stage
from virtual_lab import children
from virtual_lab.update_control import BUSY, CANCELLED, DONE, REFUSED

from . import common

_SLOW_MIB_PER_SECOND = 1


def check(stage: Stage) -> None:
    """Runs during a job, to check that the job is not affected."""
    reader = _read_only_key(stage)
    install = stage.updates.start_install()
    install.wait_for_phase(stage.updates, 2, common.PHASE_SECONDS)
    stage.updates.run(f"update-control --install-rate {_SLOW_MIB_PER_SECOND}", common.PHASE_SECONDS)
    job = stage.updates.state()["job"]
    stage.tell(f"job {job} is in phase 2, and slow")
    try:
        _reader_may_only_read(stage, reader, job)
        _second_call_is_busy(stage)
        state = stage.updates.state()
        stage.checks.equal((state["job"], state["state"], state["phase"]), (job, "running", 2), "the job is not affected")
    finally:
        cancelled = stage.updates.run("update-control -c", common.PHASE_SECONDS)
    stage.checks.equal((cancelled.status, install.wait(common.PHASE_SECONDS)), (DONE, CANCELLED), "the administrator who began it may cancel it")
    for call, what in ((install, "a job that is followed"), (cancelled, "a cancelled job")):
        _is_plain(stage, call.bytes, what)
    stage.updates.run("update-control --install-rate 0", common.PHASE_SECONDS)


def _read_only_key(stage: Stage):
    folder = stage.folder / "reader"
    folder.mkdir()
    children.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "reader", "-f", folder / "key"])
    entry = f'command="/usr/bin/update-control --forced status,list",restrict {(folder / "key.pub").read_text().strip()}'
    stage.machine.shell.must(f"echo '{entry}' >>/etc/ssh/authorized_keys/root")
    return stage.machine.shell.with_key(folder / "key", folder)


def _reader_may_only_read(stage: Stage, reader, job: str) -> None:
    checks = stage.checks
    status, listed = reader.run("update-control -s"), reader.run("update-control -l")
    checks.that(status.status == 0 and job in status.output, "the owner of a limited key sees the job", status)
    checks.that(listed.status == 0 and "Available" in listed.output, "and the firmware", listed)
    for answer, what in ((status, "the status"), (listed, "the list")):
        _is_plain(stage, (answer.output + answer.errors).encode(), what)
    for command, reason in (("update-control -i fw", "not allowed: install; this key may only be used for: status,list"),
                            ("update-control -c", "not allowed: cancel; "),
                            ("update-control -s; id", "no shell characters")):
        answer = reader.run(command)
        checks.that(answer.status in (REFUSED, 2) and reason in answer.errors and not answer.output,
                    f"a limited key does not do: {command}", answer)
    login = reader.log_in(terminal=False)
    checks.that("there is no login with this key" in login, "a limited key gives nobody a shell", login)
    login = reader.log_in(terminal=True)
    checks.that("PTY allocation request failed" in login and "exit" not in login, "nor a terminal", login)
    reader.disconnect()


def _second_call_is_busy(stage: Stage) -> None:
    for command in ("update-control -i fw", "update-control -d fw"):
        call = stage.updates.run(command, common.PHASE_SECONDS)
        stage.checks.equal(call.status, BUSY, f"a second {command} ends with the exit code for busy")
        stage.checks.that("another job is running, in phase 2 of 10" in call.output, "and says what runs", call.output)


def _is_plain(stage: Stage, output: bytes, what: str) -> None:
    stage.checks.that(output and not any(byte in output for byte in b"\x1b\r\b"),
                      f"without a terminal there is no cursor movement: {what}", output[-300:])
