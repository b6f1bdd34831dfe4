// Makes a text from outside (a hook's output, an error message) safe for logs and terminals. Does not know
// where the text goes.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace updater::text {

inline constexpr std::size_t max_log_text_bytes = 2000;

/// One line of valid UTF-8 without control characters or terminal escapes, at most max_log_text_bytes
/// long (cut at a character, ending in "…"), with what looks like a secret replaced by "***": values of
/// password=, secret: and the like, SQL's PASSWORD '…', Authorization headers, the password in a URL and all
/// that follows its "?", private keys in PEM.
std::string clean_text(std::string_view text);

/// The same for a sequence of lines: also masks the body of a private key (RFC 7468) that is given line by
/// line.
class TextCleaner {
  public:
    std::string clean(std::string_view text);

  private:
    bool inside_private_key_ = false;
};

} // namespace updater::text
