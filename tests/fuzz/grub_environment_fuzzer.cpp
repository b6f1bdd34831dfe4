// Any text in GRUB's environment block, or as one. Expected: GrubEnvironmentDamaged, GrubEnvironmentFull, and
// std::invalid_argument for what cannot be set. What was written is read again.
#include "partitions/grub_environment.hpp"
#include "tests/fuzz/input.hpp"

using partitions::GrubEnvironment;

namespace {

constexpr std::string_view header = "# GRUB Environment Block\n";
constexpr std::size_t most_value_bytes = 64;

/// Few inputs have header and length of a block of their own.
std::string block_of(std::string_view text, bool whole) {
    if (whole)
        return std::string(text);
    std::string block = std::string(header) + std::string(text);
    block.resize(partitions::GrubEnvironment::block_bytes, '#');
    return block;
}

std::optional<partitions::GrubEnvironment> parse(std::string_view block) {
    try {
        return partitions::GrubEnvironment::parse(block);
    } catch (const partitions::GrubEnvironmentDamaged &) {
        return std::nullopt;
    }
}

void check_writing(const partitions::GrubEnvironment &environment, std::string_view name) {
    std::string block;
    try {
        block = environment.serialize();
    } catch (const partitions::GrubEnvironmentFull &) {
        return;
    }
    fuzz::require(block.size() == partitions::GrubEnvironment::block_bytes, "a block has its length");
    fuzz::require(block.find_first_not_of('#', partitions::GrubEnvironment::usable_bytes) ==
                      std::string::npos,
                  "the second sector is filling");
    const partitions::GrubEnvironment again = partitions::GrubEnvironment::parse(block);
    fuzz::require(again.serialize() == block, "a block that was read is written the same");
    fuzz::require(again.get(name) == environment.get(name), "a variable keeps its value");
}

void check_setting(partitions::GrubEnvironment environment, const std::string &name, std::string_view value) {
    try {
        environment.set(name, value);
    } catch (const std::invalid_argument &) {
        return;
    }
    fuzz::require(environment.get(name) == value, "what is set is there");
    check_writing(environment, name);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    fuzz::Input input(data, size);
    const bool whole = input.byte() % 8 == 7;
    const std::string_view text = input.text();
    const std::optional<partitions::GrubEnvironment> environment = parse(block_of(text, whole));
    if (!environment)
        return 0;
    const std::string name(text.substr(0, text.find('=')));
    check_writing(*environment, name);
    check_setting(*environment, "try_slot", text.substr(0, most_value_bytes));
    check_setting(*environment, name, "b");
    return 0;
}
