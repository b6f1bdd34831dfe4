// Whole files in one call, for tests on real folders. Knows no format.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace test_files {

/// Both throw std::runtime_error naming the file.
std::string read_file(const std::filesystem::path &path);
void write_file(const std::filesystem::path &path, std::string_view contents);

} // namespace test_files
