// A severity with the message code of its line. Plain data.
#pragma once

#include "updater/job/severity.hpp"
#include "updater/messages/code.hpp"

#include <string>
#include <string_view>

namespace updater::job {

/// Made of a severity alone by itself: then a warning or an error gets the general code of its phase.
struct CodedSeverity {
    Severity severity;
    std::string code; ///< empty: none of its own

    CodedSeverity(Severity value) : severity(value) {} // NOLINT(google-explicit-constructor)
    CodedSeverity(Severity value, messages::Code its_code)
        : severity(value), code(messages::text_of(its_code)) {}
    CodedSeverity(Severity value, std::string_view its_code) : severity(value), code(its_code) {}
    operator Severity() const { return severity; } // NOLINT(google-explicit-constructor)
};

} // namespace updater::job
