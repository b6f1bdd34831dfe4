#include "updater/download/served_file.hpp"

#include "updater/download/shown_url.hpp"

namespace updater::download {

ServedFile::ServedFile(std::string url) : url_(std::move(url)), name_(url_to_show(url_)) {}

void ServedFile::check(const RangeRequest &request, const FileIdentity &found) {
    if (!identity_)
        identity_ = found;
    if (identity_->tag != found.tag ||
        (identity_->length_bytes && found.length_bytes && identity_->length_bytes != found.length_bytes))
        throw replaced();
    if (found.length_bytes && *found.length_bytes < request.range().end_bytes())
        throw too_short(*found.length_bytes);
    learn_shortcut(request);
    if (request.kind() != RequestKind::whole_file)
        ranges_ = Ranges::supported;
}

void ServedFile::refuse_end(std::uint64_t offset_bytes) const {
    if (identity_ && identity_->length_bytes.value_or(0) > offset_bytes)
        throw replaced();
    throw too_short(offset_bytes);
}

/// Without it each request would be two.
void ServedFile::learn_shortcut(const RangeRequest &request) {
    long redirects = 0;
    curl_easy_getinfo(request.handle(), CURLINFO_REDIRECT_COUNT, &redirects);
    const char *effective = nullptr;
    curl_easy_getinfo(request.handle(), CURLINFO_EFFECTIVE_URL, &effective);
    // A user name is meant for the first server only; libcurl sees to that when it follows redirects.
    if (redirects > 0 && effective && url_.find('@') == std::string::npos)
        shortcut_ = effective;
}

DownloadFailed ServedFile::failure(DownloadFailure kind, const std::string &text) const {
    return {kind, "cannot download " + name_ + ": " + text};
}

DownloadFailed ServedFile::replaced() const {
    return failure(DownloadFailure::replaced_on_server,
                   "the firmware on the server was replaced while it was being fetched; start again");
}

firmware::FirmwareDamaged ServedFile::too_short(std::uint64_t length_bytes) const {
    return firmware::FirmwareDamaged("the firmware file " + name_ + " is not whole: it ends after " +
                                     std::to_string(length_bytes) + " bytes");
}

} // namespace updater::download
