// Reading and writing the feed's XML: what each element means.
#include "updater/feed/feed.hpp"

#include "updater/feed/feed_xml.hpp"
#include "updater/text/utc_time.hpp"
#include "updater/xml/writing.hpp"

#include <algorithm>
#include <limits>
#include <set>

namespace updater::feed {

namespace {

constexpr std::uint64_t max_firmware_bytes = std::uint64_t{1} << 40;
constexpr std::size_t max_url_bytes = 2048;
constexpr std::size_t max_urls = 16;
const xml::DocumentKind feed_kind{
    .name = "the feed", .root = "feed", .format = "1", .max_bytes = max_feed_bytes};

firmware::Version version_in(xml::Element &element, const char *name) {
    try {
        return firmware::Version::parse(element.text_attribute(name));
    } catch (const firmware::InvalidVersion &error) {
        element.complain(std::string("needs a version; ") + error.what());
    }
}

std::chrono::sys_seconds time_in(xml::Element &element, const char *name) {
    const std::string text = element.text_attribute(name);
    const auto time = text::parse_utc(text);
    if (!time)
        element.complain(std::string("needs a time like 2026-11-21T03:00:04Z in ") + name + ", not \"" +
                         text + "\"");
    return *time;
}

std::string absolute_url(const xml::Element &element, const std::string &text, std::string_view feed_url) {
    const bool allowed = std::ranges::all_of(
        text, [](char character) { return character > 0x20 && character < 0x7F && character != '\\'; });
    if (text.empty() || !allowed)
        element.complain("does not hold a URL");
    const bool is_whole = text.starts_with("https://");
    if (!is_whole && (text.find(':') != std::string::npos || text.starts_with('/') ||
                      text.find("..") != std::string::npos))
        element.complain("is neither an https URL nor a file name beside the feed: \"" + text + "\"");
    const std::string url = is_whole ? text : std::string(feed_url.substr(0, feed_url.rfind('/') + 1)) + text;
    if (url.size() > max_url_bytes)
        element.complain("holds a URL longer than " + std::to_string(max_url_bytes) + " bytes");
    return url;
}

std::string text_child(xml::Element &element, const char *name) {
    xml::Element child = element.child(name);
    std::string text = child.text();
    child.finish();
    return text;
}

FeedEntry read_entry(xml::Element &element, std::string_view feed_url) {
    FeedEntry entry;
    entry.version = version_in(element, "version");
    entry.minimum_version = version_in(element, "minimum-version");
    if (entry.version < entry.minimum_version)
        element.complain("has a minimum version that is newer than itself");
    entry.stepping_stone = element.choice_attribute("stepping-stone", "yes", "no", false);
    entry.security_only = element.choice_attribute("security-only", "yes", "no", false);
    entry.migration = element.choice_attribute("migration", "yes", "no", false);
    entry.bytes = element.number_attribute("bytes", 1, max_firmware_bytes);
    entry.sha256 = element.sha256_attribute("sha256");
    entry.released = time_in(element, "released");
    for (xml::Element &url : element.children("url")) {
        entry.urls.push_back(absolute_url(url, url.text(), feed_url));
        url.finish();
    }
    if (entry.urls.empty() || entry.urls.size() > max_urls)
        element.complain("needs one to " + std::to_string(max_urls) + " <url>");
    entry.release_notes = text_child(element, "release-notes");
    entry.license = text_child(element, "license");
    element.finish();
    return entry;
}

Feed read_feed(xml::Element &root, std::string_view feed_url) {
    Feed feed;
    feed.product = root.text_attribute("product");
    feed.serial = root.number_attribute("serial", 1, std::numeric_limits<std::uint64_t>::max());
    feed.issued = time_in(root, "issued");
    feed.expires = time_in(root, "expires");
    if (feed.expires <= feed.issued)
        root.complain("expires before it was issued");
    std::set<firmware::Version> versions;
    for (xml::Element &element : root.children("firmware")) {
        feed.entries.push_back(read_entry(element, feed_url));
        if (!versions.insert(feed.entries.back().version).second)
            element.complain("is there twice with the version " + feed.entries.back().version.text());
    }
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
    element.SetAttribute("sha256", partitions::base::to_hexadecimal(entry.sha256).c_str());
    element.SetAttribute("released", text::utc_text(entry.released).c_str());
    for (const std::string &url : entry.urls)
        element.InsertNewChildElement("url")->SetText(url.c_str());
    element.InsertNewChildElement("release-notes")->SetText(entry.release_notes.c_str());
    element.InsertNewChildElement("license")->SetText(entry.license.c_str());
}

} // namespace

Feed parse_feed(std::string_view xml, std::string_view feed_url) {
    return read_signed_document(xml, feed_kind,
                                [&](xml::Element &root) { return read_feed(root, feed_url); });
}

std::string write_feed(const Feed &feed) {
    return xml::write_document(feed_kind, [&](tinyxml2::XMLElement &root) {
        root.SetAttribute("product", feed.product.c_str());
        root.SetAttribute("serial", feed.serial);
        root.SetAttribute("issued", text::utc_text(feed.issued).c_str());
        root.SetAttribute("expires", text::utc_text(feed.expires).c_str());
        for (const FeedEntry &entry : feed.entries)
            write_entry(root, entry);
    });
}

} // namespace updater::feed
