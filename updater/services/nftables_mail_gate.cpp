#include "updater/services/nftables_mail_gate.hpp"

#include "updater/services/tcp_table.hpp"

#include <algorithm>
#include <nftables/libnftables.h>
#include <sstream>

namespace updater::services {
namespace {

const std::string table = "inet update_control";
/// The established connections to `ports` in a list of the kernel, without those over loopback.
std::size_t count_established(const char *file, const std::vector<std::uint16_t> &ports,
                              const std::vector<std::string> &loopback_addresses) {
    try {
        return static_cast<std::size_t>(std::ranges::count_if(read_tcp_table(file), [&](const auto &socket) {
            return socket.state == tcp_established &&
                   std::ranges::find(ports, socket.local_port) != ports.end() &&
                   std::ranges::find(loopback_addresses, socket.remote_address) == loopback_addresses.end();
        }));
    } catch (const TcpTableError &failure) {
        throw MailGateError(failure.what());
    }
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
