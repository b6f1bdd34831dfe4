// One XML element of a file where everything has a meaning: what is asked for is read, and what was never
// asked for is an error with file, line and what would be allowed. Knows nothing of appliances.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <tinyxml2.h>
#include <vector>

namespace updater::configuration {

/// Every function throws ConfigurationError. finish() must be called when everything wanted was read.
class StrictElement {
  public:
    StrictElement(const tinyxml2::XMLElement &element, std::string file)
        : element_(&element), file_(std::move(file)) {}

    std::string text_attribute(const char *name);
    std::optional<std::string> optional_attribute(const char *name);
    /// A path that starts with '/' and has no "." or ".." in it.
    std::string path_attribute(const char *name);
    /// Without `if_absent` it must be there.
    std::uint64_t number_attribute(const char *name, std::uint64_t least, std::uint64_t max,
                                   std::optional<std::uint64_t> if_absent = std::nullopt);
    std::chrono::seconds seconds_attribute(const char *name);
    /// One of two words: true for `yes`.
    bool choice_attribute(const char *name, const char *yes, const char *no, bool if_absent);

    /// All that stands in an element that holds nothing but text, without blanks at both ends.
    std::string text() const;

    StrictElement child(const char *name);
    /// None or one.
    std::optional<StrictElement> optional_child(const char *name);
    std::vector<StrictElement> children(const char *name);

    /// Complains about attributes, elements and text that nothing above asked for.
    void finish() const;
    [[noreturn]] void complain(const std::string &what) const;

  private:
    const tinyxml2::XMLElement *element_;
    std::string file_;
    std::set<std::string> known_attributes_;
    std::set<std::string> known_children_;
};

} // namespace updater::configuration
