#include "updater/agent/notice_board.hpp"

#include "partitions/durable.hpp"
#include "updater/agent/clean_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <sstream>
#include <utility>

namespace updater {

namespace {

constexpr std::size_t most_told_bytes = 256UL * 1024;
/// Long before that many notices, nobody remembers the first.
constexpr std::size_t most_told = 1000;

nlohmann::json read_told(partitions::Storage &storage, const std::filesystem::path &file) {
    if (storage.kind(file) != partitions::FileKind::file)
        return nlohmann::json::array();
    auto told =
        nlohmann::json::parse(partitions::read_whole_file(storage, file, most_told_bytes), nullptr, false);
    // Only a memory aid: at worst something is told twice.
    return told.is_array() ? told : nlohmann::json::array();
}

} // namespace

std::string write_notice(const Notice &notice) {
    std::string text = "kind: " + clean_text(notice.kind) + "\nversion: " + clean_text(notice.version) +
                       "\nsubject: " + clean_text(notice.subject) + "\n\n";
    std::istringstream lines(notice.text);
    for (std::string line; std::getline(lines, line);)
        text += clean_text(line) + "\n";
    return text;
}

NoticeBoard::NoticeBoard(partitions::Storage &storage, Places places)
    : storage_(storage), places_(std::move(places)) {}

void NoticeBoard::post(const std::string &key, const Notice &notice) {
    auto told = read_told(storage_, places_.told);
    if (std::ranges::find(told, nlohmann::json(key)) != told.end())
        return;
    partitions::make_directories(storage_, places_.outgoing);
    // First the notice, then the note that it is out: a power cut between the two repeats it instead of
    // losing it.
    std::string name = key;
    std::ranges::replace(name, '/', '-');
    partitions::replace_file(storage_, places_.outgoing / (name + ".notice"), write_notice(notice));
    told.push_back(key);
    while (told.size() > most_told)
        told.erase(0);
    partitions::make_directories(storage_, places_.told.parent_path());
    partitions::replace_file(storage_, places_.told, told.dump(1) + "\n", 0600);
}

void NoticeBoard::show_at_login(const std::string &text) {
    if (text.empty() && storage_.kind(places_.banner) == partitions::FileKind::none)
        return;
    partitions::make_directories(storage_, places_.banner.parent_path());
    partitions::replace_file(storage_, places_.banner, text);
}

} // namespace updater
