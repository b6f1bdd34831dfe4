// The state document of a job in phase 4, as the agent makes it and update-control reads it.
#pragma once

#include <nlohmann/json.hpp>

inline nlohmann::json running_job_document() {
    return {{"format", 1},
            {"running_version", "2.8.0.0"},
            {"slot", "a"},
            {"state", "running"},
            {"operation", "install"},
            {"job", "job-7"},
            {"firmware_version", "2.8.1.0"},
            {"phase", 4},
            {"phase_name", "prepare the message store migration"},
            {"percent", 37},
            {"step", "copying"},
            {"started", "2026-11-21T03:00:04+00:00"},
            {"expected_end", nullptr},
            {"expected_seconds", nullptr},
            {"expected_mail_stop", nullptr},
            {"seconds_until_mail_stop", nullptr},
            {"expected_mail_start", nullptr},
            {"mail", "stopped"},
            {"mail_problem", nullptr},
            {"install_mib_per_second", 25},
            {"log", "/var/spool/updates/XPU/job-7.log"},
            {"note", nullptr},
            {"problem", nullptr},
            {"last", nullptr}};
}
