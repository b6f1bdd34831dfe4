// Rewriting the numbers in the binary lists; see the header.
#include "hooks/access_list.hpp"

#include <cstddef>
#include <cstdint>

namespace hooks {

namespace {

// A version of 4 bytes, then entries: tag (2 bytes), permissions (2), number (4). All little-endian.
constexpr std::uint32_t access_list_version = 2;
constexpr std::size_t access_list_header_bytes = 4;
constexpr std::size_t access_list_entry_bytes = 8;
constexpr std::size_t access_list_number_offset = 4;
constexpr std::uint32_t access_list_user = 0x02;
constexpr std::uint32_t access_list_group = 0x08;

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

void translate_access_list(const OwnerTranslation &owners, std::string &list) {
    if (list.size() < access_list_header_bytes ||
        little_endian_at(list, 0, access_list_header_bytes) != access_list_version)
        return;
    for (std::size_t entry = access_list_header_bytes; entry + access_list_entry_bytes <= list.size();
         entry += access_list_entry_bytes) {
        const std::uint32_t tag = little_endian_at(list, entry, 2);
        const std::size_t place = entry + access_list_number_offset;
        const std::uint32_t number = little_endian_at(list, place, 4);
        if (tag == access_list_user)
            put_little_endian(list, place, owners.user(number));
        else if (tag == access_list_group)
            put_little_endian(list, place, owners.group(number));
    }
}

} // namespace

void translate_access_lists(const OwnerTranslation &owners, std::map<std::string, std::string> &extended) {
    for (const char *name : {"system.posix_acl_access", "system.posix_acl_default"})
        if (const auto found = extended.find(name); found != extended.end())
            translate_access_list(owners, found->second);
}

} // namespace hooks
