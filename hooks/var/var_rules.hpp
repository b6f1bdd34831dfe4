// Which places in /var are carried to the new system and which stay behind: the built-in table, and the
// vendor's rules in the new image. Reads one file; decides by paths only.
#pragma once

#include "partitions/storage.hpp"

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace hooks::var {

struct VarRule {
    std::filesystem::path
        place; ///< below /var; of a built-in rule its last name may be a pattern of fnmatch(3)
    bool carry = false;
    std::string reason;       ///< of what stays behind, for the report
    std::ptrdiff_t depth = 0; ///< the number of names in place
};

class VarRules {
  public:
    /// The built-in table alone.
    VarRules();
    /// With the vendor's rules of the new image, usr/share/update-control/var-rules below new_root, if there
    /// is such a file. A line is empty, a comment ("#"), "leave PATH REASON…" or "carry PATH"; PATH is
    /// absolute, below /var, without blanks, and named once. Throws ConversionFailed for any other line; the
    /// message names the file, the line and what is allowed.
    static VarRules with_those_of(partitions::Storage &storage, const std::filesystem::path &new_root);

    /// The rule for relative, a path below /var: the one for this very path (the vendor's before the built-in
    /// one), else `inherited`, the rule for the folder above it. So the longest matching place decides.
    /// nullptr means "carry".
    const VarRule *rule_at(const std::filesystem::path &relative, const VarRule *inherited) const;

  private:
    std::vector<VarRule> vendor_rules_;
    std::vector<VarRule> built_in_rules_;
};

} // namespace hooks::var
