// Reads JSON from the server: bounded in bytes and depth, with strict types. Knows nothing of what it means.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace updater::hawkbit {

/// What the server sent isn't what it should be. The message says where.
class WrongAnswer : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// An object. Throws WrongAnswer, also for one that is nested deeper than 16.
nlohmann::json parse_object(std::string_view text, std::size_t max_bytes);

/// The member, which is of this type, or nothing if it is missing or null. Throws WrongAnswer for another
/// type. The pointer lives as long as `object`.
const nlohmann::json *object_at(const nlohmann::json &object, const char *name);
const nlohmann::json *array_at(const nlohmann::json &object, const char *name);
/// Also throws WrongAnswer for a longer text.
std::optional<std::string> string_at(const nlohmann::json &object, const char *name, std::size_t max_length);

/// The same, but throw WrongAnswer for a missing one.
const nlohmann::json &required_object(const nlohmann::json &object, const char *name);
const nlohmann::json &required_array(const nlohmann::json &object, const char *name);
std::string required_string(const nlohmann::json &object, const char *name, std::size_t max_length);

} // namespace updater::hawkbit
