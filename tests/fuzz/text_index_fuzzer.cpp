// Any text as lines of fields, with what the first byte of each line chooses. Expected: FirmwareRefused. The
// fields of a line are the line again.
#include "tests/fuzz/input.hpp"
#include "updater/firmware/firmware_error.hpp"
#include "updater/firmware/text_index.hpp"

using namespace updater;
using namespace updater::firmware;
using namespace partitions::base;

namespace {

void read_lines(fuzz::Input &input) {
    const std::uint64_t most = input.number();
    const std::size_t fields_of_a_line = 1 + input.byte() % 5U;
    std::string_view rest = input.text();
    firmware::IndexLines lines(rest, "index", "update-control fuzz 1");
    rest.remove_prefix(rest.find('\n') + 1);
    while (lines.any_left()) {
        if (lines.next_is("-")) {
            fuzz::require(rest.starts_with("-\n"), "only that line is taken");
            rest.remove_prefix(2);
            continue;
        }
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        const auto fields = lines.next(fields_of_a_line);
        std::string joined(fields.front());
        for (std::size_t field = 1; field < fields.size(); ++field)
            joined += " " + std::string(fields[field]);
        fuzz::require(fields.size() == fields_of_a_line && joined == line, "the fields make the line");
        if (fields.front().size() == 64)
            fuzz::require(to_hexadecimal(lines.hash(fields.front())) == fields.front(),
                          "there is one way to write a hash");
        else
            fuzz::require(std::to_string(lines.length(fields.front(), most)) == fields.front(),
                          "there is one way to write a length");
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    fuzz::Input input(data, size);
    try {
        read_lines(input);
    } catch (const FirmwareRefused &) {
    }
    return 0;
}
