// One report to the server: what has become of an action. Words and bounds are the server's.
#pragma once

#include <chrono>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace updater::hawkbit {

/// Which resource a report belongs to.
enum class Subject { deployment, cancel, confirmation };

enum class Execution { scheduled, download, downloaded, proceeding, resumed, rejected, canceled, closed };

enum class Finished { none, success, failure };

struct Feedback {
    Subject subject = Subject::deployment;
    std::string action; ///< id
    Execution execution = Execution::proceeding;
    Finished finished = Finished::none;
    std::vector<std::string> details;
    std::chrono::sys_seconds time{};
    bool confirmed = false; ///< of a confirmation: the answer

    /// After it the server expects nothing more about the action.
    bool is_final() const { return subject != Subject::deployment || execution == Execution::closed; }
};

inline constexpr std::size_t max_details = 20;
inline constexpr std::size_t max_detail_bytes = 512;

/// One line without what the server takes for HTML, cut at a character.
std::string detail_text(std::string_view text);

/// "/deploymentBase/5/feedback"
std::string feedback_tail(const Feedback &feedback);
std::string feedback_body(const Feedback &feedback);

/// As it is kept on the disk. The second throws nlohmann::json::exception or std::runtime_error for what the
/// first didn't write.
nlohmann::json to_json(const Feedback &feedback);
Feedback feedback_from(const nlohmann::json &kept);

} // namespace updater::hawkbit
