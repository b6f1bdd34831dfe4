#include "updater/snapshot/product_places.hpp"

#include "partitions/durable.hpp"
#include "updater/snapshot/path_text.hpp"
#include "updater/text/byte_amount.hpp"

#include <algorithm>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace updater::snapshot {

namespace {

bool is_plain_place(const std::string &path) {
    constexpr std::string_view marks = "/._-";
    constexpr std::string_view above = "/var/";
    const bool plain = std::ranges::all_of(path, [&](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
               (letter >= '0' && letter <= '9') || marks.find(letter) != std::string_view::npos;
    });
    const std::filesystem::path parts(path);
    return plain && path.starts_with(above) && path.size() > above.size() && !path.ends_with('/') &&
           parts.lexically_normal().native() == path && std::ranges::find(parts, "..") == parts.end();
}

struct Amount {
    std::size_t names = 0;
    std::uint64_t bytes = 0;
    bool fits() const { return names <= max_names_in_place && bytes <= max_bytes_in_place; }
};

void add_amount(partitions::Storage &storage, const std::filesystem::path &folder, Amount &amount) {
    for (const std::filesystem::path &path : storage.list(folder)) {
        if (!amount.fits())
            return;
        ++amount.names;
        try {
            const partitions::FileDetails details = storage.details(path);
            amount.bytes += details.kind == partitions::FileKind::file ? details.size_bytes : 0;
            if (details.kind == partitions::FileKind::directory)
                add_amount(storage, path, amount);
        } catch (const partitions::StorageNotFound &) {
            // Somebody has just removed it.
        }
    }
}

} // namespace

bool fits_in_snapshot(partitions::Storage &storage, const std::filesystem::path &folder) {
    Amount amount;
    add_amount(storage, folder, amount);
    return amount.fits();
}

std::string too_large_for_snapshot(const std::filesystem::path &place) {
    return "/var/" + plain_in_line(place.native()) + " has more than " + std::to_string(max_names_in_place) +
           " files or " + text::bytes_text(max_bytes_in_place);
}

std::vector<std::filesystem::path> read_product_places(partitions::Storage &storage,
                                                       const std::filesystem::path &file) {
    constexpr std::size_t max_places_bytes = 64UL * 1024;
    std::vector<std::filesystem::path> places;
    if (storage.kind(file) != partitions::FileKind::file)
        return places;
    std::istringstream lines(partitions::read_whole_file(storage, file, max_places_bytes));
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string place;
        if (!(words >> place) || place.starts_with('#'))
            continue;
        if (!is_plain_place(place))
            throw std::runtime_error(file.string() + " names '" + place.substr(0, 100) +
                                     "', which is no plain path of a folder below /var");
        places.push_back(std::filesystem::path(place).lexically_relative("/var"));
    }
    return places;
}

bool is_in_product_place(const std::vector<std::filesystem::path> &places,
                         const std::filesystem::path &path) {
    return std::ranges::any_of(places, [&](const std::filesystem::path &place) {
        return std::ranges::mismatch(place, path).in1 == place.end();
    });
}

bool is_plain_folder(partitions::Storage &storage, const std::filesystem::path &var,
                     const std::filesystem::path &place) {
    std::filesystem::path reached = var;
    return storage.kind(reached) == partitions::FileKind::directory &&
           std::ranges::all_of(place, [&](const std::filesystem::path &name) {
               reached /= name;
               return storage.kind(reached) == partitions::FileKind::directory;
           });
}

} // namespace updater::snapshot
