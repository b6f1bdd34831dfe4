"""The queries (RSQL) that update-rollout asks: comparisons that must all hold."""
import re

COMPARISON = re.compile(r"([A-Za-z._-]+)(==|!=|=in=|=out=)(.+)")


class BadQuery(Exception):
    """What hawkBit answers with 400."""


def values_of(text: str) -> list[str]:
    text = text[1:-1] if text.startswith("(") else text
    return [value.strip().strip("'") for value in text.split(",")]


def matches(query: str, field) -> bool:
    """`field` gives the value of a name in lower case (of attributes as they are), or None."""
    for part in query.split(";"):
        found = COMPARISON.fullmatch(part)
        if not found:
            raise BadQuery(part)
        name, operator, value = found.groups()
        name = name if name.startswith("attribute.") else name.lower()
        own, values = field(name), values_of(value)
        if values == ["*"]:
            good = own is not None
        else:
            good = own is not None and str(own).lower() in [value.lower() for value in values]
            if operator in ("!=", "=out="):
                good = not good and own is not None
        if not good:
            return False
    return True
