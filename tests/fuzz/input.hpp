// What the fuzzers share: taking an input apart, putting one together, and saying which property does not
// hold.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

namespace fuzz {

/// Takes values off the front of an input; when it is used up they are zero.
class Input {
  public:
    Input(const std::uint8_t *data, std::size_t size)
        : rest_(std::as_bytes(std::span<const std::uint8_t>(data, size))) {}

    std::uint8_t byte() { return take<std::uint8_t>(); }

    /// Eight bytes as they lie in memory: libFuzzer sees what such a number is compared with and puts that
    /// into the input.
    std::uint64_t number() { return take<std::uint64_t>(); }

    /// Everything that is left.
    std::span<const std::byte> bytes() const { return rest_; }
    std::string_view text() const { return {reinterpret_cast<const char *>(rest_.data()), rest_.size()}; }

  private:
    template <typename Value> Value take() {
        Value value{};
        const std::size_t length = std::min(rest_.size(), sizeof value);
        if (length > 0)
            std::memcpy(&value, rest_.data(), length);
        rest_ = rest_.subspan(length);
        return value;
    }

    std::span<const std::byte> rest_;
};

/// The other way round, for the inputs to begin with.
inline std::string number_in_input(std::uint64_t number) {
    std::string bytes(sizeof number, '\0');
    std::memcpy(bytes.data(), &number, sizeof number);
    return bytes;
}

inline std::string_view text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char *>(bytes.data()), bytes.size()};
}

/// A property that does not hold is a finding like a crash: libFuzzer keeps the input.
inline void require(bool holds, const char *property) {
    if (holds)
        return;
    std::fprintf(stderr, "this does not hold: %s\n", property);
    std::abort();
}

} // namespace fuzz
