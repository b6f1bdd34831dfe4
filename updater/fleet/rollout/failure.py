"""What ends update-rollout early: what happened, and what to do next."""


class Failure(Exception):
    """Something that the operator has to see, with advice."""

    def __init__(self, what: str, advice: str = ""):
        super().__init__(what)
        self.advice = advice


class Refused(Failure):
    """A plan, or an order, that must not be carried out as it was given."""
