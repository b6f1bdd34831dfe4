// Finds secrets in a line of text by a table of patterns, and masks them. The rest of cleaning is in
// clean_text.
#pragma once

#include <string>

namespace updater::text {

/// `text` with each secret that a pattern of the table finds replaced by "***". `text` holds no NUL byte.
std::string mask_secrets(const std::string &text);

} // namespace updater::text
