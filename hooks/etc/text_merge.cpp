// Runs diff3 and reads what it prints; see the header.
#include "hooks/etc/text_merge.hpp"

#include "hooks/conversion_program.hpp"
#include "hooks/programs.hpp"

namespace hooks::etc {

TextMerge merge_texts(const std::filesystem::path &base, const std::filesystem::path &mine,
                      const std::filesystem::path &theirs) {
    // -E with -m: the same change on both sides is not a conflict (by default it would be one).
    const ProgramResult result = SpawnedPrograms().run(
        "/usr/bin/diff3", {"-E", "-m", "--", mine.string(), base.string(), theirs.string()});
    if (result.exit_code != 0 && result.exit_code != 1)
        throw ConversionFailed("diff3 could not compare " + mine.string() + " with " + base.string() +
                               " and " + theirs.string() + " (exit code " + std::to_string(result.exit_code) +
                               "): " + result.errors);
    return {result.exit_code == 0, result.exit_code == 0 ? result.output : ""};
}

} // namespace hooks::etc
