// Rewriting the numbers in the binary lists; see the header.
#include "hooks/access_list.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>

namespace hooks {

namespace {

// A version of 4 bytes, then entries: tag (2 bytes), permissions (2), number (4). All little-endian.
constexpr std::uint32_t access_list_version = 2;
constexpr std::size_t access_list_header_bytes = 4;
constexpr std::size_t access_list_entry_bytes = 8;
constexpr std::size_t access_list_number_offset = 4;
constexpr std::uint32_t access_list_user = 0x02;
constexpr std::uint32_t access_list_group = 0x08;

// Revision and flags (4 bytes), two times two words of capabilities, the root's number.
constexpr std::size_t namespace_capability_bytes = 24;
constexpr std::size_t namespace_root_offset = 20;
constexpr std::uint32_t capability_revision_mask = 0xff000000U;
constexpr std::uint32_t capability_revision_3 = 0x03000000U;

std::uint32_t little_endian_at(const std::string &bytes, std::size_t offset, std::size_t count) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < count; ++i)
        value |= std::uint32_t{static_cast<unsigned char>(bytes[offset + i])} << (8 * i);
    return value;
}

void put_little_endian(std::string &bytes, std::size_t offset, std::uint32_t value) {
    for (std::size_t i = 0; i < sizeof value; ++i)
        bytes[offset + i] = static_cast<char>(value >> (8 * i) & 0xffU);
}

using NumberInPlace = std::function<std::uint32_t(std::uint32_t number)>;

// Passes each number to one of the two functions, and replaces it by the result.
void visit_access_list(std::string &list, const NumberInPlace &user, const NumberInPlace &group) {
    if (list.size() < access_list_header_bytes ||
        little_endian_at(list, 0, access_list_header_bytes) != access_list_version)
        return;
    for (std::size_t entry = access_list_header_bytes; entry + access_list_entry_bytes <= list.size();
         entry += access_list_entry_bytes) {
        const std::uint32_t tag = little_endian_at(list, entry, 2);
        const std::size_t place = entry + access_list_number_offset;
        const std::uint32_t number = little_endian_at(list, place, 4);
        if (tag == access_list_user)
            put_little_endian(list, place, user(number));
        else if (tag == access_list_group)
            put_little_endian(list, place, group(number));
    }
}

void visit_capability(std::string &capability, const NumberInPlace &user) {
    if (capability.size() == namespace_capability_bytes &&
        (little_endian_at(capability, 0, 4) & capability_revision_mask) == capability_revision_3)
        put_little_endian(capability, namespace_root_offset,
                          user(little_endian_at(capability, namespace_root_offset, 4)));
}

void visit_numbers(std::map<std::string, std::string> &extended, const NumberInPlace &user,
                   const NumberInPlace &group) {
    for (const char *name : {"system.posix_acl_access", "system.posix_acl_default"})
        if (const auto found = extended.find(name); found != extended.end())
            visit_access_list(found->second, user, group);
    if (const auto found = extended.find("security.capability"); found != extended.end())
        visit_capability(found->second, user);
}

} // namespace

void translate_numbers_in_attributes(const OwnerTranslation &owners,
                                     std::map<std::string, std::string> &extended) {
    visit_numbers(
        extended, [&](std::uint32_t number) { return owners.user(number); },
        [&](std::uint32_t number) { return owners.group(number); });
}

NamedInAccessLists named_in_access_lists(const std::map<std::string, std::string> &extended) {
    NamedInAccessLists named;
    std::map<std::string, std::string> copy = extended;
    visit_numbers(
        copy, [&](std::uint32_t number) { return *named.users.insert(number).first; },
        [&](std::uint32_t number) { return *named.groups.insert(number).first; });
    return named;
}

} // namespace hooks
