// Snapshots without a disk: names and what is in them, changed at once.
#pragma once

#include "updater/bus/snapshot_requests.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <unistd.h>
#include <utility>

class FakeSnapshots : public updater::bus::SnapshotRequests {
  public:
    std::map<std::string, std::string> contents{{"monday", "settings of monday"}}; ///< by name
    std::string waiting;                                                           ///< for a restart
    bool restore_failed = false;                                                   ///< at the last start
    updater::bus::SnapshotSecret last_secret;
    nlohmann::json last; ///< what the last work says

    std::uint64_t begin(updater::bus::SnapshotAction action, const std::string &name) override {
        using updater::bus::SnapshotAction;
        if (action != SnapshotAction::create && action != SnapshotAction::cancel_restore &&
            !contents.contains(name))
            return end(name, "refused", "there is no snapshot " + name);
        switch (action) {
        case SnapshotAction::create:
            contents[name.empty() ? "20261130-195223" : name] = "settings of now";
            return end(name, "done", "made");
        case SnapshotAction::show:
            end(name, "done", "The snapshot " + name + " is whole.");
            last["action"] = "show";
            last["version"] = "2.8.0.0";
            last["why"] = "by hand";
            last["since"] = {{{"path", "/etc/motd"}, {"change", "changed"}},
                             {{"path", "/etc/hosts"}, {"change", "removed"}}};
            return number_;
        case SnapshotAction::restore:
            waiting = name;
            return end(name, "done", "ready; takes effect at the next restart");
        case SnapshotAction::cancel_restore:
            waiting.clear();
            return end(name, "done", "stays");
        case SnapshotAction::remove:
            contents.erase(name);
            return end(name, "done", "deleted");
        }
        return 0;
    }
    std::uint64_t begin_export(const std::string &name, partitions::base::FileDescriptor file,
                               const updater::bus::SnapshotSecret &secret) override {
        last_secret = secret;
        const auto found = contents.find(name);
        if (found == contents.end())
            return end(name, "refused", "there is no snapshot " + name);
        const bool written = pwrite(file.number(), found->second.data(), found->second.size(), 0) ==
                             static_cast<ssize_t>(found->second.size());
        return end(name, written ? "done" : "failed", "exported");
    }
    std::uint64_t begin_import(const std::string &name, partitions::base::FileDescriptor file,
                               const updater::bus::SnapshotSecret &secret) override {
        last_secret = secret;
        std::string bytes(1000, '\0');
        bytes.resize(static_cast<std::size_t>(
            std::max<ssize_t>(pread(file.number(), bytes.data(), bytes.size(), 0), 0)));
        contents[name.empty() ? "imported" : name] = bytes;
        return end(name, "done", "imported");
    }
    nlohmann::json document() const override {
        nlohmann::json list = nlohmann::json::array();
        for (const auto &[name, bytes] : contents)
            list.push_back({{"name", name},
                            {"made", "2026-11-30T19:52:23+00:00"},
                            {"version", "2.8.0.0"},
                            {"why", "by hand"},
                            {"automatic", false},
                            {"bytes", bytes.size()},
                            {"problem", ""}});
        return {{"format", 1},
                {"working", nullptr},
                {"last", last},
                {"snapshots", list},
                {"restored_at_restart", waiting.empty() ? nlohmann::json() : nlohmann::json(waiting)},
                {"restore_failed", restore_failed}};
    }

  private:
    std::uint64_t end(const std::string &name, const char *result, const std::string &text) {
        last = {{"number", ++number_}, {"name", name}, {"result", result}, {"text", text}, {"next", "look"}};
        return number_;
    }

    std::uint64_t number_ = 0;
};
