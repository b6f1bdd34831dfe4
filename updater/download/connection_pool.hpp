// The connections to one server: libcurl's handles and the transfers that it carries out. Knows neither the
// order of requests nor retries. Internal to this folder.
#pragma once

#include "updater/download/curl_handles.hpp"
#include "updater/download/range_request.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace updater::download {

/// For one thread, except for wake_up().
class ConnectionPool {
  public:
    /// `retry_after`: how long the server asks to be left alone; 0 if it does not.
    using Ended = std::function<void(RangeRequest &request, CURLcode code, std::chrono::seconds retry_after)>;

    /// Connects to nothing yet. `connection` outlives the pool and the handles that it gives.
    ConnectionPool(const Connection &connection, std::size_t max_connections);
    ~ConnectionPool();
    ConnectionPool(const ConnectionPool &) = delete;
    ConnectionPool &operator=(const ConnectionPool &) = delete;

    /// A handle for a new request: a kept one, or one that is set up for `url`.
    curl::Easy handle_for(RequestKind kind, const std::string &url);

    /// Requests from `url` what the request is still missing.
    void start(RangeRequest &request, const std::string &url);
    /// Ends the transfer; does nothing if the request has none.
    void stop(RangeRequest &request);

    /// Takes a complete request, and keeps its handle for others as soon as libcurl has finished with it.
    void retire(std::unique_ptr<RangeRequest> request);
    /// Stops the retired requests that libcurl has not finished with.
    void drop_retired();

    /// Sends and receives what can be sent and received now. Calls the receivers of the requests.
    void perform();
    /// Stops each request whose transfer has ended, and reports it unless it is a retired one. True if there
    /// was any.
    bool take_ended(const Ended &ended);
    /// Until something can be sent or received, until wake_up(), or for `max_time`.
    void wait(std::chrono::milliseconds max_time) const;
    /// Ends wait(). From any thread.
    void wake_up();

    /// Opens new connections for all later transfers. Only when all but the retired requests are stopped.
    void replace_connections();

  private:
    bool finish_retired(const RangeRequest &request);

    curl::Library library_;
    const Connection &connection_;
    std::size_t max_connections_;
    std::mutex multi_mutex_;        ///< guards the exchange of multi_ against wake_up()
    curl::Share large_connections_; ///< of the handles for large ranges and whole files
    curl::Multi multi_;
    std::vector<curl::Easy> idle_; ///< for small ranges
    std::vector<std::unique_ptr<RangeRequest>> retired_;
};

} // namespace updater::download
