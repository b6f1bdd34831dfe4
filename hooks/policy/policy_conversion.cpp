// The order of the policy conversion; see the header.
#include "hooks/policy/policy_conversion.hpp"

#include "hooks/configuration_copy.hpp"
#include "hooks/overlay/overlay_format.hpp"
#include "hooks/policy/file_carrier.hpp"
#include "hooks/policy/macro_search.hpp"
#include "hooks/policy/policy_1_to_2.hpp"
#include "hooks/policy/policy_format.hpp"
#include "hooks/policy/policy_not_understood.hpp"
#include "partitions/durable.hpp"

#include <algorithm>
#include <map>
#include <span>
#include <tinyxml2.h>

namespace hooks::policy {

using Path = std::filesystem::path;

namespace {

constexpr std::size_t max_policy_bytes = 64UL * 1024 * 1024;
constexpr const char *policy_folder = "mailsec/policies";

class PolicyConversion {
  public:
    PolicyConversion(partitions::Storage &storage, const ConversionRequest &request, ConversionLog &log)
        : storage_(storage), request_(request), log_(log) {}

    void run() {
        log_.progress(0, "copy the configuration");
        copy_configuration(storage_, request_.source, request_.target);
        const std::vector<Path> policies = find_policies();
        for (std::size_t i = 0; i < policies.size(); ++i) {
            log_.progress(static_cast<int>(20 + i * 50 / policies.size()),
                          "policy " + policies[i].filename().string());
            convert_policy(policies[i]);
        }
        collect_macros_of_new_image();
        log_.progress(70, "files named by policies");
        carry_files();
        log_.progress(90, "write everything to the disk");
        storage_.sync_filesystem(request_.target);
        storage_.sync_filesystem(request_.new_var);
        log_.note("policies: " + std::to_string(converted_) + " converted, " + std::to_string(already_new_) +
                  " already in format 2, " + std::to_string(macro_count_) +
                  " macros; files named by them: " + std::to_string(present_) + " there already, " +
                  std::to_string(copied_) + " copied, " + std::to_string(warnings_) + " not carried");
    }

  private:
    // The policies that the administrator made or changed; the others are the new image's, in its format.
    std::vector<Path> find_policies() const {
        std::vector<Path> policies;
        const auto folder = overlay::find_entry(storage_, request_.target, policy_folder);
        if (!folder || storage_.kind(*folder) != partitions::FileKind::directory)
            return policies;
        for (const Path &entry : storage_.list(*folder))
            if (entry.extension() == ".xml" && storage_.kind(entry) == partitions::FileKind::file)
                policies.push_back(entry);
            else if (entry.extension() == ".xml" && storage_.kind(entry) == partitions::FileKind::symlink)
                throw ConversionFailed(shown(entry) + " is a symbolic link; replace it by the policy itself");
        return policies;
    }

    std::string shown(const Path &policy) const {
        return "the policy /etc/" + policy.lexically_relative(request_.target).string();
    }

    void convert_policy(const Path &policy) {
        const std::string xml = partitions::read_whole_file(storage_, policy, max_policy_bytes);
        try {
            if (policy_format_of(xml) == 2) {
                const PolicyObject checked = read_policy_format_2(xml);
                remember_macros(xml, shown(policy));
                log_.note("policy " + checked.name + " is in format 2 already");
                ++already_new_;
                return;
            }
            replace_contents(policy, convert_policy_1_to_2(xml));
            // Counts the macros in the file that the new system will read.
            const std::string read_back = partitions::read_whole_file(storage_, policy, max_policy_bytes);
            read_policy_format_2(read_back);
            remember_macros(read_back, shown(policy));
            ++converted_;
        } catch (const PolicyNotUnderstood &error) {
            throw ConversionFailed(shown(policy) + " cannot be converted to format 2: " + error.what());
        }
    }

    // No other process uses the copy in the target, so it may be overwritten in place.
    void replace_contents(const Path &policy, const std::string &xml) {
        const overlay::Attributes attributes = overlay::read_attributes(policy);
        const auto file = storage_.open(policy, partitions::OpenMode::create_or_truncate, 0600);
        file->write_at(0, std::as_bytes(std::span(xml)));
        file->close();
        overlay::set_attributes(policy, attributes);
    }

    // Unchanged policies, too, can name files that the administrator made.
    void collect_macros_of_new_image() {
        const auto folder = overlay::find_entry(storage_, request_.new_root / "etc", policy_folder);
        if (!folder || storage_.kind(*folder) != partitions::FileKind::directory)
            return;
        const overlay::OverlayView result(storage_, request_.target, request_.new_root / "etc");
        for (const Path &policy : storage_.list(*folder))
            if (policy.extension() == ".xml" && storage_.kind(policy) == partitions::FileKind::file &&
                result.find(Path(policy_folder) / policy.filename()) == policy)
                remember_macros(partitions::read_whole_file(storage_, policy, max_policy_bytes),
                                "the new image's policy " + policy.filename().string());
    }

    void remember_macros(const std::string &xml, const std::string &policy) {
        tinyxml2::XMLDocument document;
        if (document.Parse(xml.data(), xml.size()) != tinyxml2::XML_SUCCESS)
            throw ConversionFailed(policy + " is not well-formed XML: " + document.ErrorStr());
        for (const Macro &macro : find_macros(document)) {
            ++macro_count_;
            if (macro.complete)
                policy_of_path_.emplace(macro.path, policy);
            else
                warn(policy + " has a $(FILE macro without a closing parenthesis");
        }
    }

    void carry_files() {
        FileCarrier carrier(storage_, request_);
        for (const auto &[path, policy] : policy_of_path_) {
            const CarriedFile carried = carrier.carry(path);
            const std::string said = path + ", read by " + policy;
            switch (carried.result) {
            case CarryResult::present:
                ++present_;
                if (!carried.remark.empty())
                    log_.note(said + ": " + carried.remark);
                break;
            case CarryResult::copied:
                ++copied_;
                log_.note("carried " + said + (carried.remark.empty() ? "" : ": " + carried.remark));
                break;
            case CarryResult::missing:
                warn(said + ", was missing before the upgrade too: " + carried.remark);
                break;
            case CarryResult::refused:
                warn(said + ", is not carried: " + carried.remark);
                break;
            }
        }
    }

    void warn(const std::string &text) {
        ++warnings_;
        log_.note("warning: " + text);
    }

    partitions::Storage &storage_;
    const ConversionRequest &request_;
    ConversionLog &log_;
    std::map<std::string, std::string> policy_of_path_; // the first policy that names the path
    std::size_t converted_ = 0;
    std::size_t already_new_ = 0;
    std::size_t macro_count_ = 0;
    std::size_t present_ = 0;
    std::size_t copied_ = 0;
    std::size_t warnings_ = 0;
};

} // namespace

void convert_policies(partitions::Storage &storage, const ConversionRequest &request, ConversionLog &log) {
    PolicyConversion(storage, request, log).run();
}

} // namespace hooks::policy
