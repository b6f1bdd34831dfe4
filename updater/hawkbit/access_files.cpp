#include "updater/hawkbit/access_files.hpp"

#include "partitions/durable.hpp"
#include "updater/refusal.hpp"

#include <algorithm>
#include <chrono>
#include <sys/stat.h>

namespace updater::hawkbit {

namespace {

constexpr std::size_t max_secret_bytes = 64UL * 1024;
constexpr std::size_t max_token_length = 256;
constexpr const char *named_in = "It is named in /etc/update-control/hawkbit.xml. ";

std::string contents(partitions::Storage &storage, const std::filesystem::path &file, std::size_t max_bytes) {
    if (file.empty())
        return {};
    try {
        return partitions::read_whole_file(storage, file, max_bytes);
    } catch (const partitions::StorageError &error) {
        throw Refused(std::string("the server is not asked: ") + error.what(),
                      named_in +
                          std::string("The service must be able to read it: chown root:update-hawkbit ") +
                          file.string() + " && chmod 0640 " + file.string(),
                      messages::Code::rollout_access_refused);
    }
}

void require_private(partitions::Storage &storage, const std::filesystem::path &file, uid_t owner) {
    constexpr mode_t group_may_write_or_others_anything = S_IWGRP | S_IXGRP | S_IRWXO;
    partitions::FileDetails details;
    try {
        details = storage.details(file);
    } catch (const partitions::StorageError &error) {
        throw Refused(std::string("the server is not asked: ") + error.what(),
                      std::string(named_in) + "Put it there.", messages::Code::rollout_access_refused);
    }
    if (details.kind == partitions::FileKind::file && details.owner == owner &&
        (details.mode & group_may_write_or_others_anything) == 0)
        return;
    throw Refused("the server is not asked: " + file.string() +
                      " is a secret, but it is no file of root's that only its group may read",
                  named_in + std::string("Correct it: chown root:update-hawkbit ") + file.string() +
                      " && chmod 0640 " + file.string(),
                  messages::Code::rollout_access_refused);
}

std::string token_in(const std::string &text, const std::filesystem::path &file) {
    std::string token = text.substr(0, text.find('\n'));
    if (token.ends_with('\r'))
        token.pop_back();
    const bool usable = !token.empty() && token.size() <= max_token_length &&
                        std::ranges::all_of(token, [](char letter) { return letter > ' ' && letter <= '~'; });
    if (!usable)
        throw Refused("the server is not asked: the first line of " + file.string() + " is no token",
                      "Put the token there, as hawkBit shows it, in one line.",
                      messages::Code::rollout_access_refused);
    return token;
}

} // namespace

Access read_access_files(partitions::Storage &storage, const ClientSettings &settings, uid_t owner) {
    using namespace std::chrono_literals;
    Access access;
    download::Connection &connection = access.connection;
    connection.certificate_authority =
        contents(storage, settings.certificate_authorities, download::max_pem_bytes);
    connection.client_certificate = contents(storage, settings.client_certificate, max_secret_bytes);
    if (!settings.client_key.empty())
        require_private(storage, settings.client_key, owner);
    connection.client_key = contents(storage, settings.client_key, max_secret_bytes);
    connection.connect_time = 20s;
    connection.give_up_time = 60s;
    if (settings.token_kind == TokenKind::none)
        return access;
    require_private(storage, settings.token_file, owner);
    access.authorization =
        (settings.token_kind == TokenKind::gateway ? "GatewayToken " : "TargetToken ") +
        token_in(contents(storage, settings.token_file, max_secret_bytes), settings.token_file);
    return access;
}

} // namespace updater::hawkbit
