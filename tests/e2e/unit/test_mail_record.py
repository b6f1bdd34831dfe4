"""Downtime and lost or doubled messages, computed from records."""
import unittest

from virtual_lab.mail_record import account, longest_gap


def event(time, kind, number):
    return {"time": time, "event": kind, "id": f"<{number}>", "text": ""}


class Downtime(unittest.TestCase):
    def test_cases(self):
        cases = {
            "no mail, no downtime": ([], None, 0),
            "quick answers": ([event(0, "queued", 1), event(1, "accepted", 1), event(50, "queued", 2),
                               event(52, "accepted", 2)], None, 2),
            "idle time between messages does not count": ([event(0, "queued", 1), event(1, "accepted", 1),
                                                           event(500, "queued", 2), event(501, "accepted", 2)], None, 1),
            "mail waits while none is accepted": ([event(0, "queued", 1), event(1, "accepted", 1), event(2, "queued", 2),
                                                   event(3, "queued", 3), event(90, "accepted", 3),
                                                   event(91, "accepted", 2)], None, 88),
            "a deferral does not end it": ([event(0, "queued", 1), event(5, "deferred", 1), event(9, "accepted", 1)],
                                           None, 9),
            "mail that still waits": ([event(0, "queued", 1)], 30, 30),
        }
        for name, (events, now, seconds) in cases.items():
            with self.subTest(name):
                self.assertEqual(longest_gap(events, now).seconds, seconds)

    def test_begin_is_when_the_first_message_had_to_wait(self):
        events = [event(10, "queued", 1), event(11, "accepted", 1), event(20, "queued", 2), event(80, "accepted", 2)]
        self.assertEqual(longest_gap(events).begin, 20)

    def test_messages_made_before_the_first_start_do_not_count(self):
        events = [event(0, "queued", 1), event(60, "accepted", 1), event(61, "queued", 2), event(63, "accepted", 2)]
        self.assertEqual(longest_gap(events, None, 60).seconds, 2)


class Accounts(unittest.TestCase):
    def setUp(self):
        self.sent = [event(0, "queued", 1), event(0, "queued", 2), event(1, "accepted", 1), event(1, "accepted", 2)]
        self.delivered = [{"id": "<1>"}, {"id": "<2>"}]

    def test_all_exactly_once(self):
        found = account(self.sent, self.delivered, ["<1>", "<2>", "<of somebody else>"])
        self.assertEqual(found.problems(), [])
        self.assertEqual((found.sent, found.accepted, found.delivered, found.stored), (2, 2, 2, 2))

    def test_each_loss_is_named(self):
        cases = {
            "not accepted": (self.sent[:3], self.delivered, ["<1>", "<2>"]),
            "not delivered": (self.sent, self.delivered[:1], ["<1>", "<2>"]),
            "delivered twice": (self.sent, self.delivered + self.delivered[:1], ["<1>", "<2>"]),
            "not stored": (self.sent, self.delivered, ["<1>"]),
            "stored twice": (self.sent, self.delivered, ["<1>", "<2>", "<2>"]),
        }
        for name, arguments in cases.items():
            with self.subTest(name):
                problems = account(*arguments).problems()
                self.assertEqual(len(problems), 1)
                self.assertIn(f"1 messages {name}", problems[0])

    def test_no_mail_at_all_is_a_problem(self):
        self.assertEqual(account([], [], []).problems(), ["no message was sent"])

    def test_an_uncertain_answer_permits_one_more_copy(self):
        sent = self.sent + [event(0.5, "uncertain", 1)]
        self.assertEqual(account(sent, self.delivered + [{"id": "<1>"}], ["<1>", "<1>", "<2>"]).problems(), [])
        self.assertEqual(len(account(sent, self.delivered + [{"id": "<1>"}] * 2, ["<1>", "<2>"]).problems()), 1)
        self.assertEqual(len(account(sent, self.delivered + [{"id": "<2>"}], ["<1>", "<2>"]).problems()), 1)


if __name__ == "__main__":
    unittest.main()
