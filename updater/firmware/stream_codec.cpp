// Zstandard for speed and LZMA for size, both without headers, which matters for small streams.
#include "updater/firmware/stream_codec.hpp"

#include <algorithm>
#include <lzma.h>
#include <optional>
#include <stdexcept>
#include <string>
#include <zstd.h>

namespace updater::firmware {

namespace {

constexpr int zstd_level = 19;
constexpr int quick_zstd_level = 3;
/// LZMA must save this share of the size, because Zstandard unpacks ten times as fast.
constexpr std::size_t lzma_must_save_one_in = 8;

/// The filters of a method, for a stream of this length. Not copyable: the chain points into it.
class Filters {
  public:
    Filters(StreamMethod method, std::size_t raw_bytes) {
        if (lzma_lzma_preset(&options_, 9 | LZMA_PRESET_EXTREME) != 0)
            throw std::runtime_error("this liblzma does not know its highest preset");
        options_.dict_size = static_cast<std::uint32_t>(std::max<std::size_t>(raw_bytes, LZMA_DICT_SIZE_MIN));
        if (method == StreamMethod::lzma_flat) {
            options_.lc = 0;
            options_.pb = 0;
        }
        std::size_t count = 0;
        if (method == StreamMethod::lzma_x86)
            chain_[count++] = {LZMA_FILTER_X86, nullptr};
        chain_[count++] = {LZMA_FILTER_LZMA2, &options_};
        chain_[count] = {LZMA_VLI_UNKNOWN, nullptr};
    }
    Filters(const Filters &) = delete;
    Filters &operator=(const Filters &) = delete;

    const lzma_filter *chain() const { return chain_; }

  private:
    lzma_options_lzma options_{};
    lzma_filter chain_[3]{};
};

void unpack_lzma(StreamMethod method, std::span<const std::byte> stored, std::span<std::byte> raw) {
    const Filters filters(method, raw.size());
    std::size_t in = 0;
    std::size_t out = 0;
    const lzma_ret result = lzma_raw_buffer_decode(
        filters.chain(), nullptr, reinterpret_cast<const std::uint8_t *>(stored.data()), &in, stored.size(),
        reinterpret_cast<std::uint8_t *>(raw.data()), &out, raw.size());
    if (result != LZMA_OK || in != stored.size() || out != raw.size())
        throw std::runtime_error("an LZMA stream does not unpack to what it should");
}

void unpack_zstd(std::span<const std::byte> stored, std::span<std::byte> raw) {
    const std::size_t length = ZSTD_decompress(raw.data(), raw.size(), stored.data(), stored.size());
    if (ZSTD_isError(length) != 0 || length != raw.size())
        throw std::runtime_error("a Zstandard stream does not unpack to what it should");
}

std::vector<std::byte> pack_zstd(std::span<const std::byte> raw, int level) {
    std::vector<std::byte> stored(ZSTD_compressBound(raw.size()));
    const std::size_t length = ZSTD_compress(stored.data(), stored.size(), raw.data(), raw.size(), level);
    if (ZSTD_isError(length) != 0)
        throw std::runtime_error(std::string("Zstandard cannot compress: ") + ZSTD_getErrorName(length));
    stored.resize(length);
    return stored;
}

/// Empty if the result would be longer than `max_bytes`.
std::optional<std::vector<std::byte>> pack_lzma(StreamMethod method, std::span<const std::byte> raw,
                                                std::size_t max_bytes) {
    const Filters filters(method, raw.size());
    std::vector<std::byte> stored(max_bytes);
    std::size_t length = 0;
    const lzma_ret result = lzma_raw_buffer_encode(
        filters.chain(), nullptr, reinterpret_cast<const std::uint8_t *>(raw.data()), raw.size(),
        reinterpret_cast<std::uint8_t *>(stored.data()), &length, stored.size());
    if (result == LZMA_BUF_ERROR)
        return std::nullopt;
    if (result != LZMA_OK)
        throw std::runtime_error("liblzma cannot compress: error " + std::to_string(result));
    stored.resize(length);
    return stored;
}

} // namespace

void unpack_stream(StreamMethod method, std::span<const std::byte> stored, std::span<std::byte> raw) {
    switch (method) {
    case StreamMethod::empty:
        if (!raw.empty() || !stored.empty())
            throw std::runtime_error("an empty stream has bytes");
        return;
    case StreamMethod::stored:
        if (stored.size() != raw.size())
            throw std::runtime_error("a stored stream has another length than it should");
        std::ranges::copy(stored, raw.begin());
        return;
    case StreamMethod::zstd:
        return unpack_zstd(stored, raw);
    case StreamMethod::lzma:
    case StreamMethod::lzma_x86:
    case StreamMethod::lzma_flat:
        return unpack_lzma(method, stored, raw);
    }
    throw std::runtime_error("a stream has an unknown method");
}

PackedStream pack_stream(std::span<const std::byte> raw, bool may_be_code, PackingEffort effort) {
    if (raw.empty())
        return {};
    PackedStream best{StreamMethod::stored, {raw.begin(), raw.end()}};
    const bool quick = effort == PackingEffort::quick;
    if (auto packed = pack_zstd(raw, quick ? quick_zstd_level : zstd_level);
        packed.size() < best.stored.size())
        best = {StreamMethod::zstd, std::move(packed)};
    if (quick)
        return best;
    std::vector<StreamMethod> methods = {StreamMethod::lzma, StreamMethod::lzma_flat};
    if (may_be_code)
        methods.back() = StreamMethod::lzma_x86;
    for (const StreamMethod method : methods) {
        const std::size_t margin =
            best.method == StreamMethod::zstd ? best.stored.size() / lzma_must_save_one_in : 0;
        if (auto packed = pack_lzma(method, raw, best.stored.size() - margin);
            packed && packed->size() < best.stored.size())
            best = {method, std::move(*packed)};
    }
    return best;
}

} // namespace updater::firmware
