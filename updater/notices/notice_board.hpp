// What people are to be told without having asked, each thing once: written down for update-notify, which
// passes it on as a mail and to the programs in /etc/update-control/notify.d, sent to the systemd journal and
// as a signal, and the lines that everyone sees who logs in. Runs no program and waits for nobody.
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
        std::filesystem::path outgoing = "/data/update-control/notices";
        std::filesystem::path told = "/data/update-control/told.json";
        std::filesystem::path banner = "/run/update-control/motd"; ///< /etc/motd.d has a link to it
    };

    struct Ways {
        std::function<configuration::NoticeSettings()> wanted; ///< asked for each notice
        std::function<void(const Notice &)> journal;
        std::function<void(const Notice &)> bus;
    };

    /// `storage` outlives this object.
    NoticeBoard(partitions::Storage &storage, Places places, Ways ways);

    /// Puts it out by all ways that are wanted, unless one with this key was put out before.
    /// Nothing in it can move a terminal's cursor or begin another field.
    /// For mail and programs it is durable on return: it is neither lost nor told twice because of a restart
    /// in between, but for a power cut at the very moment, after which it may come twice. Journal and signal
    /// get it after that. Throws StorageError, and what `journal` throws.
    void post(const std::string &key, const Notice &notice);

    /// What is shown at each login from now on, if that is wanted; empty: nothing. Gone after a restart of
    /// the appliance. Throws StorageError.
    void show_at_login(const std::string &text);

  private:
    void put_out(const std::string &key, const std::string &text);

    partitions::Storage &storage_;
    Places places_;
    Ways ways_;
    std::mutex
        mutex_; ///< the job's thread tells of its end while the one that looks for firmware tells of that
};

} // namespace updater::notices
