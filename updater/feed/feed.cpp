// Reading and writing the feed's XML: what each element means.
#include "updater/feed/feed.hpp"

#include "updater/configuration/appliance.hpp"
#include "updater/configuration/strict_element.hpp"
#include "updater/feed/feed_error.hpp"
#include "updater/feed/utc_time.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <tinyxml2.h>

namespace updater {

namespace {

constexpr std::uint64_t most_firmware_bytes = std::uint64_t{1} << 40;
constexpr std::size_t most_url_bytes = 2048;
constexpr std::size_t most_urls = 16;
constexpr const char *format = "1";

Version version_in(StrictElement &element, const char *name) {
    try {
        return Version::parse(element.text_attribute(name));
    } catch (const InvalidVersion &error) {
        element.complain(error.what());
    }
}

std::chrono::sys_seconds time_in(StrictElement &element, const char *name) {
    const std::string text = element.text_attribute(name);
    const auto time = parse_utc(text);
    if (!time)
        element.complain(std::string("needs a time like 2026-11-21T03:00:04Z in ") + name + ", not \"" +
                         text + "\"");
    return *time;
}

/// Texts are shown on terminals, where control characters could do harm.
void require_printable(const StrictElement &element, std::string_view text) {
    const auto harmful = [](char character) {
        const auto byte = static_cast<unsigned char>(character);
        return (byte < 0x20 && character != '\n' && character != '\t') || byte == 0x7F;
    };
    if (std::ranges::any_of(text, harmful))
        element.complain("holds control characters");
}

std::string absolute_url(const StrictElement &element, const std::string &text, std::string_view feed_url) {
    const bool allowed = std::ranges::all_of(
        text, [](char character) { return character > 0x20 && character < 0x7F && character != '\\'; });
    if (text.empty() || text.size() > most_url_bytes || !allowed)
        element.complain("does not hold a URL");
    if (text.starts_with("https://"))
        return text;
    if (text.find(':') != std::string::npos || text.starts_with('/') || text.find("..") != std::string::npos)
        element.complain("is neither an https URL nor a file name beside the feed: \"" + text + "\"");
    return std::string(feed_url.substr(0, feed_url.rfind('/') + 1)) + text;
}

std::string text_child(StrictElement &element, const char *name) {
    StrictElement child = element.child(name);
    const std::string text = child.text();
    require_printable(child, text);
    return text;
}

FeedEntry read_entry(StrictElement &element, std::string_view feed_url) {
    FeedEntry entry;
    entry.version = version_in(element, "version");
    entry.minimum_version = version_in(element, "minimum-version");
    if (entry.version < entry.minimum_version)
        element.complain("has a minimum version that is newer than itself");
    entry.stepping_stone = element.choice_attribute("stepping-stone", "yes", "no", false);
    entry.security_only = element.choice_attribute("security-only", "yes", "no", false);
    entry.migration = element.choice_attribute("migration", "yes", "no", false);
    entry.bytes = element.number_attribute("bytes", 1, most_firmware_bytes);
    const auto hash = parse_sha256(element.text_attribute("sha256"));
    if (!hash)
        element.complain("needs 64 lower-case hexadecimal digits in sha256");
    entry.sha256 = *hash;
    entry.released = time_in(element, "released");
    for (StrictElement &url : element.children("url"))
        entry.urls.push_back(absolute_url(url, url.text(), feed_url));
    if (entry.urls.empty() || entry.urls.size() > most_urls)
        element.complain("needs one to " + std::to_string(most_urls) + " <url>");
    entry.release_notes = text_child(element, "release-notes");
    entry.license = text_child(element, "license");
    element.finish();
    return entry;
}

Feed read_feed(StrictElement root, std::string_view feed_url) {
    if (const std::string found = root.text_attribute("format"); found != format)
        throw FeedRefused(FeedRefusal::unsupported_format, "the feed has the format " + found.substr(0, 16) +
                                                               ", this version reads " + format);
    Feed feed;
    feed.product = root.text_attribute("product");
    require_printable(root, feed.product);
    feed.serial = root.number_attribute("serial", 1, std::numeric_limits<std::uint64_t>::max());
    feed.issued = time_in(root, "issued");
    feed.expires = time_in(root, "expires");
    if (feed.expires <= feed.issued)
        root.complain("expires before it was issued");
    std::set<Version> versions;
    for (StrictElement &element : root.children("firmware")) {
        feed.entries.push_back(read_entry(element, feed_url));
        if (!versions.insert(feed.entries.back().version).second)
            element.complain("is there twice with the version " + feed.entries.back().version.text());
    }
    root.finish();
    std::ranges::sort(feed.entries, std::ranges::greater(), &FeedEntry::version);
    return feed;
}

void write_entry(tinyxml2::XMLElement &parent, const FeedEntry &entry) {
    tinyxml2::XMLElement &element = *parent.InsertNewChildElement("firmware");
    element.SetAttribute("version", entry.version.text().c_str());
    element.SetAttribute("minimum-version", entry.minimum_version.text().c_str());
    for (const auto &[name, value] : {std::pair{"stepping-stone", entry.stepping_stone},
                                      {"security-only", entry.security_only},
                                      {"migration", entry.migration}})
        element.SetAttribute(name, value ? "yes" : "no");
    element.SetAttribute("bytes", entry.bytes);
    element.SetAttribute("sha256", to_hexadecimal(entry.sha256).c_str());
    element.SetAttribute("released", utc_text(entry.released).c_str());
    for (const std::string &url : entry.urls)
        element.InsertNewChildElement("url")->SetText(url.c_str());
    element.InsertNewChildElement("release-notes")->SetText(entry.release_notes.c_str());
    element.InsertNewChildElement("license")->SetText(entry.license.c_str());
}

} // namespace

Feed parse_feed(std::string_view xml, std::string_view feed_url) {
    if (xml.size() > most_feed_bytes)
        throw FeedRefused(FeedRefusal::wrong_feed, "the feed has " + std::to_string(xml.size()) +
                                                       " bytes, more than the " +
                                                       std::to_string(most_feed_bytes) + " that are read");
    tinyxml2::XMLDocument document;
    if (document.Parse(xml.data(), xml.size()) != tinyxml2::XML_SUCCESS)
        throw FeedRefused(FeedRefusal::wrong_feed,
                          std::string("the feed is not XML: ") + document.ErrorStr());
    const tinyxml2::XMLElement *root = document.RootElement();
    if (!root || std::string_view(root->Name()) != "feed")
        throw FeedRefused(FeedRefusal::wrong_feed, "the feed's outermost element is not <feed>");
    try {
        return read_feed(StrictElement(*root, "the feed"), feed_url);
    } catch (const ConfigurationError &error) {
        throw FeedRefused(FeedRefusal::wrong_feed, error.what());
    }
}

std::string write_feed(const Feed &feed) {
    tinyxml2::XMLDocument document;
    document.InsertEndChild(document.NewDeclaration());
    tinyxml2::XMLElement &root = *document.NewElement("feed");
    document.InsertEndChild(&root);
    root.SetAttribute("format", format);
    root.SetAttribute("product", feed.product.c_str());
    root.SetAttribute("serial", feed.serial);
    root.SetAttribute("issued", utc_text(feed.issued).c_str());
    root.SetAttribute("expires", utc_text(feed.expires).c_str());
    for (const FeedEntry &entry : feed.entries)
        write_entry(root, entry);
    tinyxml2::XMLPrinter printer;
    document.Print(&printer);
    return {printer.CStr(), static_cast<std::size_t>(printer.CStrSize() - 1)};
}

} // namespace updater
