// One range of a file on a server: what was asked for, what has come, and whether the answer is the one that
// was asked for. Internal to this folder.
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

/// What must stay the same from answer to answer, or the file was replaced in between.
struct FileIdentity {
    std::string tag; ///< a strong ETag, else Last-Modified, else empty
    std::optional<std::uint64_t> length_bytes;
};

/// The answer is another one than was asked for. Message: what the server did.
class WrongAnswer : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// The server sends the whole file instead of the range.
struct RangesRefused {};

enum class RequestKind {
    small_range, ///< may share a connection with others
    large_range, ///< has a connection of its own, so that it may be made to wait
    whole_file,  ///< from a server without ranges: what comes before the range is dropped
};

/// Not movable: libcurl has its address.
class RangeRequest {
  public:
    /// Where bytes go; called inside of libcurl. What it throws is thrown again by result().
    class Receiver {
      public:
        virtual ~Receiver() = default;
        /// Before the first byte. `found` is what the answer says about the file.
        virtual void check(const RangeRequest &request, const FileIdentity &found) = 0;
        /// Takes all or nothing: false makes a large range wait until resume().
        virtual bool receive(RangeRequest &request, std::span<const std::byte> bytes) = 0;
        /// Bytes that came and are not wanted.
        virtual void drop(std::size_t length_bytes) = 0;
    };

    /// `range` is not empty; `receiver` has to outlive this object.
    RangeRequest(curl::Easy handle, firmware::ByteRange range, RequestKind kind, Receiver &receiver);
    RangeRequest(const RangeRequest &) = delete;
    RangeRequest &operator=(const RangeRequest &) = delete;

    CURL *handle() const { return handle_.get(); }
    /// The handle, to be used for another request; this one is over.
    curl::Easy release() { return std::move(handle_); }

    /// Sets the handle up for what is still missing.
    void prepare();
    /// Lets a transfer that waits go on.
    void resume();

    RequestKind kind() const { return kind_; }
    const firmware::ByteRange &range() const { return range_; }
    std::uint64_t next() const { return rest_.offset_bytes; } ///< offset of the byte that is expected next
    /// The connection is made and the request is on its way.
    bool connected() const;
    bool complete() const { return rest_.empty(); }

    /// After the transfer has ended without being complete: what was thrown inside is thrown (WrongAnswer,
    /// RangesRefused, what the receiver throws); else what libcurl says is returned.
    TransferResult result(CURLcode code);

    bool under_way = false;       ///< libcurl has the handle
    bool took_shortcut = false;   ///< asked where earlier redirects led to
    std::vector<std::byte> early; ///< what came before its turn

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
    std::uint64_t skip_bytes_ = 0; ///< of a whole file, up to the range
    bool answered_ = false;
    bool waiting_ = false;
    std::array<char, CURL_ERROR_SIZE> detail_{};
    std::exception_ptr thrown_;
};

} // namespace updater::download
