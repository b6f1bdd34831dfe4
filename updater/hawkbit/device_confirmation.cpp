// The server's question whether a version may be installed, and the answer.
#include "updater/hawkbit/device.hpp"

#include "updater/refusal.hpp"

namespace updater::hawkbit {

Contact Device::handle_confirmation(const Link &link) {
    if (state_.question && state_.question->id == link.id) {
        repeat_answer();
        return {};
    }
    std::string body;
    Contact contact = ask(link.tail, "the question for the confirmation", body);
    if (body.empty())
        return contact;
    const Offer offer = read_confirmation(body, settings_.module);
    state_.question = Question{};
    state_.question->id = link.id;
    state_.question->module = offer.module;
    state_.question->version = offer.version;
    state_.question->since = utc_now();
    if (settings_.confirmation == Confirmation::automatic)
        answer(true, "confirmed by the settings of the appliance");
    else
        say_("the server asks whether version " + offer.version +
             " may be installed. Answer: update-hawkbit --confirm, or: update-hawkbit --deny");
    confirmed_ = settings_.confirmation == Confirmation::automatic;
    return contact;
}

void Device::answer(bool confirmed, const std::string &remark) {
    if (!state_.question)
        throw Refused("the server asks nothing at the moment", "See what it wants: update-hawkbit --status",
                      messages::Code::rollout_asks_nothing);
    Question &question = *state_.question;
    question.answered = true;
    question.confirmed = confirmed;
    question.remark = remark.empty() ? "answered at the appliance" : remark;
    question.told = 0;
    report_answer();
    save();
}

void Device::report_answer() {
    Question &question = *state_.question;
    question.taken = false;
    question.when = std::chrono::floor<std::chrono::seconds>(clock_());
    ++question.told;
    reporter_.report({.subject = Subject::confirmation,
                      .action = question.id,
                      .execution = Execution::closed,
                      .finished = Finished::none,
                      .details = {question.remark},
                      .time = {},
                      .confirmed = question.confirmed});
}

/// An answer can get lost: a report that something on the way has refused is dropped. The server goes on
/// asking after a no that it has taken, but not after a yes. Each answer is an entry among the action's
/// reports, so it is repeated at a few polls, and then seldom.
void Device::repeat_answer() {
    using namespace std::chrono_literals;
    constexpr int often = 5;
    const Question &question = *state_.question;
    if (!question.answered || (question.taken && !question.confirmed) || reporter_.has_unsent(question.id))
        return;
    const auto passed = clock_() - question.when;
    if (question.told >= often && passed >= 0s && passed < 1h)
        return;
    report_answer();
    confirmed_ = question.confirmed;
}

} // namespace updater::hawkbit
