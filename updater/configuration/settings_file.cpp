#include "updater/configuration/settings_file.hpp"

#include "partitions/durable.hpp"

#include <utility>

namespace updater::configuration {

namespace {

SettingsFile::Contents defaults_because(const std::string &problem) {
    return {{},
            problem + ". Until this is fixed the defaults apply, and nothing is downloaded or installed "
                      "automatically"};
}

} // namespace

SettingsFile::SettingsFile(partitions::Storage &storage, std::filesystem::path file)
    : storage_(storage), file_(std::move(file)) {}

SettingsFile::Contents SettingsFile::read() const {
    try {
        if (storage_.kind(file_) == partitions::FileKind::none)
            return {};
        return {parse_settings(partitions::read_whole_file(storage_, file_, max_settings_bytes), file_), {}};
    } catch (const ConfigurationError &error) {
        return defaults_because(error.what());
    } catch (const partitions::StorageError &error) {
        return defaults_because(error.what());
    }
}

} // namespace updater::configuration
