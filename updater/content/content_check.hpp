// The finding "content": whether the product's content is what the last upgrade should have left.
#pragma once

#include "updater/checks/finding.hpp"
#include "updater/content/content_programs.hpp"
#include "updater/content/content_record.hpp"

#include <stop_token>

namespace updater::content {

/// A WARN for a component that could not be repaired and is still the same, with the command; a NOTICE for
/// one that was repaired; otherwise a PASS with the versions, and a SKIP if the product has no content.
void check_content(const ContentReport &report, ContentPrograms &programs, checks::Findings &findings,
                   const std::stop_token &stop);

} // namespace updater::content
