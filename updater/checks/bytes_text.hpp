// A number of bytes for a person to read.
#pragma once

#include <cstdint>
#include <string>

namespace updater {

/// "999 bytes", "1.5 KiB", "20.0 GiB".
std::string bytes_text(std::uint64_t bytes);

} // namespace updater
