// Amounts of bytes for people: the one way in which all programs write them.
#pragma once

#include <cstdint>
#include <string>

namespace updater::text {

/// Three significant digits and a binary unit: "999 bytes", "1.50 KiB", "31.2 MiB", "1023 MiB", "20.0 GiB".
std::string bytes_text(std::uint64_t bytes);

} // namespace updater::text
