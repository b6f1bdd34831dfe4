// Whether mail flows, and why not. Plain data.
#pragma once

#include <string>

namespace updater::health {

enum class Mail {
    flows,
    stopped,
    unknown, ///< nobody has looked yet, or systemd or nftables does not answer
};

struct MailState {
    Mail mail = Mail::unknown;
    std::string problem; ///< "postfix.service failed"; empty when it flows
    std::string advice;  ///< a command: why it is so, or what changes it
    bool operator==(const MailState &) const = default;
};

} // namespace updater::health
