// The program `policy`: converts the policy objects of the mail product and carries the files that their
// macros name.
#include "hooks/policy/policy_conversion.hpp"
#include "partitions/posix_storage.hpp"

int main(int argument_count, char **arguments) {
    partitions::PosixStorage storage;
    const auto convert = [&storage](const hooks::ConversionRequest &request, hooks::ConversionLog &log) {
        hooks::policy::convert_policies(storage, request, log);
    };
    return hooks::run_conversion_program(argument_count, arguments, {{"1", "2", convert}});
}
