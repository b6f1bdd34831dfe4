"""Which conflicts are known, by tables of cases: the filters alone, without nodes."""
from lab.stage import require


def each_case_knows_its_conflicts(make) -> None:
    from ansible_collections.updatecontrol.appliance.plugins.filter.appliance import unknown_conflicts
    cases = [
        ("a list", ["/etc/motd"], "/etc/motd was changed", True),
        ("one word alone", "/etc/motd", "/etc/motd was changed", True),
        ("its letters are no words", "/etc/motd", "/etc/postfix/main.cf was changed", False),
        ("none", None, "/etc/motd was changed", False),
        ("an empty list", [], "/etc/motd was changed", False),
        ("below a path", ["/etc/postfix"], "/etc/postfix/main.cf was changed", True),
        ("below a path with a slash", ["/etc/postfix/"], "/etc/postfix/main.cf was changed", True),
        ("beside a path", ["/etc/post"], "/etc/postfix/main.cf was changed", False),
        ("beside a file", ["/etc/motd"], "/etc/motd.old was changed", False),
        ("a path within another", ["/motd"], "/etc/motd was changed", False),
        ("at the end of a sentence", ["/etc/motd"], "changed here: /etc/motd.", True),
        ("in a list", ["/etc/issue"], "2 conflicts: /etc/motd, /etc/issue", True),
        ("a word", ["was changed"], "/etc/motd was changed", True),
        ("the check's name", ["conflicts in /etc"], "/etc/motd was changed", True),
    ]
    for title, known, text, is_known in cases:
        found = unknown_conflicts({"results": [{"check": "conflicts in /etc", "verdict": "warn", "text": text}]}, "conflict", known)
        require(bool(found) != is_known, f"{title}: found {found}")


def words_that_cannot_be_known_are_refused(make) -> None:
    from ansible.errors import AnsibleFilterError
    from ansible_collections.updatecontrol.appliance.plugins.filter.appliance import unknown_conflicts, words_about_conflicts
    require(words_about_conflicts("/etc/motd", True) == " --stop-on-conflict --known-conflict /etc/motd", "one path")
    require(words_about_conflicts(["some words"], True) == " --stop-on-conflict", "words are no paths")
    require(words_about_conflicts(["/etc/a b"], False) == "", "nothing is said of conflicts that don't stop")
    for known, why in ((["/etc/motd", ""], "empty word"), ("", "empty word"), ([None], "empty word"), ({"a": 1}, "must be a list"),
                       (["/etc/a b"], "/etc/a b"), (["/etc/$x"], "/etc/$x")):
        try:
            unknown_conflicts({"results": []}, "conflict", known)
            require(False, f"accepted: {words_about_conflicts(known, True)}")
        except AnsibleFilterError as reason:
            require(why in str(reason), f"{known}: {reason}")


SCENARIOS = [each_case_knows_its_conflicts, words_that_cannot_be_known_are_refused]
