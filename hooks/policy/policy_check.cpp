#include "hooks/policy/policy_check.hpp"

#include "hooks/etc/carry_report.hpp"
#include "hooks/policy/macro_search.hpp"
#include "hooks/policy/old_system.hpp"
#include "hooks/policy/policy_format.hpp"
#include "hooks/policy/policy_not_understood.hpp"
#include "partitions/durable.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <grp.h>
#include <map>
#include <ostream>
#include <pwd.h>
#include <set>
#include <sys/stat.h>
#include <system_error>
#include <tinyxml2.h>
#include <unistd.h>
#include <vector>

namespace hooks::policy {

namespace {

using Path = std::filesystem::path;

constexpr std::size_t max_bytes_of_policy = 64UL * 1024 * 1024;
constexpr const char *folder_of_policies = "etc/mailsec/policies";
constexpr std::size_t max_problems_printed = 20;

/// A file that policies name.
struct NamedFile {
    std::string policy; ///< an active one, if there is one
    bool active = false;
};

class PolicyReader {
  public:
    PolicyReader(partitions::Storage &storage, const PolicyCheck &check, std::ostream &output)
        : storage_(storage), check_(check), output_(output),
          snapshot_places_(read_folders(storage, check.root / "usr/share/update-control/snapshot-places")) {}

    void run() {
        for (const Path &policy : policies())
            read(policy);
        check_.become_reader();
        std::string good;
        std::string not_saved;
        for (const auto &[path, named] : files_)
            if (look_at(path, named)) {
                const std::string shown = etc::shown_path(path, "");
                good += (good.empty() ? "" : ", ") + shown + " (" + named.policy + ")";
                if (!check_.rehearsal && !is_in_snapshots(path))
                    not_saved += (not_saved.empty() ? "" : ", ") + shown;
            }
        if (!not_saved.empty())
            output_
                << "NOTICE policy files: in no snapshot of the settings, which holds /etc and the folders "
                   "that the product names: "
                << not_saved << "\nadvice: Put them below /etc, or save them in another way.\n";
        if (problems_ > max_problems_printed)
            output_ << "FAIL policy files: " << problems_ - max_problems_printed
                    << " more policies or files have problems\nadvice: Mend those above, then check again.\n";
        if (!good.empty())
            output_ << "PASS policy files: " << policy_count_ << " policies; each can be read of: " << good
                    << '\n';
        else if (problems_ == 0)
            output_ << "SKIP policy files: " << policy_count_ << " policies, none names a file\n";
    }

  private:
    std::vector<Path> policies() const {
        std::vector<Path> all;
        const Path folder = check_.root / folder_of_policies;
        if (storage_.kind(folder) == partitions::FileKind::directory)
            for (const Path &entry : storage_.list(folder))
                if (entry.extension() == ".xml")
                    all.push_back(entry);
        return all;
    }

    void read(const Path &policy) {
        const std::string name = etc::shown_path(policy.filename(), "");
        ++policy_count_;
        if (storage_.kind(policy) != partitions::FileKind::file)
            return problem("FAIL", "the policy " + name + " is no file", "Replace it by the policy itself.");
        const std::string xml = partitions::read_whole_file(storage_, policy, max_bytes_of_policy);
        try {
            const int format = policy_format_of(xml);
            const PolicyObject object = format == 1 ? read_policy_format_1(xml) : read_policy_format_2(xml);
            remember(xml, name, object.active);
        } catch (const PolicyNotUnderstood &error) {
            problem("FAIL", "the policy " + name + " is not understood: " + error.what(),
                    "Mend or remove it: /" + std::string(folder_of_policies) + "/" + name);
        }
    }

    void remember(const std::string &xml, const std::string &name, bool active) {
        tinyxml2::XMLDocument document;
        document.Parse(xml.data(), xml.size());
        for (const Macro &macro : find_macros(document)) {
            if (!macro.complete) {
                problem("WARN", "the policy " + name + " has a $(FILE macro without a closing parenthesis",
                        "Mend the policy.");
                continue;
            }
            NamedFile &file = files_[macro.path];
            if (file.policy.empty() || (active && !file.active))
                file = {name, active};
        }
    }

    /// Whether it can be read, and was looked at.
    bool look_at(const std::string &path, const NamedFile &named) {
        const std::string reason = path.find('\0') != std::string::npos ? "is no path" : reason_against(path);
        if (reason.empty())
            return !is_out_of_sight(path);
        problem(named.active ? "FAIL" : "WARN",
                etc::shown_path(path, "") + ", which the " + (named.active ? "" : "inactive ") + "policy " +
                    named.policy + " reads, " + reason,
                "Put the file there, readable for the filter, or take the macro out of the policy.");
        return false;
    }

    bool is_in_snapshots(const Path &path) const {
        const Path real = path.lexically_normal();
        const auto lies_in = [&](const Path &folder) {
            return std::ranges::mismatch(folder, real).in1 == folder.end();
        };
        return region_of(path) == Region::configuration || region_of(path) == Region::image ||
               std::ranges::any_of(snapshot_places_, lies_in);
    }

    bool is_out_of_sight(const Path &path) const {
        return check_.rehearsal && region_of(path) == Region::shared;
    }

    std::string reason_against(const Path &path) const {
        if (!path.is_absolute() || std::ranges::find(path, Path("..")) != path.end())
            return "has a path that is not absolute, or has \"..\" in it";
        if (region_of(path) == Region::until_restart)
            return "is gone with every restart";
        if (is_out_of_sight(path))
            return "";
        const Path real = check_.root / path.relative_path();
        // Nothing is waited for: it may be a FIFO.
        const int file = ::open(real.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
        if (file < 0)
            return errno == ENOENT ? "does not exist"
                                   : "cannot be read: " + std::generic_category().message(errno);
        struct stat status {};
        const bool is_file = ::fstat(file, &status) == 0 && S_ISREG(status.st_mode);
        ::close(file);
        return is_file ? "" : "is no file";
    }

    Region region_of(const Path &path) const {
        ConversionRequest request;
        request.old_root = check_.root;
        return OldSystem(storage_, request).region_of(path.lexically_normal());
    }

    void problem(const char *verdict, const std::string &text, const std::string &advice) {
        if (++problems_ <= max_problems_printed)
            output_ << verdict << " policy files: " << text << "\nadvice: " << advice << '\n';
    }

    partitions::Storage &storage_;
    const PolicyCheck &check_;
    std::ostream &output_;
    std::set<Path> snapshot_places_;
    std::map<std::string, NamedFile> files_;
    std::size_t policy_count_ = 0;
    std::size_t problems_ = 0;
};

} // namespace

void check_policies(partitions::Storage &storage, const PolicyCheck &check, std::ostream &output) {
    PolicyReader(storage, check, output).run();
    output.flush();
}

void become_account(const std::string &name) {
    errno = 0;
    const passwd *const account = ::getpwnam(name.c_str());
    if (account == nullptr)
        throw std::system_error(errno == 0 ? ENOENT : errno, std::generic_category(), "the account " + name);
    if (::initgroups(name.c_str(), account->pw_gid) != 0 || ::setegid(account->pw_gid) != 0 ||
        ::seteuid(account->pw_uid) != 0)
        throw std::system_error(errno, std::generic_category(), "cannot become " + name);
}

} // namespace hooks::policy
