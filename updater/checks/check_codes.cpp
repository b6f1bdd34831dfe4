#include "updater/checks/check_codes.hpp"

#include "updater/text/word_table.hpp"

#include <array>

namespace updater::checks {

namespace {

using messages::Code;

constexpr auto check_names = std::to_array<text::Word<Code>>({
    {Code::check_product, "product"},
    {Code::check_version, "version"},
    {Code::check_new_version, "new version"},
    {Code::check_stored_mail, "stored mail"},
    {Code::check_earlier_attempts, "earlier attempts"},
    {Code::check_conversions, "conversions"},
    {Code::check_packages, "packages"},
    {Code::check_ports, "ports"},
    {Code::check_partition, "partition"},
    {Code::check_stores, "stores"},
    {Code::check_store_access, "store access"},
    {Code::check_services, "services"},
    {Code::check_image_files, "image files"},
    {Code::check_disk_health, "disk health"},
    {Code::check_boot_loader, "boot loader"},
    {Code::check_rescue_partition, "rescue partition"},
    {Code::check_failed_units, "failed units"},
    {Code::check_pending_restart, "pending restart"},
    {Code::check_clock, "clock"},
    {Code::check_names_in_etc, "names in /etc"},
    {Code::check_other_job, "other job"},
    {Code::check_firmware, "firmware"},
    {Code::check_firmware_file, "firmware file"},
    {Code::checks_ended_early, "checks"},
});

/// Followed by what is checked, a path or the name of a store.
constexpr auto check_kinds = std::to_array<text::Word<Code>>({
    {Code::check_firmware_space, "firmware space "},
    {Code::check_conversion_space, "conversion space "},
    {Code::check_space, "space "},
});

} // namespace

Code code_of_check(std::string_view check) {
    if (const auto code = text::value_of(check_names, check))
        return *code;
    for (const auto &kind : check_kinds)
        if (check.starts_with(kind.word))
            return kind.value;
    return Code::check_program;
}

} // namespace updater::checks
