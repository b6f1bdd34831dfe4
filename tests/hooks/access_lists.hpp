// Access lists in the kernel's format (linux/posix_acl_xattr.h), and reading any extended attribute.
#pragma once

#include <filesystem>
#include <string>
#include <sys/xattr.h>
#include <utility>
#include <vector>

/// One line each: tag and number.
inline std::string access_list_of(const std::vector<std::pair<unsigned, unsigned>> &entries) {
    std::string list("\x02\0\0\0", 4);
    for (const auto &[tag, number] : entries) {
        list += std::string{static_cast<char>(tag), 0, 4, 0};
        for (const unsigned shift : {0U, 8U, 16U, 24U})
            list += static_cast<char>(number >> shift & 0xffU);
    }
    return list;
}

/// One named user, and the mandatory entries.
inline std::string readable_by(unsigned user) {
    return access_list_of({{0x01, ~0U}, {0x02, user}, {0x04, ~0U}, {0x10, ~0U}, {0x20, ~0U}});
}

/// A named user and a named group.
inline std::string readable_by(unsigned user, unsigned group) {
    return access_list_of({{0x01, ~0U}, {0x02, user}, {0x04, ~0U}, {0x08, group}, {0x10, ~0U}, {0x20, ~0U}});
}

inline std::string attribute_at(const std::filesystem::path &path, const char *name) {
    std::string value(1024, '\0');
    const ssize_t length = lgetxattr(path.c_str(), name, value.data(), value.size());
    return length < 0 ? "" : value.substr(0, static_cast<std::size_t>(length));
}
