#include "updater/support/bundle.hpp"

#include "updater/support/masked_text.hpp"
#include "updater/text/clean_text.hpp"

#include <exception>
#include <optional>

namespace updater::support {

namespace {

constexpr const char *introduction =
    "What an appliance's update-control --support-bundle collected for the vendor's support.\n"
    "\n"
    "Passwords, keys and tokens are replaced by ***, and so are the names of people in mail addresses that\n"
    "stand in <>. No mail, no password file, no private key and no /etc/shadow is in it. Host names, IP\n"
    "addresses and the names of files are. Have a look at it before you send it.\n";

struct Contents {
    std::string included;
    std::string missing;
};

void note_missing(Contents &contents, const Item &item, const std::string &why) {
    contents.missing += "  " + item.name + ": " + text::clean_text(why) + "\n";
}

std::string readme(const Contents &contents) {
    return std::string(introduction) + "\nIn it:\n" + contents.included + "\nCould not be had:\n" +
           (contents.missing.empty() ? "  (nothing is missing)\n" : contents.missing);
}

} // namespace

void write_bundle(Archive &archive, const std::string &folder, const std::vector<Item> &items,
                  const std::function<void(const std::string &name)> &on_progress, std::size_t max_bytes) {
    Contents contents;
    std::size_t bytes = 0;
    for (const Item &item : items) {
        on_progress(item.name);
        std::optional<std::string> masked;
        try {
            masked = masked_text(item.read());
        } catch (const std::exception &failure) {
            note_missing(contents, item, failure.what());
            continue;
        }
        if (bytes + masked->size() > max_bytes) {
            note_missing(contents, item, "the bundle would become too large");
            continue;
        }
        bytes += masked->size();
        archive.add(folder + "/" + item.name, *masked);
        contents.included += "  " + item.name + ": " + text::clean_text(item.what) + "\n";
    }
    archive.add(folder + "/README.txt", readme(contents));
    archive.close();
}

} // namespace updater::support
