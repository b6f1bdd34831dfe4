#include "updater/download/shown_url.hpp"

#include <curl/curl.h>
#include <memory>
#include <new>
#include <optional>

namespace updater::download {

namespace {

using ParsedUrl = std::unique_ptr<CURLU, decltype([](CURLU *handle) { curl_url_cleanup(handle); })>;

std::optional<std::string> part_of(const ParsedUrl &url, CURLUPart part) {
    char *text = nullptr;
    if (curl_url_get(url.get(), part, &text, 0) != CURLUE_OK)
        return std::nullopt;
    const std::unique_ptr<char, decltype([](char *owned) { curl_free(owned); })> owner(text);
    return text;
}

/// Null if it is not a URL.
ParsedUrl parse(const std::string &url) {
    ParsedUrl parsed(curl_url());
    if (!parsed)
        throw std::bad_alloc();
    if (curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK)
        return nullptr;
    return parsed;
}

} // namespace

std::string url_to_show(const std::string &url) {
    constexpr const char *no_url = "an address that is not a URL";
    const ParsedUrl parsed = parse(url);
    if (!parsed)
        return no_url;
    curl_url_set(parsed.get(), CURLUPART_USER, nullptr, 0);
    curl_url_set(parsed.get(), CURLUPART_PASSWORD, nullptr, 0);
    if (part_of(parsed, CURLUPART_QUERY))
        curl_url_set(parsed.get(), CURLUPART_QUERY, "***", 0);
    curl_url_set(parsed.get(), CURLUPART_FRAGMENT, nullptr, 0);
    return part_of(parsed, CURLUPART_URL).value_or(no_url);
}

std::string host_of(const std::string &url) {
    constexpr const char *no_host = "the server";
    const ParsedUrl parsed = parse(url);
    return parsed ? part_of(parsed, CURLUPART_HOST).value_or(no_host) : no_host;
}

} // namespace updater::download
