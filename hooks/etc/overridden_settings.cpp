// Reads the files of a family in the order of their programs; see the header. Orders: sshd_config(5),
// sysctl.d(5), systemd-system.conf(5).
#include "hooks/etc/overridden_settings.hpp"

#include "hooks/etc/keyed_file.hpp"
#include "partitions/durable.hpp"

#include <array>
#include <map>
#include <set>

namespace hooks::etc {

using Path = std::filesystem::path;

namespace {

constexpr std::size_t max_settings_bytes = 16UL * 1024 * 1024;

struct SettingFamily {
    std::string_view
        main; // below /etc and, where `in_usr`, /usr/lib; read before the folder unless first_counts
    std::string_view folder;
    bool first_counts = false;
    bool in_usr = false;
};

constexpr std::array setting_families = {
    SettingFamily{"ssh/sshd_config", "ssh/sshd_config.d", true, false},
    SettingFamily{"ssh/ssh_config", "ssh/ssh_config.d", true, false},
    SettingFamily{"", "sysctl.d", false, true},
    SettingFamily{"systemd/system.conf", "systemd/system.conf.d", false, true},
    SettingFamily{"systemd/user.conf", "systemd/user.conf.d", false, true},
    SettingFamily{"systemd/logind.conf", "systemd/logind.conf.d", false, true},
    SettingFamily{"systemd/journald.conf", "systemd/journald.conf.d", false, true},
    SettingFamily{"systemd/resolved.conf", "systemd/resolved.conf.d", false, true},
    SettingFamily{"systemd/timesyncd.conf", "systemd/timesyncd.conf.d", false, true},
    SettingFamily{"systemd/networkd.conf", "systemd/networkd.conf.d", false, true},
};

// Settings that accumulate: every line takes effect.
bool adds_up(const std::string &name) {
    static constexpr std::array names = {
        "port",       "listenaddress", "hostkey",   "acceptenv", "allowusers", "denyusers",  "allowgroups",
        "denygroups", "include",       "subsystem", "setenv",    "sendenv",    "permitopen", "identityfile"};
    for (const char *one : names)
        if (name == one)
            return true;
    return false;
}

struct WinningSetting {
    std::string value;
    Path shown; // absolute
    bool is_administrators = false;
};
using WinningSettings = std::map<Key, WinningSetting>;

class FamilyReader {
  public:
    FamilyReader(partitions::Storage &storage, const SettingFamily &family, const SettingsOfSystem &system)
        : storage_(storage), family_(family), system_(system) {}

    WinningSettings read() {
        if (!family_.first_counts)
            read_file(family_.main);
        for (const auto &[name, relative] : files_of_folder())
            read_file(relative);
        if (family_.first_counts)
            read_file(family_.main);
        return std::move(settings_);
    }

  private:
    // Sorted by file name across folders; a file in /etc hides the one of the same name in /usr/lib.
    std::map<Path, Path> files_of_folder() const {
        std::map<Path, Path> files;
        if (const Path shipped = system_.image / "usr/lib" / family_.folder;
            family_.in_usr && storage_.kind(shipped) == partitions::FileKind::directory)
            for (const Path &entry : storage_.list(shipped))
                files[entry.filename()] = Path(family_.folder) / entry.filename();
        for (const auto &[name, entry] : system_.etc.list(family_.folder))
            files[name] = Path(family_.folder) / name;
        std::erase_if(files, [](const auto &file) { return file.first.extension() != ".conf"; });
        return files;
    }

    void read_file(const Path &relative) {
        if (relative.empty())
            return;
        Path shown = "/etc" / relative;
        std::optional<Path> real = system_.etc.find(relative);
        // A Debian that still reads sysctl.conf.
        if (real && storage_.kind(*real) == partitions::FileKind::symlink &&
            relative == "sysctl.d/99-sysctl.conf" && storage_.read_symlink(*real) == "../sysctl.conf") {
            shown = "/etc/sysctl.conf";
            real = system_.etc.find("sysctl.conf");
        }
        if (!real && family_.in_usr) {
            real = system_.image / "usr/lib" / relative;
            shown = "/usr/lib" / relative;
        }
        const KeyedGrammar *grammar = keyed_grammar_at(relative.string());
        if (!real || grammar == nullptr || storage_.kind(*real) != partitions::FileKind::file)
            return;
        const auto lines =
            read_keyed_lines(*grammar, partitions::read_whole_file(storage_, *real, max_settings_bytes));
        const bool is_administrators = real->lexically_relative(system_.upper).native()[0] != '.';
        for (const KeyedLine &line : lines.value_or(std::vector<KeyedLine>()))
            if (!line.name.empty() && !adds_up(line.name))
                take({line.section, line.name}, {line.value, shown, is_administrators});
    }

    void take(const Key &key, const WinningSetting &setting) {
        if (!family_.first_counts)
            settings_.insert_or_assign(key, setting);
        else
            settings_.try_emplace(key, setting);
    }

    partitions::Storage &storage_;
    const SettingFamily &family_;
    const SettingsOfSystem &system_;
    WinningSettings settings_;
};

} // namespace

std::vector<OverriddenSetting> find_overridden_settings(partitions::Storage &storage,
                                                        const SettingsOfSystem &before,
                                                        const SettingsOfSystem &after) {
    std::vector<OverriddenSetting> overridden;
    for (const SettingFamily &family : setting_families) {
        const WinningSettings old_settings = FamilyReader(storage, family, before).read();
        const WinningSettings new_settings = FamilyReader(storage, family, after).read();
        for (const auto &[key, mine] : old_settings) {
            const auto now = new_settings.find(key);
            if (mine.is_administrators && now != new_settings.end() && now->second.value != mine.value &&
                now->second.shown != mine.shown)
                overridden.push_back({mine.shown.lexically_relative("/etc"), key.second, now->second.shown});
        }
    }
    return overridden;
}

} // namespace hooks::etc
