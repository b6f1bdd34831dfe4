#include "updater/control/report_lines.hpp"

#include <algorithm>

namespace updater::control {

std::string field(const char *name, const std::string &value) {
    constexpr std::size_t column = 16;
    std::string line = name;
    line.resize(std::max(column, line.size() + 1), ' ');
    return line + value + "\n";
}

std::string or_else(const std::string &text, const char *otherwise) {
    return text.empty() ? otherwise : text;
}

} // namespace updater::control
