// One range request: what was requested, what has arrived, and a check that the response is the right one.
// Internal to this folder.
#pragma once

#include "updater/download/curl_failure.hpp"
#include "updater/download/curl_handles.hpp"
#include "updater/firmware/byte_source.hpp"

#include <array>
#include <cstdint>
#include <exception>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace updater::download {

/// What must be the same in all responses; otherwise the file was replaced in between.
struct FileIdentity {
    std::string tag; ///< a strong ETag, else Last-Modified, else empty
    std::optional<std::uint64_t> length_bytes;
};

/// The response is not what was requested. Message: what the server did.
class WrongAnswer : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// The server sends the whole file instead of the range.
struct RangesRefused {};

enum class RequestKind {
    small_range, ///< may share a connection with others
    large_range, ///< has its own connection, so that it can be paused
    whole_file,  ///< from a server without ranges: bytes before the range are dropped
};

/// Not movable: libcurl keeps its address.
class RangeRequest {
  public:
    /// Receives the bytes; called inside libcurl. What it throws is rethrown by result().
    class Receiver {
      public:
        virtual ~Receiver() = default;
        /// Called before the first byte. `found`: what the response says about the file.
        virtual void check(const RangeRequest &request, const FileIdentity &found) = 0;
        /// Takes all bytes or none. False pauses a large range until resume().
        virtual bool receive(RangeRequest &request, std::span<const std::byte> bytes) = 0;
        /// Reports bytes that arrived and are not wanted.
        virtual void drop(std::size_t length_bytes) = 0;
    };

    /// `range` is not empty; `receiver` outlives this object.
    RangeRequest(curl::Easy handle, firmware::ByteRange range, RequestKind kind, Receiver &receiver);
    RangeRequest(const RangeRequest &) = delete;
    RangeRequest &operator=(const RangeRequest &) = delete;

    CURL *handle() const { return handle_.get(); }
    /// Gives the handle away for another request. This request must be over.
    curl::Easy release() { return std::move(handle_); }

    /// Sets the handle up to request what is still missing.
    void prepare();
    /// Resumes a paused transfer; does nothing if it is not paused.
    void resume();

    RequestKind kind() const { return kind_; }
    const firmware::ByteRange &range() const { return range_; }
    std::uint64_t next() const { return rest_.offset_bytes; } ///< offset of the next expected byte
    /// The connection is made and the request is on its way.
    bool connected() const;
    bool complete() const { return rest_.empty(); }

    /// For a transfer that ended before the range was complete: rethrows what was thrown inside libcurl
    /// (WrongAnswer, RangesRefused, what the receiver throws), or returns what libcurl reports.
    TransferResult result(CURLcode code);

    bool under_way = false;       ///< the transfer is started, and libcurl has not ended it
    bool took_shortcut = false;   ///< sent directly to where earlier redirects led
    std::vector<std::byte> early; ///< bytes that arrived before its turn

  private:
    static std::size_t on_bytes(char *bytes, std::size_t, std::size_t length, void *self) noexcept;
    std::size_t take(std::span<const std::byte> bytes);
    void check_answer();
    FileIdentity check_partial_answer() const;
    FileIdentity check_whole_answer();
    std::optional<std::string> header(const char *name) const;

    curl::Easy handle_;
    firmware::ByteRange range_;
    RequestKind kind_;
    Receiver &receiver_;
    firmware::ByteRange rest_;     ///< of the range: what is still missing
    std::uint64_t skip_bytes_ = 0; ///< of a whole file: bytes before the next expected one
    bool answered_ = false;
    bool paused_ = false;
    std::array<char, CURL_ERROR_SIZE> detail_{};
    std::exception_ptr thrown_;
};

} // namespace updater::download
