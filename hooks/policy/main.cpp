// The program `policy`: converts the policy objects of the mail product and carries the files that their
// macros name. As "policy check ACCOUNT" it is a check program: which files they name, and whether the
// account can read them.
#include "hooks/policy/policy_check.hpp"
#include "hooks/policy/policy_conversion.hpp"
#include "partitions/posix_storage.hpp"

#include <cstdlib>
#include <exception>
#include <iostream>
#include <string_view>

namespace {

int check(partitions::Storage &storage, const char *account) {
    const char *const when = std::getenv("UPDATE_CONTROL_CHECK");
    try {
        hooks::policy::check_policies(
            storage,
            {.rehearsal = when != nullptr && std::string_view(when) == "rehearsal",
             .become_reader = [account] { hooks::policy::become_account(account); }},
            std::cout);
        return 0;
    } catch (const std::exception &error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}

} // namespace

int main(int argument_count, char **arguments) {
    partitions::PosixStorage storage;
    if (argument_count == 3 && std::string_view(arguments[1]) == "check")
        return check(storage, arguments[2]);
    const auto convert = [&storage](const hooks::ConversionRequest &request, hooks::ConversionLog &log) {
        hooks::policy::convert_policies(storage, request, log);
    };
    return hooks::run_conversion_program(argument_count, arguments, {{"1", "2", convert}});
}
