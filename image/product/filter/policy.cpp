// Turns policy files into Policy values. Decides nothing about messages.
#include "image/product/filter/policy.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <openssl/evp.h>
#include <sstream>
#include <tinyxml2.h>

namespace mailsec {
namespace {

using tinyxml2::XMLElement;

void require_known(const XMLElement &element, std::initializer_list<std::string_view> attributes,
                   std::initializer_list<std::string_view> children) {
    auto known = [](std::initializer_list<std::string_view> names, std::string_view name) {
        return std::find(names.begin(), names.end(), name) != names.end();
    };
    for (const auto *attribute = element.FirstAttribute(); attribute != nullptr;
         attribute = attribute->Next()) {
        if (!known(attributes, attribute->Name()))
            throw PolicyError(std::string("<") + element.Name() + "> has an unknown attribute '" +
                              attribute->Name() + "'");
    }
    for (const auto *child = element.FirstChildElement(); child != nullptr;
         child = child->NextSiblingElement()) {
        if (!known(children, child->Name()))
            throw PolicyError(std::string("<") + element.Name() + "> has an unknown element <" +
                              child->Name() + ">");
    }
}

const XMLElement &only_child(const XMLElement &parent, const char *name) {
    const XMLElement *child = parent.FirstChildElement(name);
    if (child == nullptr || child->NextSiblingElement(name) != nullptr)
        throw PolicyError(std::string("<") + parent.Name() + "> needs exactly one <" + name + ">");
    return *child;
}

std::string attribute_of(const XMLElement &element, const char *name, const char *when_absent = nullptr) {
    const char *value = element.Attribute(name);
    if (value == nullptr)
        value = when_absent;
    if (value == nullptr)
        throw PolicyError(std::string("<") + element.Name() + "> needs the attribute '" + name + "'");
    return value;
}

std::string text_of(const XMLElement &element) {
    const char *text = element.GetText();
    return text == nullptr ? "" : text;
}

Action action_named(const std::string &name) {
    if (name == "reject")
        return Action::reject;
    if (name == "tag")
        return Action::tag;
    if (name == "header")
        return Action::header;
    throw PolicyError("unknown action '" + name + "'");
}

bool one_of_two(const std::string &value, const char *yes, const char *no) {
    if (value != yes && value != no)
        throw PolicyError("'" + value + "' where '" + yes + "' or '" + no + "' is needed");
    return value == yes;
}

std::vector<std::string> entries_of(const std::string &text) {
    std::vector<std::string> entries;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        const auto first = line.find_first_not_of(" \t\r");
        if (first == std::string::npos || line[first] == '#')
            continue;
        entries.push_back(line.substr(first, line.find_last_not_of(" \t\r") - first + 1));
    }
    return entries;
}

// Both parsers return the base64 text, which is decoded only for an active policy.
std::string parse_format_1(const XMLElement &root, Policy &policy) {
    require_known(root, {"format", "name", "enabled"}, {"description", "list", "action"});
    policy.active = one_of_two(attribute_of(root, "enabled", "yes"), "yes", "no");
    const XMLElement &list = only_child(root, "list");
    require_known(list, {"type"}, {});
    const std::string type = attribute_of(list, "type");
    if (type == "words")
        policy.condition = Condition::body_words;
    else if (type == "senders")
        policy.condition = Condition::sender_address;
    else if (type == "notice")
        policy.condition = Condition::always;
    else
        throw PolicyError("unknown list type '" + type + "'");
    const XMLElement &action = only_child(root, "action");
    require_known(action, {}, {});
    policy.action = action_named(text_of(action));
    return text_of(list);
}

std::string parse_format_2(const XMLElement &root, Policy &policy) {
    require_known(root, {"format", "name", "state"}, {"description", "match", "action"});
    policy.active = one_of_two(attribute_of(root, "state"), "active", "inactive");
    const XMLElement &match = only_child(root, "match");
    require_known(match, {"kind"}, {"value"});
    const std::string kind = attribute_of(match, "kind");
    if (kind == "body-words")
        policy.condition = Condition::body_words;
    else if (kind == "sender-address")
        policy.condition = Condition::sender_address;
    else if (kind == "always")
        policy.condition = Condition::always;
    else
        throw PolicyError("unknown match kind '" + kind + "'");
    const XMLElement &action = only_child(root, "action");
    require_known(action, {"kind"}, {"value"});
    policy.action = action_named(attribute_of(action, "kind"));
    const XMLElement &value = only_child(policy.condition == Condition::always ? action : match, "value");
    require_known(value, {"encoding"}, {});
    if (attribute_of(value, "encoding") != "base64")
        throw PolicyError("<value> has an encoding that is not base64");
    return text_of(value);
}

Policy parse_policy(const std::filesystem::path &file) {
    tinyxml2::XMLDocument document;
    if (document.LoadFile(file.c_str()) != tinyxml2::XML_SUCCESS)
        throw PolicyError(document.ErrorStr());
    const XMLElement *root = document.RootElement();
    if (root == nullptr || std::string_view(root->Name()) != "policy")
        throw PolicyError("the outermost element is not <policy>");
    Policy policy;
    policy.name = attribute_of(*root, "name");
    const std::string format = attribute_of(*root, "format");
    if (format != "1" && format != "2")
        throw PolicyError("format '" + format + "' is not known here");
    const std::string text = format == "1" ? parse_format_1(*root, policy) : parse_format_2(*root, policy);
    if ((policy.condition == Condition::always) != (policy.action == Action::header))
        throw PolicyError("the action 'header' goes with a notice and with nothing else");
    if (policy.active)
        policy.entries = entries_of(expand_macros(decode_base64(text)));
    return policy;
}

std::string contents_of(const std::filesystem::path &file) {
    std::ifstream stream(file, std::ios::binary);
    std::string contents{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    if (!stream.is_open() || stream.bad())
        throw PolicyError("a macro names '" + file.string() + "', which cannot be read");
    return contents;
}

} // namespace

std::optional<Policy> read_definitions(const std::filesystem::path &words) {
    std::ifstream stream(words, std::ios::binary);
    if (!stream.is_open())
        return std::nullopt;
    return Policy{.name = "definitions",
                  .active = true,
                  .condition = Condition::body_words,
                  .action = Action::tag,
                  .entries = entries_of({std::istreambuf_iterator<char>(stream), {}})};
}

std::string decode_base64(std::string_view text) {
    const std::unique_ptr<EVP_ENCODE_CTX, decltype(&EVP_ENCODE_CTX_free)> context(EVP_ENCODE_CTX_new(),
                                                                                  EVP_ENCODE_CTX_free);
    // OpenSSL's decoder expects lines; all white space is removed so that every layout works.
    std::string digits;
    std::copy_if(text.begin(), text.end(), std::back_inserter(digits),
                 [](char c) { return std::isspace(static_cast<unsigned char>(c)) == 0; });
    if (digits.empty())
        return {};
    std::vector<unsigned char> input(digits.begin(), digits.end());
    std::vector<unsigned char> output(input.size() + 64);
    int decoded = 0;
    int last = 0;
    EVP_DecodeInit(context.get());
    if (digits.size() % 4 != 0 ||
        EVP_DecodeUpdate(context.get(), output.data(), &decoded, input.data(),
                         static_cast<int>(input.size())) < 0 ||
        EVP_DecodeFinal(context.get(), output.data() + decoded, &last) != 1)
        throw PolicyError("its text is not base64");
    return {output.begin(), output.begin() + decoded + last};
}

std::string expand_macros(std::string_view text) {
    static constexpr std::string_view opening = "$(FILE:";
    std::string expanded;
    for (;;) {
        const auto begin = text.find(opening);
        expanded += text.substr(0, begin);
        if (begin == std::string_view::npos)
            return expanded;
        const auto end = text.find(')', begin);
        if (end == std::string_view::npos)
            throw PolicyError("a $(FILE: macro has no end");
        const std::filesystem::path file(text.substr(begin + opening.size(), end - begin - opening.size()));
        if (!file.is_absolute() || std::find(file.begin(), file.end(), "..") != file.end())
            throw PolicyError("a macro names '" + file.string() +
                              "', which is not an absolute path without '..'");
        expanded += contents_of(file);
        text.remove_prefix(end + 1);
    }
}

Policy read_policy(const std::filesystem::path &file) {
    try {
        return parse_policy(file);
    } catch (const PolicyError &error) {
        throw PolicyError("policy " + file.string() + ": " + error.what());
    }
}

std::vector<Policy> read_policies(const std::filesystem::path &folder) {
    std::vector<std::filesystem::path> files;
    try {
        for (const auto &entry : std::filesystem::directory_iterator(folder))
            if (entry.path().extension() == ".xml")
                files.push_back(entry.path());
    } catch (const std::filesystem::filesystem_error &error) {
        throw PolicyError("policies cannot be listed: " + std::string(error.what()));
    }
    std::sort(files.begin(), files.end());
    std::vector<Policy> policies;
    policies.reserve(files.size());
    for (const auto &file : files)
        policies.push_back(read_policy(file));
    return policies;
}

} // namespace mailsec
