// Reading the systemd journal (sd-journal(3)).
#include "updater/job/boot_journal.hpp"

#include <array>
#include <cerrno>
#include <memory>
#include <string_view>
#include <system_error>
#include <systemd/sd-id128.h>
#include <systemd/sd-journal.h>

namespace updater::job {

namespace {

struct CloseJournal {
    void operator()(sd_journal *journal) const { sd_journal_close(journal); }
};
using OpenJournal = std::unique_ptr<sd_journal, CloseJournal>;

int check_journal(int result) {
    if (result < 0)
        throw std::system_error(-result, std::generic_category(), "cannot read the systemd journal");
    return result;
}

OpenJournal open_at_end() {
    sd_journal *journal = nullptr;
    check_journal(sd_journal_open(&journal, SD_JOURNAL_LOCAL_ONLY | SD_JOURNAL_SYSTEM));
    return OpenJournal(journal);
}

/// Empty when the entry lacks the field.
std::string field_of(sd_journal *journal, const std::string &name) {
    const void *data = nullptr;
    std::size_t size = 0;
    if (sd_journal_get_data(journal, name.c_str(), &data, &size) < 0)
        return {};
    std::string_view text(static_cast<const char *>(data), size);
    text.remove_prefix(std::min(text.size(), name.size() + 1)); // NAME=
    return std::string(text.substr(0, max_boot_line_bytes));
}

std::string text_of_id(const sd_id128_t &id) {
    std::array<char, SD_ID128_STRING_MAX> text{};
    return sd_id128_to_string(id, text.data());
}

/// The start of the newest entry that is not of the running one; empty: there is none.
std::string last_boot(sd_journal *journal) {
    sd_id128_t running{};
    check_journal(sd_id128_get_boot(&running));
    // Entries of this start are passed over in one step: they are those after its first one.
    check_journal(sd_journal_add_match(journal, ("_BOOT_ID=" + text_of_id(running)).c_str(), 0));
    check_journal(sd_journal_seek_head(journal));
    const bool found = check_journal(sd_journal_next(journal)) > 0;
    std::uint64_t began_us = 0;
    if (found)
        check_journal(sd_journal_get_realtime_usec(journal, &began_us));
    sd_journal_flush_matches(journal);
    check_journal(found ? sd_journal_seek_realtime_usec(journal, began_us) : sd_journal_seek_tail(journal));
    constexpr int max_steps = 1000; // the clocks of two starts may overlap
    for (int step = 0; step < max_steps && check_journal(sd_journal_previous(journal)) > 0; ++step) {
        const std::string boot = field_of(journal, "_BOOT_ID");
        if (!boot.empty() && boot != text_of_id(running))
            return boot;
    }
    return {};
}

} // namespace

BootJournal read_boot_journal(const std::string &boot_id) {
    const OpenJournal opened = open_at_end();
    BootJournal journal{.boot_id = boot_id.empty() ? last_boot(opened.get()) : boot_id, .lines = {}};
    if (journal.boot_id.empty())
        return journal;
    check_journal(sd_journal_add_match(opened.get(), ("_BOOT_ID=" + journal.boot_id).c_str(), 0));
    // Any account may write lines that name another program; these fields are the journal's own.
    check_journal(sd_journal_add_conjunction(opened.get()));
    check_journal(sd_journal_add_match(opened.get(), "_UID=0", 0));
    check_journal(sd_journal_add_disjunction(opened.get()));
    check_journal(sd_journal_add_match(opened.get(), "_TRANSPORT=kernel", 0));
    check_journal(sd_journal_add_disjunction(opened.get()));
    check_journal(sd_journal_add_match(opened.get(), "_SYSTEMD_UNIT=dbus.service", 0));
    check_journal(sd_journal_seek_tail(opened.get()));
    while (journal.lines.size() < max_boot_lines && check_journal(sd_journal_previous(opened.get())) > 0)
        journal.lines.push_back(
            {field_of(opened.get(), "SYSLOG_IDENTIFIER"), field_of(opened.get(), "MESSAGE")});
    return journal;
}

} // namespace updater::job
