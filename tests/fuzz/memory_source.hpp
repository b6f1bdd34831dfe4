// A firmware in memory, as a source of bytes that come in small pieces.
#pragma once

#include "updater/firmware/byte_source.hpp"
#include "updater/firmware/firmware_error.hpp"

#include <algorithm>
#include <span>
#include <string>

namespace fuzz {

class MemorySource : public updater::firmware::ByteSource {
  public:
    explicit MemorySource(std::span<const std::byte> firmware) : firmware_(firmware) {}

    void read(std::span<const updater::firmware::ByteRange> ranges, const Sink &sink,
              const std::stop_token &) override {
        // No power of two, so that the pieces end anywhere in the blocks of an archive.
        constexpr std::size_t piece_bytes = 1009;
        for (const updater::firmware::ByteRange &range : ranges) {
            std::uint64_t offset = range.offset_bytes;
            std::uint64_t left = range.length_bytes;
            while (left > 0) {
                if (offset >= firmware_.size())
                    throw updater::firmware::FirmwareDamaged("the firmware ends");
                const auto piece = firmware_.subspan(static_cast<std::size_t>(offset))
                                       .first(static_cast<std::size_t>(std::min<std::uint64_t>(
                                           {left, piece_bytes, firmware_.size() - offset})));
                sink(offset, piece);
                fetched_bytes_ += piece.size();
                offset += piece.size();
                left -= piece.size();
            }
        }
    }
    std::uint64_t fetched_bytes() const override { return fetched_bytes_; }
    const std::string &name() const override { return name_; }

  private:
    std::span<const std::byte> firmware_;
    std::uint64_t fetched_bytes_ = 0;
    std::string name_ = "input.fw";
};

} // namespace fuzz
