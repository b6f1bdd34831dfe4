#include "updater/wizard/firmware_page.hpp"

#include "updater/control/documents.hpp"
#include "updater/control/reports.hpp"
#include "updater/wizard/text_lines.hpp"

#include <algorithm>
#include <utility>

namespace updater::wizard {

using control::read_document;
using control::size_at;
using control::text_at;
using nlohmann::json;

namespace {

json list_at(const json &document, const char *name) {
    const json list = document.value(name, json::array());
    return list.is_array() ? list : json::array();
}

json feed_of(const json &firmware) {
    const json feed = firmware.value("feed", json::object());
    return feed.is_object() ? feed : json::object();
}

} // namespace

FirmwarePage::FirmwarePage(control::Client &client, Wishes &wishes, std::string given)
    : client_(client), wishes_(wishes), given_(std::move(given)) {
    wishes_.source = given_;
}

bool FirmwarePage::is_checking() const {
    return feed_of(firmware_).value("checking", false);
}

void FirmwarePage::enter() {
    firmware_ = read_document(client_.firmware());
    if (given_.empty() && !feed_of(firmware_).empty()) {
        client_.check(true);
        firmware_ = read_document(client_.firmware());
    }
}

bool FirmwarePage::look_again() {
    firmware_ = read_document(client_.firmware());
    return false;
}

std::vector<FirmwarePage::Offer> FirmwarePage::offers() const {
    std::vector<Offer> offers;
    if (!given_.empty())
        offers.push_back({given_, "as on the command line"});
    const json downloaded = list_at(firmware_, "downloaded");
    for (const json &file : downloaded)
        offers.push_back({text_at(file, "path"), "version " + text_at(file, "version") + ", downloaded"});
    // Without a source the agent takes a downloaded one first, so the feed can be offered if there is none.
    if (!downloaded.empty())
        return offers;
    if (const json path = list_at(firmware_, "path"); !path.empty())
        offers.push_back({"", "version " + text_at(path.front(), "version") + " of the feed, " +
                                  size_at(path.front(), "bytes")});
    else if (!list_at(firmware_, "available").empty())
        offers.push_back({"", "what the vendor's server has"});
    return offers;
}

Screen FirmwarePage::screen(const Size &size) const {
    constexpr std::size_t value_column = 16;
    Screen screen{.title = "What is installed, and what can be", .waits = is_checking()};
    if (screen.waits)
        append_text(screen.lines, "The vendor's list of firmware is being fetched ...\n\n", size.columns);
    const std::vector<Offer> offered = offers();
    if (offered.empty() && !screen.waits)
        append_text(screen.lines,
                    "There is nothing to install. For firmware in a file or on a server, leave the wizard "
                    "and name it: "
                    "update-control --wizard fw PATH\n\n",
                    size.columns);
    append_text(screen.lines, control::firmware_report(firmware_), size.columns, value_column);
    if (offered.empty() || screen.waits)
        screen.next = "";
    else
        for (const Offer &offer : offered) {
            if (offer.source == wishes_.source)
                screen.chosen = screen.choices.size();
            screen.choices.push_back(offer.text + (offer.source.empty() ? "" : ": " + offer.source));
        }
    return screen;
}

std::string FirmwarePage::leave(const Answer &answer) {
    const std::vector<Offer> offered = offers();
    if (answer.chosen >= offered.size())
        return "Choose what to install.";
    wishes_.source = offered[answer.chosen].source;
    return {};
}

} // namespace updater::wizard
