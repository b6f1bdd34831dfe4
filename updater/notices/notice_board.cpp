#include "updater/notices/notice_board.hpp"

#include "partitions/base/sha256.hpp"
#include "partitions/durable.hpp"
#include "updater/text/clean_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <sstream>
#include <utility>

namespace updater::notices {

namespace {

constexpr std::size_t max_told_bytes = 256UL * 1024;
/// Older keys are forgotten; a notice so old does not come again.
constexpr std::size_t max_told = 1000;

nlohmann::json read_told(partitions::Storage &storage, const std::filesystem::path &file) {
    if (storage.kind(file) != partitions::FileKind::file)
        return nlohmann::json::array();
    auto told =
        nlohmann::json::parse(partitions::read_whole_file(storage, file, max_told_bytes), nullptr, false);
    // If it cannot be read, at worst a notice is sent twice.
    return told.is_array() ? told : nlohmann::json::array();
}

Notice cleaned(const Notice &notice) {
    Notice clean{text::clean_text(notice.kind),
                 text::clean_text(notice.version),
                 text::clean_text(notice.subject),
                 {}};
    std::istringstream lines(notice.text);
    for (std::string line; std::getline(lines, line);)
        clean.text += text::clean_text(line) + "\n";
    return clean;
}

/// A key may hold a path or a URL, and be as long as one.
std::string file_name_of(const std::string &key) {
    constexpr std::size_t max_readable_bytes = 100;
    std::string name = key;
    std::ranges::replace(name, '/', '-');
    if (name.size() > max_readable_bytes)
        name = name.substr(0, max_readable_bytes) + "-" +
               partitions::base::to_hexadecimal(partitions::base::sha256_of(key));
    return name + ".notice";
}

} // namespace

std::string write_notice(const Notice &notice, const configuration::NoticeSettings &wanted) {
    const Notice clean = cleaned(notice);
    const auto word = [](bool is_wanted) { return is_wanted ? "yes" : "no"; };
    return "kind: " + clean.kind + "\nversion: " + clean.version + "\nsubject: " + clean.subject +
           "\nmail: " + word(wanted.mail) + "\nprograms: " + word(wanted.programs) + "\n\n" + clean.text;
}

NoticeBoard::NoticeBoard(partitions::Storage &storage, Places places, Ways ways)
    : storage_(storage), places_(std::move(places)), ways_(std::move(ways)) {}

void NoticeBoard::post(const std::string &key, const Notice &notice) {
    const std::lock_guard lock(mutex_);
    auto told = read_told(storage_, places_.told);
    if (std::ranges::find(told, nlohmann::json(key)) != told.end())
        return;
    const configuration::NoticeSettings wanted = ways_.wanted();
    // The notice is written before its key: a power cut between the two repeats the notice instead of losing
    // it.
    if (wanted.mail || wanted.programs)
        write_outgoing(key, write_notice(notice, wanted));
    told.push_back(key);
    while (told.size() > max_told)
        told.erase(0);
    partitions::make_directories(storage_, places_.told.parent_path());
    partitions::replace_file(storage_, places_.told, told.dump(1) + "\n", 0600);
    // After the key, because neither of them is durable, and because a journal that cannot be written must
    // not repeat the mail with each retry.
    if (wanted.bus)
        ways_.bus(cleaned(notice));
    if (wanted.journal)
        ways_.journal(cleaned(notice));
}

void NoticeBoard::write_outgoing(const std::string &key, const std::string &text) {
    partitions::make_directories(storage_, places_.outgoing);
    partitions::replace_file(storage_, places_.outgoing / file_name_of(key), text);
}

void NoticeBoard::show_at_login(const std::string &text) {
    const std::lock_guard lock(mutex_);
    const std::string shown = ways_.wanted().login ? text : "";
    if (shown.empty() && storage_.kind(places_.banner) == partitions::FileKind::none)
        return;
    partitions::make_directories(storage_, places_.banner.parent_path());
    partitions::replace_file(storage_, places_.banner, shown);
}

} // namespace updater::notices
