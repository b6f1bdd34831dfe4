// Reads the agent's documents (format 1). Missing values become empty ones, so that an agent of another
// release can still be watched.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace updater::control {

inline constexpr int last_phase = 10;

/// The agent's document cannot be read: another format, or not JSON.
class UnknownDocument : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Throws UnknownDocument.
nlohmann::json read_document(std::string_view text);

/// The text at `name`; "" when it is missing, null or not a text.
std::string text_at(const nlohmann::json &object, const char *name);
/// The number at `name`; 0 when it is missing, null or not a number.
std::int64_t number_at(const nlohmann::json &object, const char *name);

/// "2026-11-21T03:00:04+00:00" as "2026-11-21 03:00:04 +00:00"; anything else as it is.
std::string readable_time(const std::string &iso_time);
/// The hour and minute of "2026-11-21T03:25:04+00:00"; "" for anything else.
std::string clock_time(const std::string &iso_time);
/// The amount of bytes at `name`, as "312 MiB"; "0 bytes" when it is missing, null or not a number.
std::string size_at(const nlohmann::json &object, const char *name);

} // namespace updater::control
