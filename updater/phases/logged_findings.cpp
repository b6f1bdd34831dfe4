#include "updater/phases/logged_findings.hpp"

namespace updater::phases {

namespace {

job::Severity severity_of(checks::Verdict verdict) {
    switch (verdict) {
    case checks::Verdict::fail:
        return job::Severity::error;
    case checks::Verdict::warn:
        return job::Severity::warning;
    default:
        return job::Severity::info;
    }
}

} // namespace

std::string in_words(const checks::Finding &finding) {
    return finding.check + ": " + finding.text + (finding.advice.empty() ? "" : "; " + finding.advice);
}

void log_finding(const checks::Finding &finding, job::PhaseRun &run) {
    run.log({severity_of(finding.verdict), finding.code.value_or(messages::Code::check_program)},
            std::string(checks::word_of(finding.verdict)) + " " + in_words(finding));
}

void log_what_does_not_refuse(const checks::Findings &findings, job::PhaseRun &run) {
    for (const auto &finding : findings.all())
        if (finding.verdict == checks::Verdict::notice || finding.verdict == checks::Verdict::warn)
            log_finding(finding, run);
}

} // namespace updater::phases
