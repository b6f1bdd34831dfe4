// Downloads through libcurl's multi interface, which can be woken up when the work is to stop.
#include "updater/download/curl_fetcher.hpp"

#include "partitions/durable.hpp"
#include "partitions/storage.hpp"
#include "updater/cancelled.hpp"
#include "updater/download/curl_failure.hpp"
#include "updater/download/curl_handles.hpp"
#include "updater/download/partial_file.hpp"

#include <array>
#include <chrono>
#include <curl/curl.h>
#include <exception>
#include <memory>
#include <new>
#include <span>

namespace updater {

namespace {

using curl::require;
using curl::set;

/// One transfer. libcurl is written in C: an exception must not pass through it, so the callback keeps what
/// was thrown and it is thrown again outside.
class Transfer {
  public:
    Transfer(std::string url, PartialFile &file, const Fetcher::Progress &progress,
             const DownloadLimits &limits, Connection connection)
        : url_(std::move(url)), file_(file), progress_(progress), limits_(limits),
          connection_(std::move(connection)), easy_(curl_easy_init()), multi_(curl_multi_init()) {
        if (!easy_ || !multi_)
            throw std::bad_alloc();
        set_up();
    }
    Transfer(const Transfer &) = delete;
    Transfer &operator=(const Transfer &) = delete;
    ~Transfer() {
        if (added_)
            curl_multi_remove_handle(multi_.get(), easy_.get());
    }

    void run(const std::stop_token &stop) {
        require(curl_multi_add_handle(multi_.get(), easy_.get()));
        added_ = true;
        const std::stop_callback wake_up(stop, [this] { curl_multi_wakeup(multi_.get()); });
        constexpr std::chrono::milliseconds longest_wait{500};
        for (int running = 1; running > 0;) {
            if (stop.stop_requested())
                throw Cancelled();
            require(curl_multi_perform(multi_.get(), &running));
            if (thrown_)
                std::rethrow_exception(thrown_);
            if (running > 0)
                require(curl_multi_poll(multi_.get(), nullptr, 0, static_cast<int>(longest_wait.count()),
                                        nullptr));
        }
        check_result();
        if (stop.stop_requested())
            throw Cancelled();
    }

  private:
    void set_up() {
        CURL *handle = easy_.get();
        curl::set_up_https(handle, url_, connection_);
        set(handle, CURLOPT_ERRORBUFFER, detail_.data());
        set(handle, CURLOPT_LOW_SPEED_TIME, static_cast<long>(connection_.stall_time.count()));
        set(handle, CURLOPT_LOW_SPEED_LIMIT, static_cast<long>(limits_.least_bytes_per_second));
        set(handle, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(limits_.most_bytes));
        set(handle, CURLOPT_WRITEFUNCTION, &Transfer::on_bytes);
        set(handle, CURLOPT_WRITEDATA, this);
    }

    static std::size_t on_bytes(char *bytes, std::size_t, std::size_t length, void *self) noexcept {
        auto &transfer = *static_cast<Transfer *>(self);
        try {
            transfer.take(std::as_bytes(std::span(bytes, length)));
            return length;
        } catch (...) {
            transfer.thrown_ = std::current_exception();
            return 0;
        }
    }

    void take(std::span<const std::byte> bytes) {
        // libcurl looks only at the length that the server announces.
        if (bytes.size() > limits_.most_bytes - done_bytes_)
            throw failure_of(url_, {.code = CURLE_FILESIZE_EXCEEDED}, connection_);
        file_.append(bytes);
        done_bytes_ += bytes.size();
        if (!progress_)
            return;
        curl_off_t announced = -1;
        curl_easy_getinfo(easy_.get(), CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced);
        progress_(done_bytes_,
                  announced < 0 ? std::nullopt : std::optional(static_cast<std::uint64_t>(announced)));
    }

    void check_result() {
        int left = 0;
        const CURLMsg *message = curl_multi_info_read(multi_.get(), &left);
        if (!message || message->msg != CURLMSG_DONE)
            throw std::runtime_error("libcurl ended a transfer without a result");
        TransferResult result = result_of(easy_.get(), message->data.result, detail_.data());
        // FAILONERROR lets everything below 400 pass; only 200 is the file.
        constexpr long http_ok = 200;
        if (result.code == CURLE_OK && result.http_status == http_ok)
            return;
        if (result.code == CURLE_OK)
            result.code = CURLE_HTTP_RETURNED_ERROR;
        throw failure_of(url_, result, connection_);
    }

    std::string url_;
    PartialFile &file_;
    const Fetcher::Progress &progress_;
    DownloadLimits limits_;
    Connection connection_;
    std::array<char, CURL_ERROR_SIZE> detail_{};
    curl::Easy easy_;
    curl::Multi multi_;
    bool added_ = false;
    std::uint64_t done_bytes_ = 0;
    std::exception_ptr thrown_;
};

} // namespace

// libcurl counts these calls, and since 7.84 they may come from any thread.
CurlFetcher::CurlFetcher(partitions::Storage &storage, std::filesystem::path certificate_authority,
                         DownloadLimits limits)
    : storage_(storage), certificate_authority_(std::move(certificate_authority)), limits_(limits) {
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        throw std::runtime_error("libcurl cannot be used on this machine");
}

CurlFetcher::~CurlFetcher() {
    curl_global_cleanup();
}

void CurlFetcher::fetch(const std::string &url, const std::filesystem::path &target, const Progress &progress,
                        std::stop_token stop) {
    if (stop.stop_requested())
        throw Cancelled();
    if (!url.starts_with("https://"))
        throw DownloadFailed(DownloadFailure::url_not_allowed,
                             "cannot download " + url_to_show(url) +
                                 ": only addresses that begin with https:// are allowed; check the address");
    try {
        Connection connection;
        connection.certificate_authority =
            partitions::read_whole_file(storage_, certificate_authority_, most_pem_bytes);
        connection.connect_time = limits_.connect_time;
        connection.stall_time = limits_.stall_time;
        PartialFile file(storage_, target);
        try {
            Transfer(url, file, progress, limits_, std::move(connection)).run(stop);
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
