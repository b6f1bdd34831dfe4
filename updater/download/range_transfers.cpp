// Bytes go one way: from the pool through a request to the queue of turns, and from there to the sink.
#include "updater/download/range_transfers.hpp"

#include "updater/cancelled.hpp"
#include "updater/download/shown_url.hpp"

#include <algorithm>
#include <utility>

namespace updater::download {

namespace {

constexpr std::chrono::milliseconds max_wait{500};
constexpr long http_range_not_satisfiable = 416;

} // namespace

RangeTransfers::RangeTransfers(std::string url, HttpSourceSettings settings)
    : settings_(std::move(settings)), file_(std::move(url)),
      pool_(settings_.connection, settings_.connections_at_once),
      turns_(settings_.gap_bytes, settings_.requests_at_once), retry_(host_of(file_.url()), settings_),
      pacer_(settings_.connection.max_bytes_per_second) {}

RangeTransfers::~RangeTransfers() {
    stop_requests();
}

void RangeTransfers::read(std::span<const firmware::ByteRange> ranges, const firmware::ByteSource::Sink &sink,
                          const std::stop_token &stop) {
    turns_.plan(ranges, sink);
    if (file_.ranges() == ServedFile::Ranges::refused)
        file_.set_ranges(ServedFile::Ranges::unknown);
    retry_.begin(Clock::now());
    const std::stop_callback wake_up(stop, [this] { pool_.wake_up(); });
    try {
        if (stop.stop_requested())
            throw Cancelled();
        start_requests();
        while (!turns_.empty())
            step(stop);
    } catch (...) {
        stop_requests();
        throw;
    }
}

void RangeTransfers::step(const std::stop_token &stop) {
    if (stop.stop_requested())
        throw Cancelled();
    pool_.perform();
    pace(stop);
    const bool any_ended =
        pool_.take_ended([this](RangeRequest &request, CURLcode code, std::chrono::seconds retry_after) {
            ended(request, code, retry_after);
        });
    const bool any_turn = take_turns();
    start_requests();
    if (any_ended || any_turn || turns_.empty())
        return;
    check_stall();
    pool_.wait(retry_.time_to_retry(Clock::now(), max_wait));
}

void RangeTransfers::start_requests() {
    if (!retry_.may_request(Clock::now()))
        return;
    for (const auto &request : turns_.requests())
        if (!request->under_way && !request->complete()) {
            start(*request);
            retry_.waiting_begins(Clock::now());
        }
    // A server that does not support ranges would send the whole file in answer to each request.
    while (const auto range = turns_.next_range(file_.ranges() != ServedFile::Ranges::supported)) {
        if (turns_.empty())
            retry_.waiting_begins(Clock::now());
        const RequestKind kind = kind_for(*range);
        RangeRequest::Receiver &receiver = *this;
        turns_.add(
            std::make_unique<RangeRequest>(pool_.handle_for(kind, file_.url()), *range, kind, receiver));
        start(*turns_.requests().back());
    }
}

void RangeTransfers::start(RangeRequest &request) {
    request.took_shortcut = file_.has_shortcut();
    pool_.start(request, file_.request_url());
}

RequestKind RangeTransfers::kind_for(const firmware::ByteRange &range) const {
    if (file_.ranges() == ServedFile::Ranges::refused)
        return RequestKind::whole_file;
    return is_small(range) ? RequestKind::small_range : RequestKind::large_range;
}

/// libcurl reads from its connections only when it is called. A pause between two calls slows all of them
/// down together, those of requests before their turn included.
void RangeTransfers::pace(const std::stop_token &stop) {
    const std::uint64_t fetched = fetched_bytes_;
    if (fetched == paced_bytes_)
        return;
    const auto before = Clock::now();
    pacer_.pass(fetched - std::exchange(paced_bytes_, fetched), stop);
    retry_.server_had_to_wait(before, Clock::now());
}

bool RangeTransfers::take_turns() {
    bool any = false;
    while (auto complete = turns_.take_complete()) {
        any = true;
        pool_.retire(std::move(complete));
        if (turns_.empty())
            break;
        const auto before = Clock::now();
        turns_.deliver_early();
        retry_.server_had_to_wait(before, Clock::now());
        turns_.requests().front()->resume();
    }
    return any;
}

void RangeTransfers::check(const RangeRequest &request, const FileIdentity &found) {
    file_.check(request, found);
}

bool RangeTransfers::receive(RangeRequest &request, std::span<const std::byte> bytes) {
    const bool first = turns_.is_first(request);
    if (!first && !RequestTurns::keep_early(request, bytes))
        return false;
    fetched_bytes_ += bytes.size();
    dropped_in_a_row_bytes_ = 0;
    const auto now = Clock::now();
    retry_.received(bytes.size(), now);
    if (first) {
        turns_.deliver(request.next(), bytes);
        retry_.server_had_to_wait(now, Clock::now());
    }
    return true;
}

void RangeTransfers::drop(std::size_t length_bytes) {
    fetched_bytes_ += length_bytes;
    dropped_in_a_row_bytes_ += length_bytes;
    retry_.dropped(length_bytes, Clock::now());
}

void RangeTransfers::ended(RangeRequest &request, CURLcode code, std::chrono::seconds retry_after) {
    if (request.complete())
        return;
    try {
        const TransferResult result = request.result(code);
        if (result.code == CURLE_HTTP_RETURNED_ERROR && result.http_status == http_range_not_satisfiable)
            file_.refuse_end(request.next());
        // Where a redirect leads to may be valid for some time only.
        if (request.took_shortcut && !may_pass(result)) {
            file_.forget_shortcut();
            return;
        }
        failed(result, retry_after);
    } catch (const WrongAnswer &answer) {
        throw file_.failure(DownloadFailure::wrong_answer,
                            std::string(answer.what()) + "; tell whoever runs the server");
    } catch (const RangesRefused &) {
        request_whole_file();
    }
}

void RangeTransfers::failed(const TransferResult &result, std::chrono::seconds retry_after) {
    if (!may_pass(result))
        throw failure_of(file_.url(), result, settings_.connection);
    // The server would have to send all of that once more, perhaps again and again.
    if (file_.ranges() == ServedFile::Ranges::refused && dropped_in_a_row_bytes_ > 0)
        throw file_.failure(
            DownloadFailure::ranges_not_supported,
            "the server cannot send a part of a file (HTTP range requests), and the connection was lost (" +
                result.detail +
                ") before the place was reached where it has to go on; download the whole file first");
    file_.forget_shortcut();
    if (!retry_.retry(result, retry_after, file_.answered(), fetched_bytes_, Clock::now()))
        throw failure_of(file_.url(), result, settings_.connection);
}

void RangeTransfers::check_stall() {
    const bool connected =
        std::ranges::any_of(turns_.requests(), [](const auto &request) { return request->connected(); });
    const auto stall = retry_.stall(connected, Clock::now());
    if (!stall)
        return;
    for (const auto &request : turns_.requests())
        pool_.stop(*request);
    // A connection on which nothing arrives may be dead, and libcurl would use it again.
    pool_.replace_connections();
    failed(*stall, std::chrono::seconds(0));
}

void RangeTransfers::request_whole_file() {
    const firmware::ByteRange undelivered = turns_.undelivered();
    stop_requests();
    turns_.plan_one_request(undelivered);
    file_.set_ranges(ServedFile::Ranges::refused);
    dropped_in_a_row_bytes_ = 0;
}

void RangeTransfers::stop_requests() {
    for (const auto &request : turns_.requests())
        pool_.stop(*request);
    turns_.clear();
    pool_.drop_retired();
}

} // namespace updater::download
