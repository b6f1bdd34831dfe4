// The program `var`: carries the appliance's files in /var from one system's generation to the next.
#include "hooks/var/var_conversion.hpp"
#include "partitions/posix_storage.hpp"

int main(int argument_count, char **arguments) {
    partitions::PosixStorage storage;
    const auto convert = [&storage](const hooks::ConversionRequest &request, hooks::ConversionLog &log) {
        hooks::var::convert_var(storage, request, log);
    };
    // The old image's /var is the base, whatever release it is of.
    return hooks::run_conversion_program(argument_count, arguments,
                                         {{hooks::any_format, hooks::any_format, convert}});
}
