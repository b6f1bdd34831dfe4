// The manual page of the codes, made of the tables when the updater is built.
#include "updater/messages/message.hpp"

#include <string>

namespace updater::messages {

namespace {

constexpr std::string_view page_beginning = R"(.\" Made of the tables in updater/messages.
.Dd December 1, 2026
.Dt UPDATE-CONTROL-MESSAGES 7
.Os
.Sh NAME
.Nm update-control-messages
.Nd the codes of messages of the appliance's updater, and what to do
.Sh DESCRIPTION
Every warning and error in the log of a job, every reason for which a job ended without success, every refusal, and
everything that a check has found carries a code, such as
.Li UC0412 .
A code means the same in every release; new ones are added.
It stands in brackets at the end of a line of the log, as
.Dq code
in
.Nm update\-control
.Fl s ,
.Fl \-history
and
.Fl \-json ,
and in the field
.Ev UPDATE_CONTROL_CODE
of the systemd journal:
.Dl journalctl UPDATE_CONTROL_CODE=UC0412
.Dl update\-control \-\-explain UC0412
.Pp
A message says what was found on this appliance; this page says what its code means in general.
Where both give advice, follow the message.
.Sh CODES
.Bl -tag -width Ds
)";

constexpr std::string_view page_end = R"(.El
.Sh SEE ALSO
.Xr update-control 8
)";

/// For troff: no line begins with a control character, and a hyphen of a command stays one when it is copied.
std::string escaped(std::string_view text) {
    std::string out;
    for (const char letter : text) {
        if (out.empty() && (letter == '.' || letter == '\''))
            out += "\\&";
        if (letter == '\\')
            out += "\\e";
        else if (letter == '-')
            out += "\\-";
        else
            out += letter;
    }
    return out;
}

} // namespace

std::string manual_page() {
    std::string page(page_beginning);
    for (const Message &message : all_messages())
        page += ".It Sy " + text_of(message.code) + "\n" + escaped(message.title) + ".\n.Pp\n" +
                escaped(message.state) + "\n.Pp\n" + escaped(message.next) + "\n";
    return page + std::string(page_end);
}

} // namespace updater::messages
