// What a job is for, and its words in the journal, in documents and in the log.
#pragma once

#include "updater/text/word_table.hpp"

#include <array>
#include <string_view>

namespace updater::job {

enum class Operation {
    install,
    download, ///< phase 1 alone
    rollback, ///< to the previous system after the commit
};

inline constexpr auto operation_words = std::to_array<text::Word<Operation>>({
    {Operation::install, "install"},
    {Operation::download, "download"},
    {Operation::rollback, "rollback"},
});

constexpr std::string_view text_of(Operation operation) {
    return text::word_of(operation_words, operation);
}

} // namespace updater::job
