#include "updater/control/documents.hpp"

#include "updater/text/byte_amount.hpp"

#include <algorithm>

namespace updater::control {

using nlohmann::json;

json read_document(std::string_view text) {
    json document = json::parse(text, nullptr, false);
    if (!document.is_object() || number_at(document, "format") != 1)
        throw UnknownDocument(
            "the agent's answer is not in format 1; do update-control and update-agent belong to "
            "the same version? See: update-control --version, systemctl status update-agent");
    return document;
}

std::string text_at(const json &object, const char *name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

std::int64_t number_at(const json &object, const char *name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_number() ? found->get<std::int64_t>() : 0;
}

std::string readable_time(const std::string &iso_time) {
    constexpr std::size_t date_end = 10;
    constexpr std::size_t zone_begin = 19;
    if (iso_time.size() <= zone_begin || iso_time[date_end] != 'T')
        return iso_time;
    return iso_time.substr(0, date_end) + " " + iso_time.substr(date_end + 1, zone_begin - date_end - 1) +
           " " + iso_time.substr(zone_begin);
}

std::string clock_time(const std::string &iso_time) {
    constexpr std::size_t begin = 11;
    constexpr std::size_t length = 5;
    return iso_time.size() >= begin + length ? iso_time.substr(begin, length) : "";
}

std::string size_at(const json &object, const char *name) {
    return text::bytes_text(static_cast<std::uint64_t>(std::max<std::int64_t>(0, number_at(object, name))));
}

} // namespace updater::control
