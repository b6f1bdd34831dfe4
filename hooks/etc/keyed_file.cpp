// Splits a text into names and values; see the header.
#include "hooks/etc/keyed_file.hpp"

#include <algorithm>
#include <cctype>
#include <set>

namespace hooks::etc {

namespace {

constexpr std::string_view blanks = " \t\r\n";

// Removes blanks at both ends, and makes those between single.
std::string normalized(std::string_view text) {
    std::string result;
    for (const char c : text) {
        const bool blank = blanks.find(c) != std::string_view::npos;
        if (!blank)
            result += c;
        else if (!result.empty() && result.back() != ' ')
            result += ' ';
    }
    if (!result.empty() && result.back() == ' ')
        result.pop_back();
    return result;
}

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
    return text;
}

class KeyedReader {
  public:
    explicit KeyedReader(const KeyedGrammar &grammar) : grammar_(grammar) {}

    std::optional<std::vector<KeyedLine>> read(std::string_view text) {
        while (!text.empty() && understood_) {
            const std::size_t end = text.find('\n');
            take(std::string(text.substr(0, end)));
            text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        }
        if (!understood_ || is_open_)
            return std::nullopt;
        return std::move(lines_);
    }

  private:
    void take(const std::string &line) {
        const std::string plain = normalized(line);
        const bool ignored = plain.empty() || grammar_.comments.find(plain[0]) != std::string_view::npos;
        const bool begins_blank = !line.empty() && (line[0] == ' ' || line[0] == '\t');
        if (is_open_ && !(ignored && !plain.empty())) {
            is_open_ = line.ends_with('\\');
            append_to_last_name(line, plain);
        } else if (ignored) {
            lines_.push_back({section_, "", line + "\n", "", false});
        } else if (grammar_.continuation == Continuation::leading_blank && begins_blank && has_name()) {
            append_to_last_name(line, plain);
        } else if (!take_header(line, plain)) {
            take_name(line, plain);
        }
    }

    bool has_name() const { return !lines_.empty() && last_name() != lines_.end(); }

    std::vector<KeyedLine>::const_iterator last_name() const {
        for (auto line = lines_.end(); line != lines_.begin();) {
            --line;
            if (line->is_header)
                break;
            if (!line->name.empty())
                return line;
        }
        return lines_.end();
    }

    // Comments may stand between a name and its continuation.
    void append_to_last_name(const std::string &line, const std::string &plain) {
        const auto owner = lines_.begin() + (last_name() - lines_.cbegin());
        for (auto between = owner + 1; between != lines_.end(); ++between)
            owner->text += between->text;
        lines_.erase(owner + 1, lines_.end());
        owner->text += line + "\n";
        owner->value += (owner->value.empty() ? "" : " ") + plain;
    }

    bool take_header(const std::string &line, const std::string &plain) {
        const std::string word = lower(plain.substr(0, plain.find_first_of(" =")));
        const bool is_match = grammar_.sections == Sections::match && (word == "match" || word == "host");
        const bool is_bracket =
            grammar_.sections == Sections::brackets && plain.front() == '[' && plain.back() == ']';
        if (!is_match && !is_bracket)
            return false;
        section_ = is_match ? word + plain.substr(word.size()) : plain;
        if (!seen_sections_.insert(section_).second)
            understood_ = false;
        lines_.push_back({section_, "", line + "\n", "", true});
        return true;
    }

    void take_name(const std::string &line, const std::string &plain) {
        std::size_t end = plain.find_first_of(grammar_.separators);
        for (std::size_t word = 1; word < grammar_.words_in_name && end != std::string::npos; ++word)
            end = plain.find_first_of(grammar_.separators, end + 1);
        std::string name = normalized(plain.substr(0, end));
        std::string value = end == std::string::npos ? "" : normalized(plain.substr(end));
        // "name = value" in a grammar that also allows "name value".
        for (const char separator : grammar_.separators)
            if (separator != ' ' && separator != '\t' && !value.empty() && value[0] == separator) {
                value = normalized(value.substr(1));
                break;
            }
        if (grammar_.is_sysctl) {
            name.erase(0, name.starts_with('-') ? 1 : 0);
            std::replace(name.begin(), name.end(), '/', '.');
        }
        const bool has_odd_quotes = std::count(value.begin(), value.end(), '"') % 2 +
                                        std::count(value.begin(), value.end(), '\'') % 2 !=
                                    0;
        is_open_ = grammar_.continuation == Continuation::backslash && line.ends_with('\\');
        understood_ = is_name(name) && (end != std::string::npos || grammar_.allows_bare_names) &&
                      !(grammar_.is_shell && has_odd_quotes && !is_open_);
        lines_.push_back({section_, grammar_.folds_case ? lower(name) : name, line + "\n", value, false});
    }

    bool is_name(const std::string &name) const {
        const bool may_have_blanks = grammar_.words_in_name > 1 || grammar_.sections == Sections::brackets;
        return !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
            return std::isalnum(static_cast<unsigned char>(c)) != 0 || (c == ' ' && may_have_blanks) ||
                   std::string_view("_.-+*/@%[]:$").find(c) != std::string_view::npos;
        });
    }

    const KeyedGrammar &grammar_;
    std::vector<KeyedLine> lines_;
    std::string section_;
    std::set<std::string> seen_sections_;
    bool understood_ = true;
    bool is_open_ = false; // the last line ended with a backslash
};

} // namespace

std::optional<std::vector<KeyedLine>> read_keyed_lines(const KeyedGrammar &grammar, std::string_view text) {
    return KeyedReader(grammar).read(text);
}

KeyValues values_by_key(const std::vector<KeyedLine> &lines) {
    KeyValues values;
    for (const KeyedLine &line : lines)
        if (!line.name.empty())
            values[{line.section, line.name}].push_back(line.value);
    return values;
}

} // namespace hooks::etc
