// Keeps libcurl out of the header: RangeTransfers does the work.
#include "updater/download/http_source.hpp"

#include "updater/download/curl_failure.hpp"
#include "updater/download/range_transfers.hpp"

namespace updater::download {

HttpSource::HttpSource(std::string url, HttpSourceSettings settings) {
    require_https(url);
    transfers_ = std::make_unique<RangeTransfers>(std::move(url), std::move(settings));
}

HttpSource::~HttpSource() = default;

void HttpSource::read(std::span<const firmware::ByteRange> ranges, const Sink &sink,
                      const std::stop_token &stop) {
    transfers_->read(ranges, sink, stop);
}

std::uint64_t HttpSource::fetched_bytes() const {
    return transfers_->fetched_bytes();
}

const std::string &HttpSource::name() const {
    return transfers_->name();
}

} // namespace updater::download
