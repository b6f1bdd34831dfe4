"""Text of others, for a terminal."""


def plain(text: str) -> str:
    """Without the characters that a terminal would obey: an appliance, or whoever holds it, could otherwise rewrite what
    the operator sees. Ends of lines stay."""
    return "".join(letter if letter == "\n" or letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def plain_line(text: str) -> str:
    """In one line, so that it can't pass for a line of ours."""
    return plain(text.replace("\r\n", " ").replace("\n", " "))
