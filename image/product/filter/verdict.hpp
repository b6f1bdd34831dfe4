// Applies the policies to one message. Pure: changes nothing.
#pragma once

#include "image/product/filter/message.hpp"
#include "image/product/filter/policy.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mailsec {

struct Verdict {
    std::optional<std::string> rejected_by;                       ///< the name of the policy
    std::vector<std::pair<std::string, std::string>> new_headers; ///< name and value, in order
};

/// X-Mailsec-Policy tells for each active policy how many entries it has and which (the first 200
/// characters), so that lost list files show; X-Mailsec-Tag names each policy that matched; X-Mailsec-Notice
/// holds a notice.
Verdict judge(const Message &message, const std::vector<Policy> &policies);

} // namespace mailsec
