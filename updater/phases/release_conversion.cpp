#include "updater/phases/release_conversion.hpp"

#include "partitions/durable.hpp"
#include "partitions/layout.hpp"
#include "updater/checks/conversion_chain.hpp"
#include "updater/firmware/version.hpp"
#include "updater/phases/conflicts.hpp"
#include "updater/phases/conversion_stages.hpp"
#include "updater/refusal.hpp"

#include <utility>

namespace updater::phases {

namespace {

constexpr std::size_t max_lines_told = 200;

std::string show_it(const snapshot::Description &description) {
    return "See what is in it: update-control --snapshot show " + description.name +
           ", and make the changes by hand";
}

firmware::Version version_of(const snapshot::Description &description) {
    try {
        return firmware::Version::parse(description.version);
    } catch (const firmware::InvalidVersion &) {
        throw Refused("the snapshot " + description.name + " is of version '" + description.version +
                          "', which is no version",
                      show_it(description), messages::Code::snapshot_refused);
    }
}

/// Keeps what an administrator should read; all of it is in the reports below /etc/update-control.
class ToldLines {
  public:
    void add(job::Severity severity, std::string_view line) {
        const bool matters = severity == job::Severity::warning || severity == job::Severity::error ||
                             conflict_in(line).has_value();
        if (matters && ++count_ <= max_lines_told)
            lines_.emplace_back(line);
    }
    std::vector<std::string> take() {
        if (count_ > max_lines_told)
            lines_.push_back("and " + std::to_string(count_ - max_lines_told) +
                             " more, in /etc/update-control/carried-over.txt after the restart");
        return std::move(lines_);
    }

  private:
    std::vector<std::string> lines_;
    std::size_t count_ = 0;
};

} // namespace

ReleaseConversion::ReleaseConversion(partitions::Storage &storage, partitions::SystemRoots &roots,
                                     Conversions &conversions, ConfigurationChecks &checks, Running running)
    : storage_(storage), roots_(roots), conversions_(conversions), checks_(checks),
      running_(std::move(running)) {}

void ReleaseConversion::require_possible(const snapshot::Description &description) const {
    static_cast<void>(chain_for(description));
}

std::vector<firmware::Conversion>
ReleaseConversion::chain_for(const snapshot::Description &description) const {
    const std::string of = "the snapshot " + description.name + " of version " + description.version;
    if (version_of(description) > firmware::Version::parse(running_.version))
        throw Refused("the snapshot " + description.name + " is of version " + description.version +
                          ", which is newer than the running " + running_.version +
                          "; settings of a newer version can't be restored",
                      "Install version " + description.version +
                          " first: update-control -i fw. Or: " + show_it(description),
                      messages::Code::snapshot_refused);
    const auto manifest = running_.manifest();
    if (!manifest || manifest->version.text() != running_.version)
        throw Refused("which programs convert settings for version " + running_.version +
                          " isn't known: the signed head of the running system isn't on this appliance, so " +
                          of + " can't be restored",
                      show_it(description) + "; or go back to that version: update-control --rollback",
                      messages::Code::snapshot_refused);
    checks::PresentFormats present{.formats = {}, .of = of};
    for (const auto &[name, format] : description.formats)
        present.formats.push_back({name, firmware::ConversionKind::configuration, format});
    try {
        return conversions_of(checks::conversion_chain(*manifest, present),
                              firmware::ConversionKind::configuration);
    } catch (const Refused &refusal) {
        throw Refused(refusal.what(), show_it(description), messages::Code::snapshot_refused);
    }
}

void ReleaseConversion::complete_old_root(const std::filesystem::path &old_root,
                                          const std::filesystem::path &image) const {
    // Places for what the sandbox shows in it (hooks/runner/old_root.hpp), and what programs look for.
    // Nothing but /etc is known of the old image; which places both systems share doesn't change between
    // releases.
    for (const char *folder :
         {"etc", "data", "dev", "proc", "run", "sys", "tmp", "usr/share/update-control", "var"})
        partitions::make_directories(storage_, old_root / folder);
    const std::filesystem::path places = "usr/share/update-control/shared-places";
    if (storage_.kind(image / places) == partitions::FileKind::file &&
        storage_.kind(old_root / places) == partitions::FileKind::none)
        storage_.clone_file(image / places, old_root / places);
}

snapshot::ConvertedSettings ReleaseConversion::convert(const snapshot::Description &description,
                                                       const snapshot::ConversionFolders &folders,
                                                       const std::stop_token &stop) {
    const auto chain = chain_for(description);
    job::JobFacts facts;
    facts.old_slot = running_.slot;
    facts.new_slot = running_.slot;
    facts.from_version = description.version;
    facts.to_version = running_.version;
    ToldLines told;
    job::PhaseRun run{
        .facts = facts,
        .save_facts = [] {},
        .progress = [](int, std::string_view) {},
        .log = [&told](job::Severity severity, std::string_view line) { told.add(severity, line); },
        .stop = stop};
    const auto image = roots_.of_running_image();
    complete_old_root(folders.old_root, image.path());
    const ConversionView view{.program_root = image.path(),
                              .old_root = folders.old_root,
                              .new_root = "/",
                              .old_var = folders.old_var,
                              .new_var = folders.new_var,
                              .only_settings = true};
    const auto converted =
        convert_in_stages(storage_, conversions_, chain, {folders.source, folders.work}, view, run, {});
    try {
        checks_.run_all(checks_.checkers_of(image.path(), run), {.upper = converted, .var = running_.var()},
                        run);
    } catch (const ConfigurationRefused &refusal) {
        throw Refused(refusal.what(), show_it(description), messages::Code::snapshot_refused);
    }
    return {converted, told.take()};
}

} // namespace updater::phases
