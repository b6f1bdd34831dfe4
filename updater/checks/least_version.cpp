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
        // Without its end the line could be a truncated version number.
        if (line.ends_with('\n'))
            return firmware::Version::parse(std::string_view(line).substr(0, line.size() - 1));
    } catch (const firmware::InvalidVersion &) {
        // Handled like a line without its end.
    }
    throw LeastVersionDamaged("the file " + file_.string() +
                                  ", which says what the least acceptable version is, is damaged",
                              "Nothing is installed until it is repaired. Ask the vendor which version that "
                              "is, and write it into the file as one line, such as 2.8.0.0.");
}

void LeastVersion::raise_to(const firmware::Version &version) {
    const auto before = value();
    if (before && *before >= version)
        return;
    partitions::make_directories(storage_, file_.parent_path());
    partitions::replace_file(storage_, file_, version.text() + "\n");
}

} // namespace updater::checks
