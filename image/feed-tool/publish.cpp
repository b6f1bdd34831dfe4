#include "image/feed-tool/publish.hpp"
#include "image/firmware-writer/signer.hpp"

#include "partitions/durable.hpp"
#include "partitions/posix_storage.hpp"
#include "updater/feed/feed_error.hpp"
#include "updater/feed/feed_keys.hpp"
#include "updater/feed/feed_names.hpp"
#include "updater/firmware/file_source.hpp"
#include "updater/firmware/firmware_reader.hpp"

#include <algorithm>

namespace feed_tool {

namespace {

using updater::feed::Feed;
using updater::feed::FeedEntry;

/// Stands for the URL of the feed, which is not known here; URLs beside the feed are relative to it.
constexpr const char *any_url = "https://feed.invalid/";

std::string read_file(const std::filesystem::path &path, std::size_t max_bytes) {
    partitions::PosixStorage storage;
    return partitions::read_whole_file(storage, path, max_bytes);
}

void write_signed(const std::filesystem::path &file, const std::string &text,
                  const std::filesystem::path &key, const std::filesystem::path &certificate) {
    partitions::PosixStorage storage;
    // An appliance that fetches between the two gets a signature that does not match, and tries again.
    partitions::replace_file(
        storage, std::filesystem::absolute(file.string() + std::string(updater::feed::signature_suffix)),
        firmware_writer::sign(text, key, certificate));
    partitions::replace_file(storage, std::filesystem::absolute(file), text);
}

std::filesystem::path key_list_path(const std::filesystem::path &folder, std::uint64_t number) {
    return folder / updater::feed::key_list_file(number);
}

std::uint64_t next_key_list(const std::filesystem::path &folder) {
    std::uint64_t number = 1;
    while (std::filesystem::exists(key_list_path(folder, number)))
        ++number;
    return number;
}

std::string pem_of(const updater::feed::KeyList &list) {
    std::string pem;
    for (const std::string &certificate : list.certificates)
        pem += certificate;
    return pem;
}

/// The keys that appliances trust after following all key lists. Before the first list only their images say
/// which, so the signer's own certificate is assumed.
updater::firmware::TrustedKeys trusted_keys_of(const std::filesystem::path &folder,
                                               const std::filesystem::path &certificate) {
    const std::string signer = read_file(certificate, updater::feed::max_key_list_bytes);
    const std::uint64_t next = next_key_list(folder);
    if (next == 1)
        return updater::firmware::TrustedKeys::from_pem(signer, certificate.string());
    const std::filesystem::path last = key_list_path(folder, next - 1);
    const auto list = updater::feed::parse_key_list(read_file(last, updater::feed::max_key_list_bytes));
    if (std::ranges::none_of(list.certificates, [&](const std::string &listed) {
            return signer.find(listed.substr(0, listed.find_last_not_of('\n'))) != std::string::npos;
        }))
        throw std::runtime_error(certificate.string() + " is not in the last key list, " + last.string() +
                                 ": appliances would refuse what its key signs");
    return updater::firmware::TrustedKeys::from_pem(pem_of(list), last.string());
}

updater::feed::Feed feed_before(const std::filesystem::path &file) {
    if (!std::filesystem::exists(file))
        return {};
    return updater::feed::parse_feed(read_file(file, updater::feed::max_feed_bytes), any_url);
}

partitions::base::Sha256 hash_of_file(const std::filesystem::path &path) {
    updater::firmware::FileSource source(path);
    partitions::base::Sha256Hasher hash;
    const std::vector<updater::firmware::ByteRange> all{{0, std::filesystem::file_size(path)}};
    source.read(
        all, [&](std::uint64_t, std::span<const std::byte> bytes) { hash.add(bytes); }, std::stop_token());
    return hash.finish();
}

updater::feed::FeedEntry entry_of(const std::filesystem::path &file, const PublishCommand &command,
                                  const updater::feed::Feed &before,
                                  const updater::firmware::TrustedKeys &keys, std::chrono::sys_seconds now) {
    const updater::firmware::FirmwareReader reader(file, keys);
    const updater::firmware::Manifest &manifest = reader.manifest();
    if (manifest.product != command.product)
        throw std::runtime_error(file.string() + " is for the product " + manifest.product);
    const auto known =
        std::ranges::find(before.entries, manifest.version, &updater::feed::FeedEntry::version);
    const updater::feed::FeedEntry earlier =
        known == before.entries.end() ? updater::feed::FeedEntry{.released = now} : *known;
    const std::string version = manifest.version.text();
    updater::feed::FeedEntry entry{
        .version = manifest.version,
        .minimum_version = manifest.minimum_version,
        .stepping_stone = earlier.stepping_stone || command.stepping_stones.contains(version),
        .security_only = earlier.security_only || command.security_only.contains(version),
        .migration = updater::firmware::converts_data(manifest),
        .bytes = std::filesystem::file_size(file),
        .sha256 = hash_of_file(file),
        .released = earlier.released,
        .urls = {file.filename()},
        .release_notes = manifest.release_notes,
        .license = manifest.license};
    for (const std::string &mirror : command.mirrors)
        entry.urls.push_back(mirror + file.filename().string());
    return entry;
}

void require_known(const std::set<std::string> &versions, const updater::feed::Feed &feed,
                   const std::string &option) {
    for (const std::string &version : versions)
        if (std::ranges::none_of(feed.entries, [&](const updater::feed::FeedEntry &entry) {
                return entry.version.text() == version;
            }))
            throw std::runtime_error("--" + option + ": no firmware in the folder has the version " +
                                     version);
}

} // namespace

updater::feed::Feed publish(const PublishCommand &command, std::chrono::sys_seconds now) {
    const updater::firmware::TrustedKeys keys = trusted_keys_of(command.folder, command.certificate);
    const updater::feed::Feed before = feed_before(command.folder / updater::feed::feed_file);
    updater::feed::Feed feed{.product = command.product,
                             .serial = before.serial + 1,
                             .issued = now,
                             .expires = now + command.good_for,
                             .entries = {}};
    for (const auto &file : std::filesystem::directory_iterator(command.folder))
        if (file.path().extension() == ".fw")
            feed.entries.push_back(entry_of(file.path(), command, before, keys, now));
    std::ranges::sort(feed.entries, std::ranges::greater(), &updater::feed::FeedEntry::version);
    require_known(command.security_only, feed, "security-only");
    require_known(command.stepping_stones, feed, "stepping-stone");
    const std::string text = updater::feed::write_feed(feed);
    // A feed that cannot be read back is not published.
    updater::feed::parse_feed(text, any_url);
    write_signed(command.folder / updater::feed::feed_file, text, command.key, command.certificate);
    return feed;
}

std::filesystem::path rotate(const RotateCommand &command) {
    trusted_keys_of(command.folder, command.certificate);
    updater::feed::KeyList list{
        .product = command.product, .number = next_key_list(command.folder), .certificates = {}};
    for (const std::filesystem::path &certificate : command.new_certificates)
        list.certificates.push_back(read_file(certificate, updater::feed::max_key_list_bytes));
    const std::string text = updater::feed::write_key_list(list);
    updater::feed::parse_key_list(text);
    const std::filesystem::path file = key_list_path(command.folder, list.number);
    write_signed(file, text, command.key, command.certificate);
    return file;
}

} // namespace feed_tool
