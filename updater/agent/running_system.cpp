// Reading /proc/cmdline and the boot id.
#include "updater/agent/running_system.hpp"

#include <fstream>
#include <iterator>
#include <sstream>

namespace updater {

namespace {

constexpr std::string_view kSlot = "update_control.slot=";

std::string contents_of(const std::filesystem::path &file) {
    std::ifstream stream(file);
    std::string contents{std::istreambuf_iterator<char>(stream), {}};
    if (!stream.good() && !stream.eof())
        throw NotAnAppliance("cannot read " + file.string());
    return contents;
}

} // namespace

RunningSystem read_running_system(const std::filesystem::path &proc) {
    std::istringstream words(contents_of(proc / "cmdline"));
    for (std::string word; words >> word;) {
        if (!word.starts_with(kSlot) || word.size() != kSlot.size() + 1)
            continue;
        auto boot_id = contents_of(proc / "sys/kernel/random/boot_id");
        while (!boot_id.empty() && boot_id.back() == '\n')
            boot_id.pop_back();
        return {partitions::slot_of_letter(word.back()), boot_id};
    }
    throw NotAnAppliance("the kernel command line has no " + std::string(kSlot) +
                         "a or b: the boot loader's configuration is not that of an appliance");
}

} // namespace updater
