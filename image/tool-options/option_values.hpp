// The options of one command of a vendor's tool, by name. Knows no command and reads no file.
#pragma once

#include <charconv>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace tool_options {

/// The message names the option at fault.
class WrongUsage : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// An option that a command knows.
struct Known {
    const char *name;
    enum class Takes { value, nothing, values } takes = Takes::value; ///< values: may be given several times
};

class OptionValues {
  public:
    /// Parses the arguments after the command's name. Throws WrongUsage.
    OptionValues(int argument_count, char **arguments, const std::vector<Known> &known);

    bool has(const std::string &name) const { return values_.contains(name); }
    /// Throws WrongUsage if it is missing or empty.
    std::string required(const std::string &name) const;
    /// In the order given.
    std::vector<std::string> all(const std::string &name) const;
    /// Throws WrongUsage if there is an argument that is not an option.
    void refuse_rest() const;
    const std::vector<std::string> &rest() const { return rest_; }

    /// From 1 to `max`; `fallback` if it is not given. Throws WrongUsage.
    template <class Number> Number number(const std::string &name, Number fallback, Number max) const {
        if (!has(name))
            return fallback;
        const std::string text = required(name);
        Number value{};
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc() || end != text.data() + text.size() || value < 1 || value > max)
            throw WrongUsage("--" + name + " is a number from 1 to " + std::to_string(max));
        return value;
    }

  private:
    std::multimap<std::string, std::string> values_;
    std::vector<std::string> rest_;
};

} // namespace tool_options
