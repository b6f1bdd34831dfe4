#include "updater/hawkbit/reporter.hpp"

#include <algorithm>
#include <utility>

namespace updater::hawkbit {

namespace {

constexpr long first_good = 200;
constexpr long first_not_good = 300;
constexpr long bad_request = 400;
constexpr long unauthorized = 401;
constexpr long forbidden = 403;
constexpr long not_found = 404;
constexpr long conflict = 409;
constexpr long gone = 410;
constexpr long too_many = 429;
constexpr long first_server_error = 500;

bool is_good(long status) {
    return status >= first_good && status < first_not_good;
}

} // namespace

Contact contact_of(const Answer &answer, const std::string &what) {
    if (is_good(answer.status))
        return {};
    const std::string status = std::to_string(answer.status);
    if (answer.status == unauthorized || answer.status == forbidden)
        return {Contact::Kind::denied,
                "the server does not let this appliance in (" + status +
                    "): check <access> in /etc/update-control/hawkbit.xml, and at the server whether this "
                    "way to log in "
                    "is switched on and whether the token is this appliance's",
                answer.retry_after};
    return {Contact::Kind::failed, "the server answered with status " + status + " to " + what,
            answer.retry_after};
}

Reporter::Reporter(DeviceState &state, Server &server, text::Clock clock,
                   std::function<void(const std::string &)> say)
    : state_(state), server_(server), clock_(std::move(clock)), say_(std::move(say)) {}

/// What is left out first is what matters least: reports that aren't final.
void Reporter::make_room() {
    while (state_.unsent.size() >= max_unsent) {
        const auto least =
            std::ranges::find_if(state_.unsent, [](const Feedback &kept) { return !kept.is_final(); });
        state_.unsent.erase(least == state_.unsent.end() ? state_.unsent.begin() : least);
    }
}

void Reporter::report(Feedback feedback) {
    feedback.time = std::chrono::floor<std::chrono::seconds>(clock_());
    for (std::string &detail : feedback.details)
        detail = detail_text(detail);
    if (!state_.unsent.empty()) {
        Feedback &last = state_.unsent.back();
        if (!feedback.is_final() && last.action == feedback.action && last.subject == feedback.subject &&
            last.execution == feedback.execution) {
            last.details.insert(last.details.end(), feedback.details.begin(), feedback.details.end());
            if (last.details.size() > max_details)
                last.details.erase(last.details.begin(),
                                   last.details.end() - static_cast<std::ptrdiff_t>(max_details));
            last.time = feedback.time;
            return;
        }
    }
    make_room();
    state_.unsent.push_back(std::move(feedback));
}

/// Each report is an entry of the action, of which the server takes 1000.
bool Reporter::is_told(const Told &wanted) const {
    using namespace std::chrono_literals;
    constexpr int step_percent = 10;
    if (!told_ || told_->action != wanted.action || told_->execution != wanted.execution ||
        wanted.time < told_->time || wanted.percent - told_->percent >= step_percent)
        return false;
    const bool is_same = wanted.percent == told_->percent && wanted.line == told_->line;
    return wanted.time - told_->time < (is_same ? std::chrono::seconds(6h) : 60s);
}

void Reporter::progress(const std::string &action, Execution execution, int percent,
                        const std::string &line) {
    Told wanted{action, execution, percent, line, clock_()};
    if (is_told(wanted))
        return;
    told_ = std::move(wanted);
    report({.subject = Subject::deployment,
            .action = action,
            .execution = execution,
            .finished = Finished::none,
            .details = {line},
            .time = {}});
}

void Reporter::was_taken(const Feedback &feedback) {
    const bool is_answer = feedback.subject == Subject::confirmation && state_.question &&
                           state_.question->id == feedback.action &&
                           state_.question->confirmed == feedback.confirmed;
    if (is_answer)
        state_.question->taken = true;
}

/// Decides about the oldest report. On return it was taken or dropped if the contact is done.
Contact Reporter::handle(Feedback &feedback, const Answer &answer) {
    const std::string what = "the report about action " + feedback.action;
    if (is_good(answer.status)) {
        was_taken(feedback);
        return {};
    }
    if (answer.status == not_found || answer.status == gone) {
        say_("the server knows no action " + feedback.action + " that is open: " + what + " is dropped");
        return {};
    }
    if (answer.status == bad_request && !feedback.details.empty()) {
        say_("the server does not understand " + what + "; it is sent without its text");
        feedback.details.clear();
        return {Contact::Kind::failed, {}, {}};
    }
    // 429, of older servers 403, also means that there were too many reports about an action: for ever. What
    // isn't final must not keep back what follows.
    const bool has_too_many = answer.status == forbidden || answer.status == too_many;
    const bool may_pass = answer.status == unauthorized || (has_too_many && feedback.is_final()) ||
                          answer.status == conflict || answer.status >= first_server_error;
    if (may_pass)
        return contact_of(answer, what);
    say_(contact_of(answer, what).problem + ", which is dropped");
    return {};
}

Contact Reporter::send() {
    try {
        while (!state_.unsent.empty()) {
            Feedback &oldest = state_.unsent.front();
            const Answer answer =
                server_.exchange({Method::post, feedback_tail(oldest), feedback_body(oldest)});
            const bool had_text = !oldest.details.empty();
            Contact contact = handle(oldest, answer);
            if (contact.is_done())
                state_.unsent.pop_front();
            else if (!had_text || !oldest.details.empty())
                return contact;
        }
        return {};
    } catch (const ServerUnreachable &error) {
        return {Contact::Kind::failed, error.what(), {}};
    }
}

bool Reporter::has_unsent(const std::string &action) const {
    return std::ranges::find(state_.unsent, action, &Feedback::action) != state_.unsent.end();
}

} // namespace updater::hawkbit
