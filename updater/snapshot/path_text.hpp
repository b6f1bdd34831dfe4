// Any bytes, such as the name of a file, as plain text, and back. For the archive and its description.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace updater::snapshot {

/// Bytes other than printable ASCII, and "%", become "%" and two hexadecimal digits.
std::string plain_from(std::string_view bytes);
/// The same for a line about that file: not longer than such a line may be, with "..." for the rest.
std::string plain_in_line(std::string_view bytes);
/// Nothing for a text that plain_from() doesn't make.
std::optional<std::string> bytes_from_plain(std::string_view plain);

} // namespace updater::snapshot
