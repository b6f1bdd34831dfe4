// What a job is for, and its words in the journal, in documents and in the log.
#pragma once

#include <array>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace updater::job {

enum class Operation {
    install,
    download, ///< phase 1 alone
    rollback, ///< back to the other system after the commit, asked for by a person
};

inline constexpr std::array<std::pair<Operation, std::string_view>, 3> operation_words{{
    {Operation::install, "install"},
    {Operation::download, "download"},
    {Operation::rollback, "rollback"},
}};

constexpr std::string_view text_of(Operation operation) {
    for (const auto &[known, word] : operation_words)
        if (known == operation)
            return word;
    throw std::logic_error("an operation without a word");
}

/// Nothing for a word that is not known.
constexpr std::optional<Operation> operation_of(std::string_view word) {
    for (const auto &[operation, known] : operation_words)
        if (known == word)
            return operation;
    return std::nullopt;
}

} // namespace updater::job
