// The error of reading and converting policy objects.
#pragma once

#include <stdexcept>

namespace hooks::policy {

/// The text is not a policy object of a known format. The message says what is wrong, but does not name the
/// file.
class PolicyNotUnderstood : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

} // namespace hooks::policy
