// Reading /proc/cmdline and the boot id.
#include "updater/job/running_system.hpp"

#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>

namespace updater::job {

namespace {

constexpr std::string_view slot_argument = "update_control.slot=";
constexpr std::string_view try_argument = "update_control.try=1";

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
    std::optional<partitions::Slot> slot;
    bool is_try = false;
    for (std::string word; words >> word;) {
        is_try = is_try || word == try_argument;
        if (!slot && word.starts_with(slot_argument) && word.size() == slot_argument.size() + 1)
            slot = partitions::slot_of_letter(word.back());
    }
    if (slot) {
        auto boot_id = contents_of(proc / "sys/kernel/random/boot_id");
        while (!boot_id.empty() && boot_id.back() == '\n')
            boot_id.pop_back();
        return {*slot, boot_id, is_try};
    }
    throw NotAnAppliance("the kernel command line has no " + std::string(slot_argument) +
                         "a or b: the boot loader's configuration is not that of an appliance");
}

} // namespace updater::job
