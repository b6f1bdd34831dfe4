// What people are to be told without having asked: written down for update-notify, which passes it on to the
// programs in /etc/update-control/notify.d, and the lines that everyone sees who logs in. Runs no program
// and waits for nobody.
#pragma once

#include "partitions/storage.hpp"

#include <filesystem>
#include <string>

namespace updater {

struct Notice {
    std::string kind;    ///< a word for programs: "can-be-installed", "finished", "rolled-back", …
    std::string version; ///< of the firmware that it is about, or empty
    std::string subject; ///< one line
    std::string text;    ///< what happened and what to do, several lines
};

/// A notice as a file: the lines "kind: …", "version: …" and "subject: …", an empty line, the text.
std::string write_notice(const Notice &notice);

class NoticeBoard {
  public:
    struct Places {
        std::filesystem::path outgoing = "/data/update-control/notices";
        std::filesystem::path told = "/data/update-control/told.json";
        std::filesystem::path banner = "/run/update-control/motd"; ///< /etc/motd.d has a link to it
    };

    /// `storage` outlives this object.
    NoticeBoard(partitions::Storage &storage, Places places);

    /// Puts it out, unless one with this key was put out before. Durable on return: a notice is neither lost
    /// nor told twice because of a restart in between, but for a power cut at the very moment, after which it
    /// may come twice. Throws StorageError.
    void post(const std::string &key, const Notice &notice);

    /// What is shown at each login from now on; empty: nothing. Gone after a restart of the appliance. Throws
    /// StorageError.
    void show_at_login(const std::string &text);

  private:
    partitions::Storage &storage_;
    Places places_;
};

} // namespace updater
