// One transfer into a .part file.
#include "updater/download/curl_fetcher.hpp"

#include "partitions/durable.hpp"
#include "partitions/storage.hpp"
#include "updater/download/curl_failure.hpp"
#include "updater/download/partial_file.hpp"
#include "updater/download/whole_transfer.hpp"

namespace updater {

CurlFetcher::CurlFetcher(partitions::Storage &storage, std::filesystem::path certificate_authority,
                         DownloadLimits limits)
    : storage_(storage), certificate_authority_(std::move(certificate_authority)), limits_(limits) {}

CurlFetcher::~CurlFetcher() = default;

void CurlFetcher::fetch(const std::string &url, const std::filesystem::path &target, const Progress &progress,
                        std::stop_token stop) {
    require_https(url);
    try {
        Connection connection;
        connection.certificate_authority =
            partitions::read_whole_file(storage_, certificate_authority_, most_pem_bytes);
        connection.connect_time = limits_.connect_time;
        connection.stall_time = limits_.stall_time;
        PartialFile file(storage_, target);
        std::uint64_t done_bytes = 0;
        const auto take = [&](std::span<const std::byte> bytes, std::optional<std::uint64_t> bytes_all) {
            file.append(bytes);
            done_bytes += bytes.size();
            if (progress)
                progress(done_bytes, bytes_all);
        };
        try {
            WholeTransfer(
                url, std::move(connection),
                {.most_bytes = limits_.most_bytes, .least_bytes_per_second = limits_.least_bytes_per_second},
                take)
                .run(stop);
            file.finish();
        } catch (...) {
            file.discard();
            throw;
        }
    } catch (const partitions::StorageFull &error) {
        throw DownloadFailed(DownloadFailure::storage_failed, "cannot download " + url_to_show(url) +
                                                                  ": the disk is "
                                                                  "full; free some space and try again (" +
                                                                  error.what() + ")");
    } catch (const partitions::StorageError &error) {
        throw DownloadFailed(DownloadFailure::storage_failed,
                             "cannot download " + url_to_show(url) + ": " + error.what());
    }
}

} // namespace updater
