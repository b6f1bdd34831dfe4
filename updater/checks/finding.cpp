#include "updater/checks/finding.hpp"

#include "updater/checks/check_codes.hpp"
#include "updater/refusal.hpp"
#include "updater/text/clean_text.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

namespace updater::checks {

namespace {

constexpr std::array<std::string_view, 5> verdict_words{"PASS", "SKIP", "NOTICE", "WARN", "FAIL"};

std::string lower_case(std::string_view word) {
    std::string text(word);
    std::ranges::transform(text, text.begin(),
                           [](char letter) { return static_cast<char>(letter - 'A' + 'a'); });
    return text;
}

/// Nothing: none that says more than the check's.
std::optional<messages::Code> code_of_refusal(const Refused &refusal) {
    return refusal.code() == messages::Code::refused ? std::nullopt : std::optional(refusal.code());
}

/// An advice that ends with a command has no full stop: what follows would become a part of the command.
void add_advice(std::string &all, const std::string &next) {
    if (!all.empty())
        all += all.ends_with('.') ? " " : "; ";
    all += next;
}

} // namespace

std::string_view word_of(Verdict verdict) {
    return verdict_words.at(static_cast<std::size_t>(verdict));
}

void Findings::add(Finding finding) {
    // File names and words of servers are in them, and everybody may read them.
    finding.check = text::clean_text(finding.check);
    finding.text = text::clean_text(finding.text);
    finding.advice = text::clean_text(finding.advice);
    if (!finding.code)
        finding.code = code_of_check(finding.check);
    all_.push_back(std::move(finding));
}

void Findings::run(const std::string &name, const std::function<std::string()> &check) {
    judge(name,
          [&] { return Finding{.check = name, .verdict = Verdict::pass, .text = check(), .advice = {}}; });
}

void Findings::judge(const std::string &name, const std::function<Finding()> &check, Verdict if_unknown) {
    try {
        Finding finding = check();
        finding.check = name;
        add(std::move(finding));
    } catch (const Refused &refusal) {
        add({name, Verdict::fail, refusal.what(), refusal.next_step(), code_of_refusal(refusal)});
    } catch (const std::exception &failure) {
        add({name, if_unknown, std::string("cannot be checked: ") + failure.what(),
             "See the agent's own messages: journalctl -u update-agent"});
    }
}

Verdict Findings::worst() const {
    const auto worst = std::ranges::max_element(all_, {}, &Finding::verdict);
    return worst == all_.end() ? Verdict::pass : worst->verdict;
}

void Findings::refuse_failures() const {
    std::string texts;
    std::string advice;
    auto code = messages::Code::refused;
    for (const Finding &finding : all_) {
        if (finding.verdict != Verdict::fail)
            continue;
        const auto its_code = finding.code.value_or(messages::Code::refused);
        code = texts.empty() || code == its_code ? its_code : messages::Code::several_checks;
        texts += (texts.empty() ? "" : "; ") + finding.text;
        if (!finding.advice.empty())
            add_advice(advice, finding.advice);
    }
    if (!texts.empty())
        throw Refused(texts, advice, code);
}

nlohmann::json to_json(const Findings &findings) {
    nlohmann::json list = nlohmann::json::array();
    for (const Finding &finding : findings.all())
        list.push_back({{"check", finding.check},
                        {"verdict", lower_case(word_of(finding.verdict))},
                        {"text", finding.text},
                        {"advice", finding.advice},
                        {"code", finding.code ? messages::text_of(*finding.code) : ""}});
    return list;
}

} // namespace updater::checks
