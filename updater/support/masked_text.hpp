// What may leave the appliance in a bundle: text without secrets and without the addresses of people who got
// or sent mail. Reads and writes nothing.
#pragma once

#include <string>
#include <string_view>

namespace updater::support {

/// Each line as text::TextCleaner leaves it, indented as before; the part of a mail address before the @ in
/// <…> becomes "***". JSON, also behind other words in a line, is spread over lines first, so that nothing of
/// a long document is cut off.
std::string masked_text(std::string_view raw);

} // namespace updater::support
