// What the checks found: one finding for each check, and how bad it is. Checks nothing itself.
#pragma once

#include "updater/messages/code.hpp"

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace updater::checks {

/// In the order from good to bad. Only `fail` keeps an installation from beginning.
enum class Verdict {
    pass,
    skip,   ///< does not apply to this appliance or this firmware, or could not be checked yet
    notice, ///< works; worth knowing before
    warn,   ///< works, but something is lost or may go wrong
    fail    ///< the installation would be refused
};

/// "PASS", "SKIP", "NOTICE", "WARN", "FAIL".
std::string_view word_of(Verdict verdict);

struct Finding {
    std::string check; ///< a short name that stays the same from release to release: "version", "space /data"
    Verdict verdict = Verdict::pass;
    std::string text;                        ///< what was found and what is needed, in one line
    std::string advice;                      ///< how to mend it, "" if there is nothing to mend
    std::optional<messages::Code> code = {}; ///< without one add() gives that of the check
};

/// Collects findings. What a check throws becomes a finding as well, so that one run shows all that is wrong.
class Findings {
  public:
    /// Cleans the texts.
    void add(Finding finding);

    /// Adds a PASS with the text that `check` returns, or a FAIL with what the Refused says that it throws.
    /// Any other exception is a FAIL too: what cannot be checked cannot be relied on.
    void run(const std::string &name, const std::function<std::string()> &check);
    /// The same for a check that decides the verdict itself. Its finding gets the name. `if_unknown`: the
    /// verdict when it cannot be checked.
    void judge(const std::string &name, const std::function<Finding()> &check,
               Verdict if_unknown = Verdict::fail);

    const std::vector<Finding> &all() const { return all_; }
    /// `pass` if there are none.
    Verdict worst() const;

    /// Throws Refused if there is a FAIL: the text names all of them.
    void refuse_failures() const;

  private:
    std::vector<Finding> all_;
};

/// For the checks document: list of {"check", "verdict", "text", "advice", "code"}, the verdict in lower
/// case.
nlohmann::json to_json(const Findings &findings);

} // namespace updater::checks
