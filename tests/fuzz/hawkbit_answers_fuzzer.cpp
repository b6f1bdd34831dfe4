// Anything as an answer of a hawkBit server, which may be anybody: the first byte says to which question.
// Expected: WrongAnswer. Of a link nothing but a path below the controller's address is used, and what people
// see moves no cursor.
#include "tests/fuzz/input.hpp"
#include "updater/hawkbit/answers.hpp"
#include "updater/text/printable.hpp"

using namespace updater::hawkbit;
using namespace updater::text;

namespace {

void require_line(std::string_view text) {
    fuzz::require(!holds_control_characters(text) && text.find('\n') == std::string_view::npos,
                  "a text for people is one line and moves no cursor");
}

void require_id(std::string_view id) {
    fuzz::require(!id.empty() && id.size() <= 64, "an id is not empty and not long");
    for (const char letter : id)
        fuzz::require((letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z') ||
                          (letter >= 'A' && letter <= 'Z') || letter == '-' || letter == '_',
                      "an id has nothing that means something in a path");
}

void require_below(const std::optional<Link> &link, std::string_view resource) {
    if (!link)
        return;
    require_id(link->id);
    const std::string path = "/" + std::string(resource) + "/" + link->id;
    fuzz::require(link->tail == path || link->tail.starts_with(path + "?"),
                  "a link leads to the action that it names, and nowhere else");
    for (const char letter : link->tail)
        fuzz::require(letter > ' ' && letter <= '~' && letter != '#' && letter != '@' && letter != '\\',
                      "a link has nothing that ends a path, a line or a host");
}

void check_poll(std::string_view body) {
    const Poll poll = read_poll(body);
    require_below(poll.deployment, "deploymentBase");
    require_below(poll.confirmation, "confirmationBase");
    require_below(poll.cancel, "cancelAction");
    fuzz::require(!poll.sleep || (poll.sleep->count() >= 0 && poll.sleep->count() < 100 * 3600),
                  "an interval is no longer than its text can say");
}

void check_offer(const Offer &offer) {
    require_id(offer.id);
    require_line(offer.module);
    require_line(offer.version);
    require_line(offer.problem);
    fuzz::require(offer.problem.empty() == !offer.version.empty(),
                  "there is a version, or a reason why there is none");
    fuzz::require(offer.version.size() <= 256 && offer.module.size() <= 256, "names are bounded");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size) {
    fuzz::Input input(data, size);
    const std::uint8_t question = input.byte();
    const std::string body(input.text());
    try {
        switch (question) {
        case 'p':
            check_poll(body);
            break;
        case 'd':
            check_offer(read_deployment(body, ""));
            break;
        case 'm':
            check_offer(read_deployment(body, "firmware"));
            break;
        case 'c':
            check_offer(read_confirmation(body, ""));
            break;
        default:
            require_id(read_cancel(body));
        }
    } catch (const WrongAnswer &error) {
        require_line(error.what());
    }
    return 0;
}
