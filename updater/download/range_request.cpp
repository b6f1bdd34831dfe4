// Checks the response before it takes the first byte.
#include "updater/download/range_request.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace updater::download {

namespace {

constexpr long http_ok = 200;
constexpr long http_partial = 206;

/// "bytes FIRST-LAST/LENGTH" (RFC 9110, section 14.4).
struct ContentRange {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::uint64_t length = 0;
};

std::optional<ContentRange> parse_content_range(std::string_view text) {
    ContentRange range;
    const auto number = [&](std::string_view before, std::uint64_t &value) {
        if (!text.starts_with(before))
            return false;
        text.remove_prefix(before.size());
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        return error == std::errc();
    };
    if (!number("bytes ", range.first) || !number("-", range.last) || !number("/", range.length) ||
        !text.empty() || range.last < range.first || range.length <= range.last)
        return std::nullopt;
    return range;
}

} // namespace

RangeRequest::RangeRequest(curl::Easy handle, firmware::ByteRange range, RequestKind kind, Receiver &receiver)
    : handle_(std::move(handle)), range_(range), kind_(kind), receiver_(receiver), rest_(range) {}

void RangeRequest::prepare() {
    answered_ = false;
    paused_ = false;
    thrown_ = nullptr;
    detail_.front() = '\0';
    const std::string range = std::to_string(next()) + "-" + std::to_string(rest_.end_bytes() - 1);
    const bool small = kind_ == RequestKind::small_range;
    CURL *const handle = handle_.get();
    curl::set(handle, CURLOPT_RANGE, kind_ == RequestKind::whole_file ? nullptr : range.c_str());
    // One HTTP/2 connection carries many small requests at the same time. A large one is faster over
    // HTTP/1.1, and does not block others when it is paused.
    curl::set(handle, CURLOPT_HTTP_VERSION,
              static_cast<long>(small ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
    curl::set(handle, CURLOPT_PIPEWAIT, small ? 1L : 0L);
    curl::set(handle, CURLOPT_ERRORBUFFER, detail_.data());
    curl::set(handle, CURLOPT_WRITEFUNCTION, &RangeRequest::on_bytes);
    curl::set(handle, CURLOPT_WRITEDATA, this);
    curl::set(handle, CURLOPT_PRIVATE, this);
}

bool RangeRequest::connected() const {
    curl_off_t microseconds = 0;
    curl_easy_getinfo(handle_.get(), CURLINFO_PRETRANSFER_TIME_T, &microseconds);
    return microseconds > 0;
}

void RangeRequest::resume() {
    if (!paused_)
        return;
    paused_ = false;
    const CURLcode result = curl_easy_pause(handle_.get(), CURLPAUSE_CONT);
    // The paused bytes arrive during that call. It fails if on_bytes() ended the transfer: because they were
    // the last wanted ones, or because of an exception.
    if (result == CURLE_OK || complete())
        return;
    if (thrown_)
        std::rethrow_exception(thrown_);
    throw std::runtime_error(std::string("libcurl cannot resume a transfer: ") + curl_easy_strerror(result));
}

std::size_t RangeRequest::on_bytes(char *bytes, std::size_t, std::size_t length, void *self) noexcept {
    auto &request = *static_cast<RangeRequest *>(self);
    try {
        return request.thrown_ ? CURL_WRITEFUNC_ERROR : request.take(std::as_bytes(std::span(bytes, length)));
    } catch (...) {
        // An exception must not pass through C code: result() rethrows it.
        request.thrown_ = std::current_exception();
        return CURL_WRITEFUNC_ERROR;
    }
}

std::size_t RangeRequest::take(std::span<const std::byte> bytes) {
    const std::size_t all = bytes.size();
    if (!answered_) {
        check_answer();
        answered_ = true;
    }
    const std::size_t skipped = std::min<std::uint64_t>(skip_bytes_, all);
    const auto rest = bytes.subspan(skipped);
    const auto wanted = rest.first(std::min<std::uint64_t>(rest_.length_bytes, rest.size()));
    if (!wanted.empty() && !receiver_.receive(*this, wanted)) {
        paused_ = true;
        return CURL_WRITEFUNC_PAUSE;
    }
    skip_bytes_ -= skipped;
    rest_ = rest_.without_first(wanted.size());
    if (all > wanted.size())
        receiver_.drop(all - wanted.size());
    // Bytes behind the range are not wanted, so the transfer is ended.
    return wanted.size() == rest.size() ? all : CURL_WRITEFUNC_ERROR;
}

void RangeRequest::check_answer() {
    const auto encoding = header("Content-Encoding");
    if (encoding && *encoding != "identity")
        throw WrongAnswer("the server sent the file encoded as " + *encoding);
    long status = 0;
    curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &status);
    FileIdentity found;
    if (status == http_partial && kind_ != RequestKind::whole_file)
        found = check_partial_answer();
    else if (status == http_ok)
        found = check_whole_answer();
    else
        throw WrongAnswer("the server answered with status " + std::to_string(status));
    const std::string tag = header("ETag").value_or("");
    found.tag = tag.empty() || tag.starts_with("W/") ? header("Last-Modified").value_or("") : tag;
    receiver_.check(*this, found);
}

FileIdentity RangeRequest::check_partial_answer() const {
    const std::string text = header("Content-Range").value_or("");
    const auto found = parse_content_range(text);
    if (!found)
        throw WrongAnswer("the server sent a part of the file without saying which");
    const std::uint64_t last = rest_.end_bytes() - 1;
    if (found->first != next() || found->last != std::min(last, found->length - 1))
        throw WrongAnswer("the server sent another part of the file (" + text + ") than the one asked for (" +
                          std::to_string(next()) + "-" + std::to_string(last) + ")");
    return {.tag = {}, .length_bytes = found->length};
}

FileIdentity RangeRequest::check_whole_answer() {
    if (kind_ != RequestKind::whole_file)
        throw RangesRefused();
    skip_bytes_ = next();
    curl_off_t announced = -1;
    curl_easy_getinfo(handle_.get(), CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced);
    if (announced < 0)
        return {};
    return {.tag = {}, .length_bytes = static_cast<std::uint64_t>(announced)};
}

std::optional<std::string> RangeRequest::header(const char *name) const {
    curl_header *found = nullptr;
    // That of the last response, after redirects.
    if (curl_easy_header(handle_.get(), name, 0, CURLH_HEADER, -1, &found) != CURLHE_OK)
        return std::nullopt;
    return found->value;
}

TransferResult RangeRequest::result(CURLcode code) {
    if (thrown_)
        std::rethrow_exception(thrown_);
    if (code == CURLE_OK && !answered_)
        check_answer(); // a response without a body; if it is the right one, it is too short
    return result_of(handle_.get(), code == CURLE_OK ? CURLE_PARTIAL_FILE : code, detail_.data());
}

} // namespace updater::download
