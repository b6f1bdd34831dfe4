// Collects one transfer in a string.
#include "updater/download/fetch_document.hpp"

#include "updater/download/whole_transfer.hpp"

namespace updater::download {

std::string fetch_document(const std::string &url, std::uint64_t max_bytes, const Connection &connection,
                           const std::stop_token &stop) {
    std::string document;
    const auto append = [&](std::span<const std::byte> bytes) {
        document.append(reinterpret_cast<const char *>(bytes.data()), bytes.size());
    };
    WholeTransfer(url, connection, {.max_bytes = max_bytes, .max_time = connection.give_up_time}, append)
        .run(stop);
    return document;
}

} // namespace updater::download
