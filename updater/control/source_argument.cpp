#include "updater/control/source_argument.hpp"

#include "updater/control/command_line.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace updater::control {

namespace {

/// The longest path there can be; the agent accepts no more.
constexpr std::size_t max_source_bytes = 4095;

/// 0 if the text is not a URL.
std::size_t scheme_length(std::string_view text) {
    const std::size_t length = text.find("://");
    if (length == std::string_view::npos || length == 0 ||
        std::isalpha(static_cast<unsigned char>(text[0])) == 0)
        return 0;
    const bool plain = std::ranges::all_of(text.substr(0, length), [](unsigned char character) {
        return std::isalnum(character) != 0 || character == '+' || character == '-' || character == '.';
    });
    return plain ? length : 0;
}

/// The agent accepts the scheme in small letters only.
std::string checked_url(std::string url, std::size_t scheme) {
    std::transform(url.begin(), url.begin() + static_cast<std::ptrdiff_t>(scheme), url.begin(),
                   [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
    if (url.starts_with("https://"))
        return url;
    // Not the URL itself, which may hold a password.
    if (url.starts_with("file:"))
        throw UsageError(
            "a file on the appliance is named by its path, not as a URL: update-control -i fw /PATH");
    throw UsageError("firmware is fetched from addresses that begin with https:// only, not with " +
                     url.substr(0, scheme) + "://");
}

/// The real path, because the agent runs in another directory. A path that does not exist is kept: the agent
/// reports it.
std::string whole_path(const std::string &source) {
    if (source == "~" || source.starts_with("~/"))
        throw UsageError("no shell has replaced the ~ in " + source +
                         "; give the whole path, or leave out the "
                         "quotes around it (a folder of that name is ./~)");
    std::error_code gone;
    const auto absolute = std::filesystem::absolute(source, gone);
    if (gone)
        throw UsageError("the path " + source + " is relative, and the current directory is unknown (" +
                         gone.message() + "); give the whole path, beginning with /");
    std::error_code unseen;
    const auto real = std::filesystem::weakly_canonical(absolute, unseen);
    return unseen ? absolute.lexically_normal().string() : real.string();
}

} // namespace

bool is_url(const std::string &source) {
    return scheme_length(source) > 0;
}

std::string checked_source(const std::string &source) {
    if (source.size() > max_source_bytes)
        throw UsageError("the path or URL is longer than " + std::to_string(max_source_bytes) + " bytes");
    if (const std::size_t scheme = scheme_length(source); scheme > 0)
        return checked_url(source, scheme);
    return whole_path(source);
}

} // namespace updater::control
