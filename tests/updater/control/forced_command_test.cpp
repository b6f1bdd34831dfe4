// What the owner of a restricted SSH key can do, and what not.
#include "updater/control/forced_command.hpp"

#include <CppUTest/TestHarness.h>

using namespace updater;
using namespace updater::control;

namespace {

/// "allowed", "not allowed" or "usage".
std::string outcome(const char *allowed, const char *original) {
    try {
        read_forced_command(allowed, original);
        return "allowed";
    } catch (const NotAllowed &) {
        return "not allowed";
    } catch (const UsageError &) {
        return "usage";
    }
}

} // namespace

TEST_GROUP(ForcedCommand){};

TEST(ForcedCommand, lets_through_what_is_named_and_nothing_else) {
    const struct {
        const char *allowed;
        const char *original;
        const char *outcome;
    } cases[] = {
        {"status", "update-control -s", "allowed"},
        {"status", "/usr/bin/update-control --status --json", "allowed"},
        {"status", "-s", "allowed"},
        {"status", "--history", "allowed"},
        {"follow", "--history", "not allowed"},
        {"status", "update-control -l", "not allowed"},
        {"status,list", "update-control -l fw", "allowed"},
        {"status", "update-control --help", "allowed"},
        {"follow", "update-control --explain UC0412", "allowed"},
        {"install", "update-control -i fw", "allowed"},
        {"install", "update-control -i fw --no-wait", "allowed"},
        {"install", "update-control -i fw --force", "not allowed"},
        {"install", "update-control -i fw --stop-on-conflict --known-conflict /etc/a", "allowed"},
        {"install", "update-control -i fw /tmp/other.fw", "not allowed"},
        {"install", "update-control -i https://elsewhere.test/x.fw", "not allowed"},
        {"install-any", "update-control -i https://elsewhere.test/x.fw", "allowed"},
        {"install-any", "update-control -i fw", "allowed"},
        {"download", "update-control -d https://elsewhere.test/x.fw", "not allowed"},
        {"status,follow", "update-control --rollback --force", "not allowed"},
        {"status,follow", "update-control -c", "not allowed"},
        {"follow", "update-control --install-rate 1", "not allowed"},
        {"follow", "update-control --check", "not allowed"},
        {"check", "update-control --check", "allowed"},
        {"check", "update-control --refresh", "allowed"},
        {"check", "update-control --check fw", "allowed"},
        {"check", "update-control --check fw /tmp/other.fw", "not allowed"},
        {"check,install-any", "update-control --check fw /tmp/other.fw", "allowed"},
        {"install-any", "update-control --check fw /tmp/other.fw", "not allowed"},
        {"follow", "update-control --check fw", "not allowed"},
        {"check", "update-control --verify b", "allowed"},
        {"status", "update-control --verify", "not allowed"},
        {"backup", "update-control --backup", "allowed"},
        {"check,rollback", "update-control --backup", "not allowed"},
        {"restore", "update-control --restore --yes", "allowed"},
        {"backup,rollback", "update-control --restore --yes", "not allowed"},
        {"backup", "update-control --backup --force", "not allowed"},
        {"drop-previous", "update-control --backup --force", "not allowed"},
        {"backup,drop-previous", "update-control --backup --force", "allowed"},
        {"check", "update-control -n -i fw", "allowed"},
        {"check", "update-control -n -i fw /tmp/other.fw", "not allowed"},
        {"install", "update-control -n -i fw", "not allowed"},
        {"schedule", "update-control --at Sun 03:00 -i fw", "allowed"},
        {"schedule", "update-control -i fw --at=Sun 03:00 Europe/Berlin", "allowed"},
        {"schedule", "update-control --cancel-scheduled", "allowed"},
        {"schedule", "update-control -i fw", "not allowed"},
        {"schedule", "update-control --at Sun -i fw /tmp/other.fw", "not allowed"},
        {"schedule", "update-control --at Sun -i fw --force", "not allowed"},
        {"install-any", "update-control --at Sun -i fw /tmp/other.fw", "not allowed"},
        {"schedule,install-any", "update-control --at Sun -i fw /tmp/other.fw", "allowed"},
        {"install", "update-control --at Sun 03:00 -i fw", "not allowed"},
        {"schedule", "update-control --postpone-until now", "not allowed"},
        {"postpone", "update-control --postpone-until 2026-12-24 22:30", "allowed"},
        {"status,schedule,postpone,install-any", "update-control --window", "not allowed"},
        {"window", "update-control --window", "usage"},
        {"status,check,install-any,schedule", "update-control --wizard", "not allowed"},
        {"wizard", "update-control --wizard", "usage"},
        {"schedule", "update-control --at Sun -i fw; reboot", "usage"},
        {"drop-previous", "update-control --drop-previous --yes", "allowed"},
        {"rollback,install-any", "update-control --drop-previous --yes", "not allowed"},
        {"drop-previous", "update-control --drop-previous --force --yes", "not allowed"},
        {"drop-previous,install", "update-control --drop-previous --force --yes", "not allowed"},
        {"install-any", "update-control --drop-previous --force --yes", "not allowed"},
        {"drop-previous,install-any", "update-control --drop-previous --force --yes", "allowed"},
        {"support-bundle", "update-control --support-bundle -", "allowed"},
        {"support-bundle", "update-control --support-bundle /etc/passwd", "not allowed"},
        {"support-bundle", "update-control --support-bundle ./-", "not allowed"},
        {"status,list", "update-control --support-bundle -", "not allowed"},
        {"snapshot", "update-control --snapshot create", "allowed"},
        {"snapshot", "update-control --snapshot list --json", "allowed"},
        {"snapshot", "update-control --snapshot show monday", "allowed"},
        {"snapshot", "update-control --snapshot export monday -", "not allowed"},
        {"snapshot-export", "update-control --snapshot export monday -", "allowed"},
        {"snapshot-export", "update-control --snapshot export monday /root/x", "not allowed"},
        {"snapshot-export", "update-control --snapshot export monday - --password-file /etc/x",
         "not allowed"},
        {"snapshot,snapshot-export", "update-control --snapshot import - x", "not allowed"},
        {"snapshot,snapshot-export", "update-control --snapshot restore monday", "not allowed"},
        {"snapshot,snapshot-export", "update-control --snapshot delete monday", "not allowed"},
        {"drain", "update-control --drain --wait 60 --json", "allowed"},
        {"drain", "update-control --resume", "not allowed"},
        {"resume", "update-control --resume", "allowed"},
        {"role", "update-control --role take", "allowed"},
        {"role", "update-control --role seize", "usage"},
        {"test-message", "update-control --test-message", "allowed"},
        {"status,follow,install-any", "update-control --drain", "not allowed"},
        {"status,follow,install-any", "update-control --role show", "not allowed"},
        {"", "update-control -s", "not allowed"},
        {"status", nullptr, "not allowed"},
        {"status", "", "usage"},
        {"status", "bash", "usage"},
        {"status", "scp -t /etc/passwd", "usage"},
        {"status", "update-control -s; reboot", "usage"},
        {"status", "update-control -s $(reboot)", "usage"},
        {"status", "update-control -s `reboot`", "usage"},
        {"status", "update-control -s\nreboot", "usage"},
        {"status", "update-control '-s'", "usage"},
        {"status", "update-control -s | sh", "usage"},
        {"status", "update-control --forced install -i", "usage"},
        {"everything", "update-control -s", "usage"},
    };
    for (const auto &each : cases)
        STRCMP_EQUAL_TEXT(each.outcome, outcome(each.allowed, each.original).c_str(),
                          each.original ? each.original : "a login");
}

TEST(ForcedCommand, takes_the_words_of_a_time_together) {
    for (const char *original :
         {"update-control --at Sun 03:00 UTC -i fw", "-i fw --at Sun 03:00 UTC", "-i --at=Sun 03:00   UTC"})
        STRCMP_EQUAL("Sun 03:00 UTC", read_forced_command("schedule", original).calendar.c_str());
    STRCMP_EQUAL(
        "2026-12-24 22:30",
        read_forced_command("postpone", "--postpone-until 2026-12-24 22:30 --json").calendar.c_str());
}

TEST(ForcedCommand, says_what_the_key_may_be_used_for) {
    try {
        read_forced_command("status,follow", "update-control -c");
        FAIL("allowed");
    } catch (const NotAllowed &refusal) {
        STRCMP_EQUAL("not allowed: cancel; this key may only be used for: status,follow", refusal.what());
    }
}
