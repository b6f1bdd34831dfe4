#include "updater/hawkbit/answers.hpp"

#include "updater/hawkbit/server.hpp"
#include "updater/text/printable.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace updater::hawkbit {

using nlohmann::json;

namespace {

constexpr std::size_t max_href_length = 1024;
constexpr std::size_t max_id_length = 64;
constexpr std::size_t max_text_length = 256;
constexpr std::size_t max_chunks = 64;

bool is_plain(char letter) {
    return std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '-' || letter == '_';
}

std::string checked_id(std::string id) {
    if (id.empty() || id.size() > max_id_length || !std::ranges::all_of(id, is_plain))
        throw WrongAnswer("the server names an action by what is no id");
    return id;
}

/// "…/controller/v1/mx1/deploymentBase/5?c=1" as "/deploymentBase/5?c=1"
Link link_in(const std::string &href, const std::string &resource) {
    constexpr std::string_view before_id = "/controller/v1/";
    const std::size_t controller = href.find(before_id);
    const std::size_t start =
        controller == std::string::npos ? controller : href.find('/', controller + before_id.size());
    if (start == std::string::npos || !href.substr(start).starts_with("/" + resource))
        throw WrongAnswer("the server's link " + resource + " leads elsewhere");
    Link link{.id = {}, .tail = href.substr(start)};
    const bool usable = std::ranges::all_of(link.tail, [](char letter) {
        return is_plain(letter) || std::string_view("/?=&.~%+,:").find(letter) != std::string_view::npos;
    });
    if (!usable)
        throw WrongAnswer("the server's link " + resource + " has characters that no link has");
    return link;
}

std::optional<Link> link_at(const json &links, const char *resource) {
    const json *found = object_at(links, resource);
    if (found == nullptr)
        return std::nullopt;
    const std::string href = required_string(*found, "href", max_href_length);
    if (href.ends_with(std::string("/") + resource)) // a place to ask, but no action
        return std::nullopt;
    Link link = link_in(href, std::string(resource) + "/");
    const std::size_t id = link.tail.find('/', 1) + 1;
    link.id = checked_id(link.tail.substr(id, link.tail.find('?', id) - id));
    return link;
}

/// "00:05:00"
std::chrono::seconds sleep_in(const std::string &text) {
    constexpr std::size_t length = 8;
    constexpr int sixty = 60;
    int total = 0;
    if (text.size() != length || text[2] != ':' || text[5] != ':')
        throw WrongAnswer("the server's poll interval is no time such as 00:05:00");
    for (const std::size_t at : {0U, 3U, 6U}) {
        int part = 0;
        const char *const end = text.data() + at + 2;
        if (std::from_chars(text.data() + at, end, part).ptr != end || part < 0)
            throw WrongAnswer("the server's poll interval is no time such as 00:05:00");
        total = total * sixty + part;
    }
    return std::chrono::seconds(total);
}

std::string checked_text(const json &chunk, const char *name) {
    std::string text = required_string(chunk, name, max_text_length);
    if (text.empty() || text::holds_control_characters(text) || text.find('\n') != std::string::npos)
        throw WrongAnswer(std::string("a software module has an unusable ") + name);
    return text;
}

const json &chosen_chunk(const json &chunks, const std::string &module) {
    if (chunks.empty() || chunks.size() > max_chunks)
        throw WrongAnswer("the server's deployment has " + std::to_string(chunks.size()) +
                          " software modules");
    const json *found = nullptr;
    for (const json &chunk : chunks) {
        if (!chunk.is_object())
            throw WrongAnswer("a software module of the server is no object");
        const bool wanted =
            module.empty() ? chunks.size() == 1 || required_string(chunk, "part", max_text_length) == "os"
                           : required_string(chunk, "name", max_text_length) == module;
        if (wanted && found != nullptr)
            throw WrongAnswer(
                "the server's deployment has several software modules that could be the firmware; name "
                "it: <deployment module=\"…\"/> in /etc/update-control/hawkbit.xml");
        found = wanted ? &chunk : found;
    }
    if (found == nullptr)
        throw WrongAnswer("the server's deployment has no software module that is the firmware" +
                          (module.empty() ? std::string() : ", " + module));
    return *found;
}

enum class Handling { skip, attempt, forced };

Handling handling_at(const json &deployment, const char *name) {
    const std::string word = required_string(deployment, name, max_text_length);
    if (word == "skip")
        return Handling::skip;
    if (word == "attempt")
        return Handling::attempt;
    if (word == "forced")
        return Handling::forced;
    throw WrongAnswer(std::string("the server's deployment has an unknown ") + name);
}

bool window_is_closed(const json &deployment) {
    const auto word = string_at(deployment, "maintenanceWindow", max_text_length);
    if (word && *word != "available" && *word != "unavailable")
        throw WrongAnswer("the server's deployment has an unknown maintenanceWindow");
    return word == "unavailable";
}

Offer read_offer(std::string_view body, const char *name, const std::string &module) {
    const json document = parse_object(body, max_answer_bytes);
    const json &deployment = required_object(document, name);
    const json &chunks = required_array(deployment, "chunks");
    const Handling update = handling_at(deployment, "update");
    Offer offer{.id = checked_id(required_string(document, "id", max_id_length)),
                .module = {},
                .version = {},
                .may_download = handling_at(deployment, "download") != Handling::skip,
                .may_install = update != Handling::skip && !window_is_closed(deployment),
                .forced = update == Handling::forced,
                .problem = {}};
    try {
        const json &chunk = chosen_chunk(chunks, module);
        offer.module = checked_text(chunk, "name");
        offer.version = checked_text(chunk, "version");
    } catch (const WrongAnswer &error) {
        offer.problem = error.what();
    }
    return offer;
}

} // namespace

Poll read_poll(std::string_view body) {
    const json document = parse_object(body, max_answer_bytes);
    Poll poll;
    if (const json *config = object_at(document, "config"))
        if (const json *polling = object_at(*config, "polling"))
            if (const auto sleep = string_at(*polling, "sleep", max_text_length))
                poll.sleep = sleep_in(*sleep);
    const json *links = object_at(document, "_links");
    if (links == nullptr)
        return poll;
    poll.deployment = link_at(*links, "deploymentBase");
    poll.confirmation = link_at(*links, "confirmationBase");
    poll.cancel = link_at(*links, "cancelAction");
    if (const json *config_data = object_at(*links, "configData")) {
        link_in(required_string(*config_data, "href", max_href_length), "configData");
        poll.config_data = true;
    }
    return poll;
}

Offer read_deployment(std::string_view body, const std::string &module) {
    return read_offer(body, "deployment", module);
}

Offer read_confirmation(std::string_view body, const std::string &module) {
    return read_offer(body, "confirmation", module);
}

std::string read_cancel(std::string_view body) {
    const json document = parse_object(body, max_answer_bytes);
    return checked_id(required_string(required_object(document, "cancelAction"), "stopId", max_id_length));
}

} // namespace updater::hawkbit
