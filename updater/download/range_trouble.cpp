// RangeTransfers, when something goes wrong: what is tried again, and what is told.
#include "updater/download/range_transfers.hpp"

#include <algorithm>

namespace updater::download {

namespace {

constexpr long http_range_not_satisfiable = 416;

} // namespace

DownloadFailed RangeTransfers::failure(DownloadFailure kind, const std::string &text) const {
    return {kind, "cannot download " + name_ + ": " + text};
}

DownloadFailed RangeTransfers::replaced() const {
    return failure(DownloadFailure::replaced_on_server,
                   "the firmware on the server was replaced while it was being fetched; start again");
}

firmware::FirmwareDamaged RangeTransfers::too_short(std::uint64_t length_bytes) const {
    return firmware::FirmwareDamaged("the firmware file " + name_ + " is not whole: it ends after " +
                                     std::to_string(length_bytes) + " bytes");
}

void RangeTransfers::ended(RangeRequest &request, CURLcode code) {
    curl_off_t server_wish_seconds = 0;
    curl_easy_getinfo(request.handle(), CURLINFO_RETRY_AFTER, &server_wish_seconds);
    take_from_curl(request);
    if (request.complete()) {
        const auto place = std::ranges::find(finishing_, &request, &std::unique_ptr<RangeRequest>::get);
        if (place != finishing_.end()) {
            keep_handle(request);
            finishing_.erase(place);
        }
        return;
    }
    try {
        const TransferResult result = request.result(code);
        if (result.code == CURLE_HTTP_RETURNED_ERROR && result.http_status == http_range_not_satisfiable) {
            if (identity_ && identity_->length_bytes.value_or(0) > request.next())
                throw replaced();
            throw too_short(request.next());
        }
        // Where a redirect leads to may be valid for some time only.
        if (request.took_shortcut && !may_pass(result)) {
            shortcut_.clear();
            return;
        }
        failed(result, std::chrono::seconds(server_wish_seconds));
    } catch (const WrongAnswer &answer) {
        throw failure(DownloadFailure::wrong_answer,
                      std::string(answer.what()) + "; tell whoever runs the server");
    } catch (const RangesRefused &) {
        fetch_whole_file();
    }
}

void RangeTransfers::failed(const TransferResult &result, std::chrono::seconds server_wish) {
    if (!may_pass(result))
        throw failure_of(url_, result, settings_.connection);
    // It would have to send all of that once more, and so on without end.
    if (whole_file_ && dropped_in_a_row_bytes_ > 0)
        throw failure(DownloadFailure::ranges_not_supported,
                      "the server cannot send a part of a file (HTTP range requests), and the connection was "
                      "lost (" +
                          result.detail +
                          ") before the place was reached where it has to go on; download the whole file "
                          "first");
    shortcut_.clear();
    const auto now = Clock::now();
    if (retry_at_) // what is lost together is tried again together
        return;
    if (now < forgiving_until_ && result.code != CURLE_HTTP_RETURNED_ERROR) {
        forgiven_ = true;
        return;
    }
    const bool unknown_server = !identity_ && result.http_status == 0;
    const auto delay = backoff_.next(
        now, server_wish, unknown_server ? settings_.first_contact_time : settings_.connection.give_up_time);
    if (!delay)
        throw failure_of(url_, result, settings_.connection);
    retry_at_ = now + *delay;
    if (settings_.report)
        settings_.report(retry_line(server_, result, fetched_bytes_, *delay));
}

void RangeTransfers::check_stall() {
    if (retry_at_)
        return;
    const bool connected = std::ranges::any_of(requests_, [](const auto &request) {
        curl_off_t microseconds = 0;
        curl_easy_getinfo(request->handle(), CURLINFO_PRETRANSFER_TIME_T, &microseconds);
        return microseconds > 0;
    });
    const auto limit = connected ? settings_.connection.stall_time : settings_.connection.connect_time;
    if (watch_.waiting(Clock::now()) <= limit)
        return;
    renew_connections();
    failed({.code = CURLE_OPERATION_TIMEDOUT,
            .http_status = 0,
            .proxy_status = 0,
            .detail = "next to nothing came for " + std::to_string(limit.count()) + " s",
            .redirection = {}},
           std::chrono::seconds(0));
}

void RangeTransfers::renew_connections() {
    for (Requests *all : {&requests_, &finishing_})
        for (const auto &request : *all)
            take_from_curl(*request);
    finishing_.clear();
    // A connection on which nothing comes may be a dead one, and libcurl would use it again.
    curl::Multi fresh = curl::new_multi(settings_.connections_at_once);
    const std::lock_guard lock(multi_mutex_);
    multi_.swap(fresh);
}

void RangeTransfers::fetch_whole_file() {
    const std::uint64_t from = requests_.front()->next() - requests_.front()->early.size();
    drop_requests();
    whole_file_ = true;
    dropped_in_a_row_bytes_ = 0;
    plan_ = {firmware::ByteRange::between(from, plan_.back().end_bytes())};
    next_planned_ = 0;
    ranges_work_ = false;
}

} // namespace updater::download
