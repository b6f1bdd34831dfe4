// The command line of update-image. Reads no file.
#pragma once

#include "image/image-tool/image_writer.hpp"

#include <stdexcept>
#include <variant>

namespace image_tool {

/// The message names the option at fault.
class WrongUsage : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

struct HelpCommand {};
using Command = std::variant<ImageRequest, HelpCommand>;

/// Throws WrongUsage.
Command parse_command_line(int argument_count, char **arguments);

extern const char *const help_text;

} // namespace image_tool
