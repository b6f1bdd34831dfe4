#include "updater/fetch/report_limit.hpp"

#include <algorithm>
#include <utility>

namespace updater::fetch {

ReportLimit::ReportLimit(Report report, Now now)
    : report_(std::move(report)), now_(std::move(now)), earned_(now_()) {}

void ReportLimit::operator()(const std::string &line) {
    const Time now = now_();
    if (const auto earned = (now - earned_) / between_lines; earned > 0) {
        allowed_ = std::min(lines_at_once, allowed_ + static_cast<std::size_t>(earned));
        earned_ = now;
    }
    if (allowed_ == 0 || passed_on_ == max_lines) {
        ++left_out_;
        return;
    }
    --allowed_;
    ++passed_on_;
    std::string text = line;
    if (left_out_ != 0)
        text += " (" + std::to_string(left_out_) + " lines before this one were left out)";
    if (passed_on_ == max_lines)
        text += " (no more of these lines are shown)";
    left_out_ = 0;
    if (report_)
        report_(text);
}

} // namespace updater::fetch
