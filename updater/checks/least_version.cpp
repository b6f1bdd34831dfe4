// One line in one file.
#include "updater/checks/least_version.hpp"

#include "partitions/durable.hpp"

#include <string>
#include <utility>

namespace updater::checks {

namespace {

constexpr std::size_t max_bytes = 64;

} // namespace

LeastVersion::LeastVersion(partitions::Storage &storage, std::filesystem::path file)
    : storage_(storage), file_(std::move(file)) {}

std::optional<firmware::Version> LeastVersion::value() const {
    if (storage_.kind(file_) == partitions::FileKind::none)
        return std::nullopt;
    const std::string line = partitions::read_whole_file(storage_, file_, max_bytes);
    try {
        // A line that was cut short could still be a version, an older one.
        if (line.ends_with('\n'))
            return firmware::Version::parse(std::string_view(line).substr(0, line.size() - 1));
    } catch (const firmware::InvalidVersion &) {
        // As a line without an end.
    }
    throw LeastVersionDamaged("the file " + file_.string() +
                                  ", which says what the least acceptable version is, is damaged",
                              "Nothing is installed until it is mended. Ask the vendor which version that "
                              "is, and write it there, as 2.8.0.0 in a line of its own.");
}

void LeastVersion::raise_to(const firmware::Version &version) {
    const auto before = value();
    if (before && *before >= version)
        return;
    partitions::make_directories(storage_, file_.parent_path());
    partitions::replace_file(storage_, file_, version.text() + "\n");
}

} // namespace updater::checks
