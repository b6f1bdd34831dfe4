#include "updater/wizard/license_page.hpp"

#include "updater/control/documents.hpp"
#include "updater/wizard/text_lines.hpp"

namespace updater::wizard {

bool LicensePage::is_wanted() const {
    return !control::text_at(found_.checks, "license").empty();
}

Screen LicensePage::screen(const Size &size) const {
    return {.title = "License of version " + control::text_at(found_.checks, "version"),
            .lines = lines_of(control::text_at(found_.checks, "license"), size.columns),
            .next = "Accept"};
}

} // namespace updater::wizard
