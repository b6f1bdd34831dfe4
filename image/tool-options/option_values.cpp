// Uses getopt_long.
#include "image/tool-options/option_values.hpp"

#include <getopt.h>

namespace tool_options {

OptionValues::OptionValues(int argument_count, char **arguments, const std::vector<Known> &known) {
    std::vector<option> table;
    table.reserve(known.size() + 1);
    for (const Known &each : known)
        table.push_back(
            {each.name, each.takes == Known::Takes::nothing ? no_argument : required_argument, nullptr, 0});
    table.push_back({});
    opterr = 0;
    optind = 1;
    int which = 0;
    for (int found = 0; (found = getopt_long(argument_count, arguments, ":", table.data(), &which)) != -1;) {
        const std::string given = arguments[optind - 1];
        if (found == ':')
            throw WrongUsage(given + " needs a value");
        if (found != 0)
            throw WrongUsage("unknown option " + given);
        const Known &option = known.at(static_cast<std::size_t>(which));
        if (has(option.name) && option.takes != Known::Takes::values)
            throw WrongUsage(std::string("--") + option.name + " is given twice");
        values_.emplace(option.name, optarg ? optarg : "");
    }
    rest_.assign(arguments + optind, arguments + argument_count);
}

std::string OptionValues::required(const std::string &name) const {
    const auto found = values_.find(name);
    if (found == values_.end() || found->second.empty())
        throw WrongUsage("--" + name + " is missing");
    return found->second;
}

std::vector<std::string> OptionValues::all(const std::string &name) const {
    std::vector<std::string> list;
    const auto [first, last] = values_.equal_range(name);
    for (auto each = first; each != last; ++each)
        list.push_back(each->second);
    return list;
}

void OptionValues::refuse_rest() const {
    if (!rest_.empty())
        throw WrongUsage("\"" + rest_.front() + "\" is not expected here");
}

} // namespace tool_options
