// The administrator's policy objects: the files in /etc/mailsec/policies, with every $(FILE:...) macro
// replaced by the contents of its file. Reads files only; knows neither mail nor the store. Format:
// image/product/policy-format.md.
#pragma once

#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace mailsec {

/// A policy, or a file that one of its macros names, cannot be used. The message names the file and the
/// reason.
class PolicyError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

enum class Condition { body_words, sender_address, always };
enum class Action { reject, tag, header };

struct Policy {
    std::string name;
    bool active = false;
    Condition condition = Condition::always;
    Action action = Action::tag;
    std::vector<std::string> entries; ///< of an active policy; one a line, neither blank nor comment
};

/// Base64 (RFC 4648 section 4, white space allowed) to bytes. Throws PolicyError.
std::string decode_base64(std::string_view text);

/// The text with each macro replaced by the contents of its file. Throws PolicyError.
std::string expand_macros(std::string_view text);

/// One policy of format 1 or 2. Throws PolicyError.
Policy read_policy(const std::filesystem::path &file);

/// All files *.xml of the folder, by file name. Throws PolicyError.
std::vector<Policy> read_policies(const std::filesystem::path &folder);

/// The words of the definitions in use as a policy that tags a message; nothing without the file.
std::optional<Policy> read_definitions(const std::filesystem::path &words);

} // namespace mailsec
