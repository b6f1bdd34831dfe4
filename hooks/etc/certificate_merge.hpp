// Three-way merge of a bundle of certificates, one certificate at a time: lines of two of them must not be
// mixed, and their order does not matter. Text in, text out. Format: RFC 7468.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hooks::etc {

/// Whether this path below /etc is a bundle of certificates.
bool is_certificate_bundle(std::string_view relative_path);

/// The new image's certificates without those that the administrator removed, then those that he added.
/// Nothing if one of the texts contains anything else.
std::optional<std::string> merge_certificates(std::string_view base, std::string_view mine,
                                              std::string_view theirs);

} // namespace hooks::etc
