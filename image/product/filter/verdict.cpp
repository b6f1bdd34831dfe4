// Compares a message with the policies. Words are looked for in the raw body: this product decodes no MIME
// parts.
#include "image/product/filter/verdict.hpp"

#include <algorithm>
#include <cctype>

namespace mailsec {
namespace {

std::string lower_case(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

std::string joined(const std::vector<std::string> &entries, const char *separator) {
    std::string text;
    for (const std::string &entry : entries)
        text += (text.empty() ? "" : separator) + entry;
    return text;
}

bool matches(const Policy &policy, const std::string &lower_body, const std::string &lower_sender) {
    switch (policy.condition) {
    case Condition::always:
        return true;
    case Condition::body_words:
        return std::any_of(policy.entries.begin(), policy.entries.end(), [&](const std::string &word) {
            return lower_body.find(lower_case(word)) != std::string::npos;
        });
    case Condition::sender_address:
        return std::any_of(policy.entries.begin(), policy.entries.end(),
                           [&](const std::string &address) { return lower_sender == lower_case(address); });
    }
    return false;
}

} // namespace

Verdict judge(const Message &message, const std::vector<Policy> &policies) {
    static constexpr std::size_t max_characters_shown = 200;
    const std::string body = lower_case(message.body);
    const std::string sender = lower_case(message.sender);
    Verdict verdict;
    for (const Policy &policy : policies) {
        if (!policy.active)
            continue;
        verdict.new_headers.emplace_back(
            "X-Mailsec-Policy", policy.name + "; " + std::to_string(policy.entries.size()) + " entries: " +
                                    joined(policy.entries, ", ").substr(0, max_characters_shown));
        if (!matches(policy, body, sender))
            continue;
        switch (policy.action) {
        case Action::reject:
            verdict.rejected_by = policy.name;
            return verdict;
        case Action::tag:
            verdict.new_headers.emplace_back("X-Mailsec-Tag", policy.name);
            break;
        case Action::header:
            verdict.new_headers.emplace_back("X-Mailsec-Notice", joined(policy.entries, " "));
            break;
        }
    }
    return verdict;
}

} // namespace mailsec
