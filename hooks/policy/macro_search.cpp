// The search for macros; see the header for what is found. Base64 is decoded by OpenSSL.
#include "hooks/policy/macro_search.hpp"

#include <algorithm>
#include <openssl/evp.h>
#include <optional>
#include <stdexcept>
#include <tinyxml2.h>

namespace hooks::policy {

namespace {

constexpr std::string_view macro_start = "$(FILE";
constexpr int greatest_depth = 3;
// The shortest macro, $(FILE:/), is nine bytes: twelve characters of base64.
constexpr std::size_t shortest_run = 12;

// The character in the standard alphabet, or nothing.
std::optional<char> base64_character(char c) {
    if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/')
        return c;
    if (c == '-')
        return '+';
    if (c == '_')
        return '/';
    return std::nullopt;
}

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

// The characters of each run of base64, without the white space in it.
std::vector<std::string> base64_runs(std::string_view text) {
    std::vector<std::string> runs(1);
    for (const char c : text) {
        if (const std::optional<char> character = base64_character(c))
            runs.back() += *character;
        else if (!is_blank(c) && !runs.back().empty())
            runs.emplace_back();
    }
    std::erase_if(runs, [](const std::string &run) { return run.size() < shortest_run; });
    return runs;
}

// characters: only of the base64 alphabet. A trailing one that makes no byte is ignored.
std::string decode(std::string_view characters) {
    const std::size_t remainder = characters.size() % 4;
    std::string padded(characters.substr(0, remainder == 1 ? characters.size() - 1 : characters.size()));
    const std::size_t padding = remainder == 2 ? 2 : remainder == 3 ? 1 : 0;
    padded.append(padding, '=');
    std::string bytes(padded.size() / 4 * 3, '\0');
    const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char *>(bytes.data()),
                                       reinterpret_cast<const unsigned char *>(padded.data()),
                                       static_cast<int>(padded.size()));
    if (length < 0)
        throw std::logic_error("OpenSSL refused text made of base64 characters only");
    // EVP_DecodeBlock counts the padding as bytes.
    bytes.resize(static_cast<std::size_t>(length) - padding);
    return bytes;
}

void add_plain_macros(std::string_view text, std::vector<Macro> &found) {
    for (std::size_t at = text.find(macro_start); at != std::string_view::npos;
         at = text.find(macro_start, at + macro_start.size())) {
        std::string_view rest = text.substr(at + macro_start.size());
        // The format says ':'. A blank and an empty string are accepted too: carrying an extra file is
        // harmless.
        if (rest.starts_with(':'))
            rest.remove_prefix(1);
        else if (rest.starts_with(' ') || rest.starts_with('\t'))
            rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
        else if (!rest.starts_with('/'))
            continue; // another macro whose name begins the same way
        const std::size_t end = rest.find(')');
        if (end == std::string_view::npos)
            found.push_back({std::string(rest.substr(0, rest.find('\n'))), false});
        else
            found.push_back({std::string(rest.substr(0, end)), true});
    }
}

void add_macros(std::string_view text, int depth, std::vector<Macro> &found) {
    add_plain_macros(text, found);
    if (depth == greatest_depth)
        return;
    for (const std::string &run : base64_runs(text))
        for (std::size_t first = 0; first < 4; ++first)
            add_macros(decode(std::string_view(run).substr(first)), depth + 1, found);
}

void add_macros_of(const tinyxml2::XMLElement &element, std::vector<Macro> &found) {
    for (const tinyxml2::XMLAttribute *attribute = element.FirstAttribute(); attribute != nullptr;
         attribute = attribute->Next())
        add_macros(attribute->Value(), 0, found);

    std::string text;
    const auto end_text = [&] {
        add_macros(text, 0, found);
        text.clear();
    };
    for (const tinyxml2::XMLNode *node = element.FirstChild(); node != nullptr; node = node->NextSibling()) {
        if (node->ToText() != nullptr) {
            text += node->Value();
        } else if (const tinyxml2::XMLElement *child = node->ToElement()) {
            end_text();
            add_macros_of(*child, found);
        }
    }
    end_text();
}

} // namespace

std::vector<Macro> find_macros_in_text(std::string_view text) {
    std::vector<Macro> found;
    add_macros(text, 0, found);
    std::sort(found.begin(), found.end());
    return found;
}

std::vector<Macro> find_macros(const tinyxml2::XMLDocument &policy) {
    std::vector<Macro> found;
    for (const tinyxml2::XMLElement *element = policy.FirstChildElement(); element != nullptr;
         element = element->NextSiblingElement())
        add_macros_of(*element, found);
    std::sort(found.begin(), found.end());
    return found;
}

} // namespace hooks::policy
