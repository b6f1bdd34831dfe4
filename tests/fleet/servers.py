"""Servers for the tests, on loopback: the real hawkBit where it can be had, and the stand-in. Both keep what they know
in a folder, so that a restart can be tested."""
import http.client
import socket
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parents[1]
GATEWAY_TOKEN = "gateway-token-of-the-tests"
USER = PASSWORD = "admin"
START_SECONDS = 300                    # on a busy machine
MAX_HEAP_MIB, MAX_MEMORY_MIB = 512, 1100


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class HawkbitServer:
    """A process that speaks hawkBit's interfaces."""

    def __init__(self, folder: Path, jar: Path | None):
        self.is_real = jar is not None
        self._folder, self._jar = folder, jar
        self._port = free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self._process: subprocess.Popen | None = None

    def start(self) -> float:
        """Gives the seconds that it took."""
        began = time.monotonic()
        with open(self._folder / "server.log", "ab") as log:
            self._process = subprocess.Popen(self._command(), cwd=self._folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > began + START_SECONDS:
                raise AssertionError(f"the server does not start: {(self._folder / 'server.log').read_text()[-2000:]}")
            time.sleep(0.1)
        return time.monotonic() - began

    def stop(self) -> None:
        """Also where it never answered."""
        if not self._process:
            return
        self._process.terminate()
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        self._process = None

    def memory_mib(self) -> int:
        """The most that it has used."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) >> 10

    def _command(self) -> list:
        if not self.is_real:
            return [sys.executable, HERE / "stand_in_server.py", str(self._port), self._folder / "stand-in.json", GATEWAY_TOKEN]
        authentication = "--hawkbit.server.ddi.security.authentication"
        return ["java", f"-Xmx{MAX_HEAP_MIB}m", "-XX:MaxMetaspaceSize=300m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
                "-jar", self._jar, "--server.address=127.0.0.1", f"--server.port={self._port}",
                f"--spring.datasource.url=jdbc:h2:file:{self._folder}/hawkbit;MODE=LEGACY;WRITE_DELAY=0",
                f"--org.eclipse.hawkbit.artifact.fs.path={self._folder}/artifacts",
                "--springdoc.api-docs.enabled=false", "--hawkbit.server.security.dos.filter.enabled=false",
                "--hawkbit.rollout.scheduler.fixedDelay=300",
                "--hawkbit.controller.minPollingTime=00:00:01", "--hawkbit.controller.pollingTime=00:00:01",
                f"{authentication}.targettoken.enabled=true", f"{authentication}.gatewaytoken.enabled=true",
                f"{authentication}.gatewaytoken.key={GATEWAY_TOKEN}"]

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=5)
        try:
            connection.request("GET", "/rest/v1/rollouts")         # without a password: 401 when it is up
            return connection.getresponse().status == 401
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def real_jar() -> tuple[Path | None, str]:
    """The jar of the real server, or why there is none."""
    result = subprocess.run([HERE / "get-hawkbit"], capture_output=True, text=True)
    return (Path(result.stdout.strip()), "") if result.returncode == 0 else (None, result.stderr.strip())
