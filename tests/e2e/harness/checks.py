"""Collects checks that held and checks that failed, so that one slow run reports all of them."""


class ChecksFailed(AssertionError):
    pass


class Checks:
    def __init__(self):
        self.held: list[str] = []
        self.failed: list[str] = []

    def that(self, holds, what: str, found="") -> bool:
        """Records the check; `found` is the actual value."""
        if holds:
            self.held.append(what)
        else:
            self.failed.append(f"{what}: found {found!r}" if found != "" else what)
        return bool(holds)

    def equal(self, found, expected, what: str) -> bool:
        return self.that(found == expected, what, found=f"{found!r}, expected {expected!r}"[:600])

    def none_of(self, problems: list[str], what: str) -> bool:
        return self.that(not problems, what, found="; ".join(problems))

    def conclude(self) -> None:
        """ChecksFailed if a check failed, or if there was none."""
        if self.failed:
            raise ChecksFailed("\n".join(self.failed))
        if not self.held:
            raise ChecksFailed("nothing was checked")
