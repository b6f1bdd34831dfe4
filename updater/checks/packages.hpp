// Which Debian packages are installed, by asking dpkg-query(1). Changes nothing.
#pragma once

#include "hooks/runner/hook_runner.hpp"
#include "updater/firmware/manifest.hpp"

#include <set>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

namespace updater::checks {

/// dpkg-query could not be run, or could not read its database; says why.
class PackagesUnknown : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// Those of `names` that are installed completely, as dpkg sees it ("install ok installed"). Calls no program
/// for no names. Throws PackagesUnknown, HookRunnerError.
std::set<std::string> installed_packages(hooks::runner::HookRunner &programs,
                                         const std::vector<std::string> &names, const std::stop_token &stop);

/// All packages that the firmware requires are installed. Throws Refused with the name of each that is
/// missing.
void check_packages(const firmware::Manifest &manifest, const std::set<std::string> &installed);

} // namespace updater::checks
