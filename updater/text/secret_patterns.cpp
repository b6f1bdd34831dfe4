#include "updater/text/secret_patterns.hpp"

#include <array>
#include <regex.h>
#include <stdexcept>

namespace updater::text {

namespace {

// POSIX extended expressions (regex(7)): the C library's matcher does not recurse, so a long line cannot
// exhaust the thread's stack.
struct SecretPattern {
    const char *expression;
    std::size_t secret; // the group that is replaced
};

#define UPDATER_SECRET_WORD                                                                                  \
    "(pass(word|wd|phrase)?|pwd|secret|token|api[-_]?key|private[-_]?key|credentials?)"
constexpr std::array patterns{
    // https://user:secret@host: up to the last @ before the path, for passwords that hold an @ themselves
    SecretPattern{"://[^/:@[:space:]]*:([^/[:space:]]+)@", 1},
    // https://token@host
    SecretPattern{"https?://([^/:@?#[:space:]\"'<>]+)@", 1},
    // https://host/file?sig=…&token=…: the query often holds credentials
    SecretPattern{"https?://[^?#[:space:]\"'<>]*[?]([^[:space:]\"'<>]+)", 1},
    // Authorization: Basic …, Bearer … (RFC 9110, section 11.6.2)
    SecretPattern{"authorization[\"']?[[:space:]]*[:=][[:space:]]*[\"']?([a-z]+[[:space:]]+[^[:space:]\"']+)",
                  1},
    SecretPattern{"bearer[[:space:]]+([-a-z0-9._~+/]+=*)", 1},
    // password="…", password='…': the quoted value with its spaces
    SecretPattern{UPDATER_SECRET_WORD "[\"']?[[:space:]]*[:=][[:space:]]*\"(([^\"\\]|\\\\.)*)", 3},
    SecretPattern{UPDATER_SECRET_WORD "[\"']?[[:space:]]*[:=][[:space:]]*'(([^'\\]|\\\\.)*)", 3},
    // password=…, password: …: until the next space, comma or semicolon
    SecretPattern{UPDATER_SECRET_WORD "[\"']?[[:space:]]*[:=][[:space:]]*([^[:space:],;\"'][^[:space:],;]*)",
                  3},
    // --password … on a command line
    SecretPattern{"--" UPDATER_SECRET_WORD "[[:space:]]+([^[:space:]]+)", 3},
    // <password>…</password>
    SecretPattern{"<[^>/]*" UPDATER_SECRET_WORD "[^>]*>([^<]+)", 3},
    // SQL: ALTER ROLE … PASSWORD '…', IDENTIFIED BY '…'
    SecretPattern{"(password|identified[[:space:]]+by)[[:space:]]+'(([^']|'')*)", 2},
};
#undef UPDATER_SECRET_WORD

constexpr std::size_t max_groups = 8;

class CompiledPatterns {
  public:
    CompiledPatterns() {
        for (std::size_t row = 0; row < patterns.size(); ++row)
            if (regcomp(&expressions_[row], patterns[row].expression, REG_EXTENDED | REG_ICASE) != 0)
                throw std::logic_error(std::string("a pattern for secrets cannot be compiled: ") +
                                       patterns[row].expression);
    }
    ~CompiledPatterns() {
        for (regex_t &expression : expressions_)
            regfree(&expression);
    }
    CompiledPatterns(const CompiledPatterns &) = delete;
    CompiledPatterns &operator=(const CompiledPatterns &) = delete;

    const regex_t &operator[](std::size_t row) const { return expressions_[row]; }

  private:
    std::array<regex_t, patterns.size()> expressions_{};
};

std::string mask_with(const regex_t &expression, std::size_t secret, const std::string &text) {
    std::string masked;
    std::size_t from = 0;
    std::array<regmatch_t, max_groups> groups{};
    while (from < text.size() && regexec(&expression, text.c_str() + from, groups.size(), groups.data(),
                                         from == 0 ? 0 : REG_NOTBOL) == 0) {
        const auto begin = static_cast<std::size_t>(groups[secret].rm_so);
        const auto end = static_cast<std::size_t>(groups[secret].rm_eo);
        masked.append(text, from, begin).append("***");
        // Every pattern begins with a literal, so the match is never empty and `from` rises.
        from += end;
    }
    return masked.append(text, from);
}

} // namespace

std::string mask_secrets(const std::string &text) {
    // Compiled once and never changed: part of the table, not state.
    static const CompiledPatterns expressions;
    std::string masked = text;
    for (std::size_t row = 0; row < patterns.size(); ++row)
        masked = mask_with(expressions[row], patterns[row].secret, masked);
    return masked;
}

} // namespace updater::text
