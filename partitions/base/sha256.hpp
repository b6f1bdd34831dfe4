// SHA-256 (FIPS 180-4) by OpenSSL, and its text form. Nothing else.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace partitions::base {

using Sha256 = std::array<std::byte, 32>;

/// The hash of what was added so far, in any number of pieces. Throws std::runtime_error if OpenSSL fails.
class Sha256Hasher {
  public:
    Sha256Hasher();
    Sha256Hasher(Sha256Hasher &&) noexcept;
    Sha256Hasher &operator=(Sha256Hasher &&) noexcept;
    ~Sha256Hasher();

    void add(std::span<const std::byte> bytes);
    /// The hash; the hasher is empty again afterwards.
    Sha256 finish();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

Sha256 sha256_of(std::span<const std::byte> bytes);
Sha256 sha256_of(std::string_view bytes);

/// The hash of this many zero bytes.
Sha256 sha256_of_zeros(std::uint64_t length_bytes);

/// 64 lower-case hexadecimal digits.
std::string to_hexadecimal(const Sha256 &hash);

/// Nothing if the text is anything else than 64 lower-case hexadecimal digits.
std::optional<Sha256> parse_sha256(std::string_view hexadecimal);

} // namespace partitions::base
