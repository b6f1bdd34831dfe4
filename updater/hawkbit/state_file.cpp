#include "updater/hawkbit/state_file.hpp"

#include "partitions/durable.hpp"

#include <exception>
#include <utility>

namespace updater::hawkbit {

namespace {

constexpr std::size_t max_state_bytes = 1024UL * 1024;

} // namespace

StateFile::StateFile(partitions::Storage &storage, std::filesystem::path file)
    : storage_(storage), file_(std::move(file)) {}

StateFile::Contents StateFile::load() const {
    if (storage_.kind(file_) == partitions::FileKind::none)
        return {};
    try {
        const std::string text = partitions::read_whole_file(storage_, file_, max_state_bytes);
        return {device_state_from(nlohmann::json::parse(text)), {}};
    } catch (const std::exception &error) {
        return {{}, file_.string() + " cannot be read and begins again: " + error.what()};
    }
}

void StateFile::save(const DeviceState &state) {
    constexpr mode_t owner_only = 0600;
    std::string text = to_json(state).dump();
    if (text == written_)
        return;
    partitions::replace_file(storage_, file_, text, owner_only);
    written_ = std::move(text);
}

} // namespace updater::hawkbit
