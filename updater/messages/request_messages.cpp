// Codes of requests that were not carried out, and of failures that have no code of their own: 00.
#include "updater/messages/message.hpp"
#include "updater/messages/state_texts.hpp"

namespace updater::messages {

namespace {

constexpr Message request_messages[] = {
    {Code::unexpected, "Something failed that has no code of its own", by_phase,
     "Read the message and the agent's own messages: journalctl -u update-agent. If it comes again, send the "
     "vendor "
     "what this collects: update-control --support-bundle /data/support.tar.zst"},
    {Code::refused, "A request was refused by a check", nothing_changed,
     "Do what the second line of the message says, then ask again."},
    {Code::busy, "Another job, or other work on the partitions, is under way",
     "That work goes on; the request was not carried out.",
     "See what runs: update-control -s. Wait for its end, update-control -f, or in phases 1 and 2 cancel it: "
     "update-control -c"},
    {Code::not_possible, "The request makes no sense in the present state", nothing_changed,
     "The message says which state this is, and what is possible. See: update-control -s"},
    {Code::access_denied, "The caller may not do this", nothing_changed,
     "Ask as root, or let an administrator add you to the group of <change group=…> in "
     "/etc/update-control/settings.xml. Snapshots are exported, imported and restored by root alone."},
    {Code::too_many_calls, "One user asks the agent more often than it answers", nothing_changed,
     "Ask again in a second. If it comes again and again, look for a program that polls too fast."},
    {Code::invalid_argument, "An argument breaks the rules of the interface", nothing_changed,
     "Correct what the message names; update-control(8) and the interface's description say what is "
     "allowed."},
    {Code::out_of_memory, "There is not enough memory", by_phase,
     "See what uses it: systemctl status; journalctl -k -g 'Out of memory'. Then start again."},
};

} // namespace

std::span<const Message> messages_of_requests() {
    return request_messages;
}

} // namespace updater::messages
