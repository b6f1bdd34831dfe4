#include "updater/hawkbit/json_reading.hpp"

namespace updater::hawkbit {

using nlohmann::json;

namespace {

constexpr int max_depth = 16;

/// Before it is parsed, because every level costs memory and stack.
bool is_too_deep(std::string_view text) {
    int depth = 0;
    bool inside_string = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char letter = text[at];
        if (inside_string) {
            if (letter == '\\')
                ++at;
            else if (letter == '"')
                inside_string = false;
        } else if (letter == '"') {
            inside_string = true;
        } else if (letter == '{' || letter == '[') {
            if (++depth > max_depth)
                return true;
        } else if (letter == '}' || letter == ']') {
            --depth;
        }
    }
    return false;
}

const json *member(const json &object, const char *name) {
    const auto found = object.find(name);
    return found == object.end() || found->is_null() ? nullptr : &*found;
}

[[noreturn]] void complain(const char *name, const char *what) {
    throw WrongAnswer(std::string("the server's answer has no usable \"") + name + "\": " + what);
}

template <typename Value> Value required(Value found, const char *name) {
    if (!found)
        complain(name, "it is missing");
    return found;
}

} // namespace

json parse_object(std::string_view text, std::size_t max_bytes) {
    if (text.size() > max_bytes)
        throw WrongAnswer("the server's answer is longer than " + std::to_string(max_bytes) + " bytes");
    if (is_too_deep(text))
        throw WrongAnswer("the server's answer is nested deeper than " + std::to_string(max_depth));
    json document = json::parse(text, nullptr, false);
    if (!document.is_object())
        throw WrongAnswer("the server's answer is no JSON object");
    return document;
}

const json *object_at(const json &object, const char *name) {
    const json *found = member(object, name);
    if (found != nullptr && !found->is_object())
        complain(name, "it is no object");
    return found;
}

const json *array_at(const json &object, const char *name) {
    const json *found = member(object, name);
    if (found != nullptr && !found->is_array())
        complain(name, "it is no list");
    return found;
}

std::optional<std::string> string_at(const json &object, const char *name, std::size_t max_length) {
    const json *found = member(object, name);
    if (found == nullptr)
        return std::nullopt;
    if (!found->is_string())
        complain(name, "it is no text");
    const auto &text = found->get_ref<const std::string &>();
    if (text.size() > max_length)
        complain(name, "it is too long");
    return text;
}

const json &required_object(const json &object, const char *name) {
    return *required(object_at(object, name), name);
}

const json &required_array(const json &object, const char *name) {
    return *required(array_at(object, name), name);
}

std::string required_string(const json &object, const char *name, std::size_t max_length) {
    return *required(string_at(object, name, max_length), name);
}

} // namespace updater::hawkbit
