// SHA-256 through OpenSSL's EVP interface.
#include "partitions/base/sha256.hpp"

#include <algorithm>
#include <openssl/evp.h>
#include <stdexcept>
#include <vector>

namespace partitions::base {

struct Sha256Hasher::State {
    State() : context(EVP_MD_CTX_new()) { begin(); }
    ~State() { EVP_MD_CTX_free(context); }
    State(const State &) = delete;
    State &operator=(const State &) = delete;

    void begin() const {
        require(context != nullptr && EVP_DigestInit_ex(context, EVP_sha256(), nullptr) == 1);
    }

    static void require(bool worked) {
        if (!worked)
            throw std::runtime_error("OpenSSL cannot compute SHA-256 hashes on this machine");
    }

    EVP_MD_CTX *context;
};

Sha256Hasher::Sha256Hasher() : state_(std::make_unique<State>()) {}
Sha256Hasher::Sha256Hasher(Sha256Hasher &&) noexcept = default;
Sha256Hasher &Sha256Hasher::operator=(Sha256Hasher &&) noexcept = default;
Sha256Hasher::~Sha256Hasher() = default;

void Sha256Hasher::add(std::span<const std::byte> bytes) {
    State::require(EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) == 1);
}

Sha256 Sha256Hasher::finish() {
    std::array<unsigned char, std::tuple_size_v<Sha256>> digest{};
    State::require(EVP_DigestFinal_ex(state_->context, digest.data(), nullptr) == 1);
    state_->begin();
    Sha256 hash;
    std::ranges::transform(digest, hash.begin(), [](unsigned char byte) { return std::byte{byte}; });
    return hash;
}

Sha256 sha256_of(std::span<const std::byte> bytes) {
    Sha256Hasher hasher;
    hasher.add(bytes);
    return hasher.finish();
}

Sha256 sha256_of(std::string_view bytes) {
    return sha256_of(std::as_bytes(std::span(bytes)));
}

Sha256 sha256_of_zeros(std::uint64_t length_bytes) {
    const std::vector<std::byte> zeros(64UL * 1024);
    Sha256Hasher hasher;
    for (std::uint64_t left = length_bytes; left > 0;) {
        const auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(left, zeros.size()));
        hasher.add(std::span(zeros).first(piece));
        left -= piece;
    }
    return hasher.finish();
}

std::string to_hexadecimal(const Sha256 &hash) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const std::byte byte : hash) {
        text += digits[std::to_integer<std::size_t>(byte >> 4)];
        text += digits[std::to_integer<std::size_t>(byte & std::byte{0x0f})];
    }
    return text;
}

std::optional<Sha256> parse_sha256(std::string_view hexadecimal) {
    constexpr std::string_view digits = "0123456789abcdef";
    Sha256 hash{};
    if (hexadecimal.size() != 2 * hash.size())
        return std::nullopt;
    for (std::size_t position = 0; position < hexadecimal.size(); ++position) {
        const std::size_t value = digits.find(hexadecimal[position]);
        if (value == std::string_view::npos)
            return std::nullopt;
        std::byte &byte = hash.at(position / 2);
        byte = (byte << 4) | std::byte(static_cast<unsigned char>(value));
    }
    return hash;
}

} // namespace partitions::base
