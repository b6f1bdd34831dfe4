#include "tests/support/file_contents.hpp"

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace test_files {

std::string read_file(const std::filesystem::path &path) {
    std::ifstream stream(path, std::ios::binary);
    std::ostringstream contents;
    contents << stream.rdbuf();
    if (!stream)
        throw std::runtime_error("cannot read " + path.string());
    return contents.str();
}

void write_file(const std::filesystem::path &path, std::string_view contents) {
    std::ofstream stream(path, std::ios::binary | std::ios::trunc);
    stream << contents;
    stream.close();
    if (!stream)
        throw std::runtime_error("cannot write " + path.string());
}

} // namespace test_files
