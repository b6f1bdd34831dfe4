#include "updater/bus/snapshot_methods.hpp"

#include "updater/bus/bus_methods.hpp"
#include "updater/text/word_table.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <string_view>
#include <system_error>

namespace updater::bus {

namespace {

constexpr std::size_t max_name_bytes = 64;
constexpr std::size_t max_pem_bytes = 64UL * 1024;
constexpr std::size_t max_password_bytes = 1024;

constexpr auto action_words =
    std::to_array<text::Word<SnapshotAction>>({{SnapshotAction::create, "create"},
                                               {SnapshotAction::show, "show"},
                                               {SnapshotAction::restore, "restore"},
                                               {SnapshotAction::cancel_restore, "cancel-restore"},
                                               {SnapshotAction::remove, "delete"}});

void require_read(int result) {
    if (result < 0)
        throw InvalidArgument("the message's arguments cannot be read");
}

std::string read_name(sd_bus_message *call) {
    const char *raw = nullptr;
    require_read(sd_bus_message_read(call, "s", &raw));
    const std::string_view name(raw);
    if (name.size() > max_name_bytes || std::ranges::any_of(name, [](char letter) {
            return static_cast<unsigned char>(letter) <= 0x20U || letter == '/' || letter == 0x7F;
        }))
        throw InvalidArgument("the name of a snapshot has up to " + std::to_string(max_name_bytes) +
                              " letters, digits, '.', '_' and '-'");
    return std::string(name);
}

partitions::base::FileDescriptor read_file(sd_bus_message *call) {
    int number = -1;
    require_read(sd_bus_message_read(call, "h", &number));
    // The message closes its own when it is answered; the work goes on.
    partitions::base::FileDescriptor file(fcntl(number, F_DUPFD_CLOEXEC, 3));
    if (!file.valid())
        throw std::system_error(errno, std::generic_category(), "cannot keep the file open");
    return file;
}

SnapshotSecret read_secret(sd_bus_message *call) {
    SnapshotSecret secret;
    const char *pem = nullptr;
    require_read(sd_bus_message_read(call, "s", &pem));
    secret.pem = pem;
    const void *password = nullptr;
    std::size_t length = 0;
    require_read(sd_bus_message_read_array(call, 'y', &password, &length));
    secret.password.assign(static_cast<const char *>(password), length);
    if (secret.pem.size() > max_pem_bytes || secret.password.size() > max_password_bytes)
        throw InvalidArgument("the certificate, the key or the password is too long");
    return secret;
}

int reply_with_number(sd_bus_message *call, std::uint64_t number) {
    return sd_bus_reply_method_return(call, "t", number);
}

} // namespace

Who who_may_begin_snapshot_work(sd_bus_message *call) noexcept {
    const char *word = nullptr;
    const bool is_read = sd_bus_message_read(call, "s", &word) > 0 && sd_bus_message_rewind(call, 1) >= 0;
    if (!is_read || text::value_of(action_words, word) == SnapshotAction::restore)
        return Who::root_alone;
    return Who::permitted;
}

int begin_snapshot_work(sd_bus_message *call, AgentRequests &requests) {
    const char *word = nullptr;
    require_read(sd_bus_message_read(call, "s", &word));
    const auto action = text::value_of(action_words, word);
    if (!action)
        throw InvalidArgument(
            "this agent does no such thing with a snapshot; it knows: create, show, restore, "
            "cancel-restore, delete");
    const std::string name = read_name(call);
    return reply_with_number(call, requests.snapshots().begin(*action, name));
}

int export_snapshot(sd_bus_message *call, AgentRequests &requests) {
    const std::string name = read_name(call);
    auto file = read_file(call);
    return reply_with_number(call,
                             requests.snapshots().begin_export(name, std::move(file), read_secret(call)));
}

int import_snapshot(sd_bus_message *call, AgentRequests &requests) {
    const std::string name = read_name(call);
    auto file = read_file(call);
    return reply_with_number(call,
                             requests.snapshots().begin_import(name, std::move(file), read_secret(call)));
}

int get_snapshots(sd_bus_message *call, AgentRequests &requests) {
    return sd_bus_reply_method_return(call, "s", document_text(requests.snapshots().document()).c_str());
}

} // namespace updater::bus
