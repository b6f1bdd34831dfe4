// Units are Zstandard frames, with the part of the chunk before them as prefix. The interface used here for
// frames without magic number is marked experimental, but is stable in practice; the format is standard.
#include "updater/firmware/chunk_codec.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>

#include "partitions/zeros.hpp"

namespace updater::firmware {

namespace {

/// Room for the prefix and the unit.
constexpr int window_log = 20;
constexpr std::size_t length_field_bytes = 4;

std::size_t require(std::size_t result, const char *action) {
    if (ZSTD_isError(result) != 0)
        throw std::runtime_error(std::string("Zstandard cannot ") + action + ": " +
                                 ZSTD_getErrorName(result));
    return result;
}

std::span<const std::byte> prefix_of(std::span<const std::byte> raw, std::size_t begin) {
    const std::size_t length = std::min(begin, unit_prefix_bytes);
    return raw.subspan(begin - length, length);
}

std::size_t read_length(std::span<const std::byte> field) {
    std::size_t length = 0;
    for (std::size_t index = length_field_bytes; index-- > 0;)
        length = length << 8U | std::to_integer<std::size_t>(field[index]);
    return length;
}

void write_length(std::size_t length, std::span<std::byte> field) {
    for (std::size_t index = 0; index < length_field_bytes; ++index, length >>= 8U)
        field[index] = static_cast<std::byte>(length & 0xffU);
}

} // namespace

struct ChunkDecoder::State {
    struct Free {
        void operator()(ZSTD_DCtx *unneeded) const { ZSTD_freeDCtx(unneeded); }
    };
    std::unique_ptr<ZSTD_DCtx, Free> context{ZSTD_createDCtx()};
};

ChunkDecoder::ChunkDecoder() : state_(std::make_unique<State>()) {
    if (!state_->context)
        throw std::bad_alloc();
    require(ZSTD_DCtx_setParameter(state_->context.get(), ZSTD_d_format, ZSTD_f_zstd1_magicless),
            "read frames without magic number");
}
ChunkDecoder::~ChunkDecoder() = default;
ChunkDecoder::ChunkDecoder(ChunkDecoder &&) noexcept = default;
ChunkDecoder &ChunkDecoder::operator=(ChunkDecoder &&) noexcept = default;

void ChunkDecoder::unpack(std::span<const std::byte> stored, std::span<std::byte> raw) {
    const std::size_t units = unit_count(raw.size());
    if (stored.size() < units * length_field_bytes)
        throw std::runtime_error("the stored chunk is shorter than its table of units");
    const auto lengths = stored.first(units * length_field_bytes);
    stored = stored.subspan(lengths.size());
    for (std::size_t unit = 0; unit < units; ++unit) {
        const std::size_t length =
            read_length(lengths.subspan(unit * length_field_bytes, length_field_bytes));
        if (length > stored.size())
            throw std::runtime_error("a unit is longer than what is left of its chunk");
        unpack_unit(stored.first(length), unit, raw);
        stored = stored.subspan(length);
    }
    if (!stored.empty())
        throw std::runtime_error("the stored chunk is longer than its units");
}

void ChunkDecoder::unpack_unit(std::span<const std::byte> frame, std::size_t unit, std::span<std::byte> raw) {
    const std::size_t begin = unit * unit_bytes;
    if (begin >= raw.size())
        throw std::runtime_error("there is no such unit in this chunk");
    const auto target = raw.subspan(begin, std::min(unit_bytes, raw.size() - begin));
    if (frame.empty()) {
        std::ranges::fill(target, std::byte{0});
        return;
    }
    ZSTD_DCtx *context = state_->context.get();
    require(ZSTD_DCtx_reset(context, ZSTD_reset_session_only), "begin a unit");
    const auto prefix = prefix_of(raw, begin);
    require(ZSTD_DCtx_refPrefix(context, prefix.data(), prefix.size()), "refer to what is before a unit");
    const std::size_t length =
        require(ZSTD_decompressDCtx(context, target.data(), target.size(), frame.data(), frame.size()),
                "unpack a unit");
    if (length != target.size())
        throw std::runtime_error("a unit unpacks to fewer bytes than it should have");
}

struct ChunkEncoder::State {
    struct Free {
        void operator()(ZSTD_CCtx *unneeded) const { ZSTD_freeCCtx(unneeded); }
    };
    std::unique_ptr<ZSTD_CCtx, Free> context{ZSTD_createCCtx()};
    std::vector<std::byte> stored;
};

ChunkEncoder::ChunkEncoder(int compression_level) : state_(std::make_unique<State>()) {
    ZSTD_CCtx *context = state_->context.get();
    if (!context)
        throw std::bad_alloc();
    require(ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, compression_level),
            "compress at this level");
    require(ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log), "use this window");
    require(ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0), "leave out the content size");
    require(ZSTD_CCtx_setParameter(context, ZSTD_c_format, ZSTD_f_zstd1_magicless),
            "leave out the magic number");
}
ChunkEncoder::~ChunkEncoder() = default;
ChunkEncoder::ChunkEncoder(ChunkEncoder &&) noexcept = default;
ChunkEncoder &ChunkEncoder::operator=(ChunkEncoder &&) noexcept = default;

ChunkEncoder::Encoded ChunkEncoder::encode(std::span<const std::byte> raw) {
    ZSTD_CCtx *context = state_->context.get();
    const std::size_t units = unit_count(raw.size());
    std::vector<std::byte> &stored = state_->stored;
    stored.resize(units * (length_field_bytes + ZSTD_compressBound(unit_bytes)));
    std::vector<std::size_t> lengths;
    std::size_t end = units * length_field_bytes;
    for (std::size_t unit = 0; unit < units; ++unit) {
        const std::size_t begin = unit * unit_bytes;
        const auto source = raw.subspan(begin, std::min(unit_bytes, raw.size() - begin));
        std::size_t length = 0;
        if (!partitions::all_zero(source)) {
            const auto prefix = prefix_of(raw, begin);
            require(ZSTD_CCtx_refPrefix(context, prefix.data(), prefix.size()),
                    "refer to what is before a unit");
            length = require(ZSTD_compress2(context, stored.data() + end, stored.size() - end, source.data(),
                                            source.size()),
                             "compress a unit");
        }
        write_length(length, std::span(stored).subspan(unit * length_field_bytes, length_field_bytes));
        lengths.push_back(length);
        end += length;
    }
    Encoded encoded{.stored = std::span(stored).first(end), .frames = {}};
    std::size_t begin = units * length_field_bytes;
    for (const std::size_t length : lengths) {
        encoded.frames.push_back(encoded.stored.subspan(begin, length));
        begin += length;
    }
    return encoded;
}

} // namespace updater::firmware
