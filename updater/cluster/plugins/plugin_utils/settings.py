"""Settings that people give: lists in the inventory, text with -e."""


def listed(value) -> list:
    """`-e fleet_retry=server1,server2` is text, whose letters are no names."""
    if value is None:
        return []
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    if not isinstance(value, (list, tuple)):
        raise ValueError(f"a list is wanted, or names with commas between them, not {value!r}")
    return list(value)
