// The command line of update-hawkbit.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

namespace updater::hawkbit {

class UsageError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

enum class Verb { help, version, service, once, status, confirm, deny, poll };

struct ProgramOptions {
    Verb verb = Verb::help;
    bool json = false;
    std::string remark; ///< of confirm and deny
};

/// Throws UsageError.
ProgramOptions read_program_options(int count, const char *const *words);

/// All actions and options, as "--status".
std::vector<std::string> option_names();

std::string usage_text();

} // namespace updater::hawkbit
