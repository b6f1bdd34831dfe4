// What fills a whole disk, part by part, each with what frees some of it. Measures; frees nothing.
#pragma once

#include "updater/checks/preconditions.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

namespace updater::checks {

/// A folder whose purpose is known.
struct KnownPlace {
    std::string what; ///< for people: "the mail queue"
    std::filesystem::path path;
    std::string advice;     ///< what frees some of it, with a command
    bool by_age = false;    ///< tell how much of it is old
    bool may_share = false; ///< with other files on the disk: only its own bytes count
};

/// The parts of the disk that `path` lies on, largest first: the known places that lie on it, and everything
/// else, with the largest in it. Parts of less than a MiB are left out. Throws
/// std::filesystem::filesystem_error, Cancelled.
std::vector<DiskPart> parts_of_disk(const std::filesystem::path &path, const std::vector<KnownPlace> &known,
                                    std::chrono::system_clock::time_point now, const std::stop_token &stop);

/// In one line, the advice behind each part.
std::string text_of_parts(const std::vector<DiskPart> &parts);

} // namespace updater::checks
