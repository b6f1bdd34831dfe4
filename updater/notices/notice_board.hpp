// Sends each notice once: as a file for update-notify, which mails it and runs the programs in
// /etc/update-control/notify.d; to the systemd journal; as a signal on the bus. Also writes the lines that
// are shown at each login. Runs no program and blocks on nobody.
#pragma once

#include "partitions/storage.hpp"
#include "updater/configuration/settings.hpp"

#include <filesystem>
#include <functional>
#include <mutex>
#include <string>

namespace updater::notices {

struct Notice {
    std::string kind;    ///< a word for programs: "can-be-installed", "finished", "rolled-back", …
    std::string version; ///< of the firmware that it is about, or empty
    std::string subject; ///< one line
    std::string text;    ///< what happened and what to do, several lines
};

/// A notice as a file: the lines "kind: …", "version: …", "subject: …", "mail: yes" or no, "programs: yes" or
/// no, an empty line, the text.
std::string write_notice(const Notice &notice, const configuration::NoticeSettings &wanted);

/// Thread-safe.
class NoticeBoard {
  public:
    struct Places {
        std::filesystem::path outgoing; ///< folder of the notices that update-notify delivers
        std::filesystem::path told;     ///< keys of the notices that were sent
        std::filesystem::path banner;   ///< shown at each login
    };

    struct Ways {
        std::function<configuration::NoticeSettings()> wanted; ///< asked for each notice
        std::function<void(const Notice &)> journal;
        std::function<void(const Notice &)> bus;
    };

    /// `storage` outlives this object.
    NoticeBoard(partitions::Storage &storage, Places places, Ways ways);

    /// Sends it in all ways that the settings want, unless one with this key was sent before. Control
    /// characters are removed. For mail and programs it is durable on return: a restart neither loses nor
    /// repeats it; only a power cut during the call can repeat it. Journal and signal come last. Throws
    /// StorageError, and what `journal` throws.
    void post(const std::string &key, const Notice &notice);

    /// Sets what is shown at each login, if the settings want that; empty: nothing. A restart of the
    /// appliance removes it. Throws StorageError.
    void show_at_login(const std::string &text);

  private:
    void write_outgoing(const std::string &key, const std::string &text);

    partitions::Storage &storage_;
    Places places_;
    Ways ways_;
    std::mutex mutex_; ///< jobs and checks of the feed send notices from threads of their own
};

} // namespace updater::notices
