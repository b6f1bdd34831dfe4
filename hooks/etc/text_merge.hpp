// Three-way merge of text files by lines, with the program diff3 of diffutils (an essential package of
// Debian).
#pragma once

#include <filesystem>
#include <string>

namespace hooks::etc {

struct TextMerge {
    bool clean = false; ///< false: both sides changed the same lines
    std::string text;   ///< only if clean
};

/// The caller makes sure that none of the three is a symbolic link. Throws ConversionFailed if diff3 cannot
/// be run or fails otherwise than by a conflict.
TextMerge merge_texts(const std::filesystem::path &base, const std::filesystem::path &mine,
                      const std::filesystem::path &theirs);

} // namespace hooks::etc
