// Values that have one word each in documents, journals and settings: a constant table, read in both
// directions.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace updater::text {

/// One row: a table is made with `std::to_array<Word<Value>>({{value, "word"}, …})`.
template <typename Value> struct Word {
    Value value;
    std::string_view word;
};

/// @throws std::logic_error for a value without a word
template <typename Value, std::size_t Size>
constexpr std::string_view word_of(const std::array<Word<Value>, Size> &table, Value value) {
    for (const auto &row : table)
        if (row.value == value)
            return row.word;
    throw std::logic_error("a value has no word: " + std::to_string(static_cast<int>(value)));
}

/// Nothing for an unknown word.
template <typename Value, std::size_t Size>
constexpr std::optional<Value> value_of(const std::array<Word<Value>, Size> &table, std::string_view word) {
    for (const auto &row : table)
        if (row.word == word)
            return row.value;
    return std::nullopt;
}

} // namespace updater::text
