// The program `etc`: carries the administrator's changes in /etc from one release's image to the next.
#include "hooks/etc/etc_conversion.hpp"
#include "partitions/posix_storage.hpp"

int main(int argument_count, char **arguments) {
    partitions::PosixStorage storage;
    const auto convert = [&storage](const hooks::ConversionRequest &request, hooks::ConversionLog &log) {
        hooks::etc::convert_etc(storage, request, log);
    };
    // The old image's /etc is the base, whatever release it is of.
    return hooks::run_conversion_program(argument_count, arguments,
                                         {{hooks::any_format, hooks::any_format, convert}});
}
