#include "updater/services/nftables_mail_gate.hpp"

#include <algorithm>
#include <fstream>
#include <nftables/libnftables.h>
#include <sstream>

namespace updater::services {
namespace {

const std::string table = "inet update_control";
/// The kernel's number for an established connection in /proc/net/tcp (proc_net_tcp.txt of its
/// documentation).
constexpr unsigned established = 1;

/// The established connections that a table of the kernel lists: "sl local:port remote:port state …",
/// hexadecimal.
std::size_t count_established(const char *file, const std::vector<std::uint16_t> &ports,
                              const std::vector<std::string> &loopback_addresses) {
    std::ifstream stream(file);
    if (!stream)
        return 0; // the kernel lacks this protocol, so there are no connections
    std::string line;
    std::getline(stream, line); // headings
    std::size_t count = 0;
    while (std::getline(stream, line)) {
        std::istringstream fields(line);
        std::string number;
        std::string local;
        std::string remote;
        unsigned state = 0;
        fields >> number >> local >> remote >> std::hex >> state;
        const std::size_t colon = local.find(':');
        if (!fields || colon == std::string::npos)
            throw MailGateError(std::string("cannot read the list of connections ") + file + ": \"" + line +
                                "\"");
        const unsigned long port = std::stoul(local.substr(colon + 1), nullptr, 16);
        const std::string from = remote.substr(0, remote.find(':'));
        if (state == established && std::find(ports.begin(), ports.end(), port) != ports.end() &&
            std::find(loopback_addresses.begin(), loopback_addresses.end(), from) == loopback_addresses.end())
            ++count;
    }
    if (stream.bad())
        throw MailGateError(std::string("cannot read the list of connections ") + file);
    return count;
}

} // namespace

std::string closing_commands(const std::vector<std::uint16_t> &ports) {
    if (ports.empty())
        throw MailGateError("there is no port to close; appliance.xml must name the listeners");
    std::string list;
    for (const std::uint16_t port : ports)
        list += (list.empty() ? "" : ", ") + std::to_string(port);
    // "add, delete, define" replaces the table whether it exists or not; nft applies all of it or nothing.
    // The priority is before the usual filters (0): a drop rule of the administrator would make senders wait
    // instead of being refused at once. Only the first packet of a connection matches, so open connections
    // stay.
    return "add table " + table + "\n" + "delete table " + table + "\n" + "table " + table +
           " {\n chain refuse_mail {\n  type filter hook input priority -10; policy accept;\n"
           "  iifname != \"lo\" tcp flags & (fin | syn | rst | ack) == syn tcp dport { " +
           list + " } reject with tcp reset\n }\n}\n";
}

void NftablesMailGate::Release::operator()(nft_ctx *context) const {
    nft_ctx_free(context);
}

NftablesMailGate::NftablesMailGate() : context_(nft_ctx_new(NFT_CTX_DEFAULT)) {
    if (context_ == nullptr || nft_ctx_buffer_output(context_.get()) != 0 ||
        nft_ctx_buffer_error(context_.get()) != 0)
        throw MailGateError("cannot prepare nftables for the mail gate");
}

NftablesMailGate::~NftablesMailGate() = default;

NftablesMailGate::Outcome NftablesMailGate::run(const std::string &commands) {
    Outcome outcome;
    outcome.done = nft_run_cmd_from_buffer(context_.get(), commands.c_str()) == 0;
    outcome.output = nft_ctx_get_output_buffer(context_.get());
    outcome.errors = nft_ctx_get_error_buffer(context_.get());
    return outcome;
}

void NftablesMailGate::close(const std::vector<std::uint16_t> &ports) {
    const Outcome outcome = run(closing_commands(ports));
    if (!outcome.done)
        throw MailGateError("cannot refuse mail from outside with nftables: " + outcome.errors);
}

void NftablesMailGate::open() {
    const Outcome outcome = run("add table " + table + "\ndelete table " + table + "\n");
    if (!outcome.done)
        throw MailGateError("cannot let mail in again with nftables: " + outcome.errors +
                            "; by hand: nft delete table " + table);
}

bool NftablesMailGate::is_closed() {
    const Outcome outcome = run("list tables");
    if (!outcome.done)
        throw MailGateError("cannot ask nftables whether mail is refused: " + outcome.errors);
    std::istringstream lines(outcome.output);
    for (std::string line; std::getline(lines, line);)
        if (line == "table " + table)
            return true;
    return false;
}

std::size_t NftablesMailGate::open_connections(const std::vector<std::uint16_t> &ports) {
    return count_established("/proc/net/tcp", ports, {"0100007F"}) +
           count_established("/proc/net/tcp6", ports,
                             {"00000000000000000000000001000000", "0000000000000000FFFF00000100007F"});
}

} // namespace updater::services
