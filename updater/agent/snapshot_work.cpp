#include "updater/agent/snapshot_work.hpp"

#include "updater/job/job_requests.hpp"
#include "updater/messages/failure_code.hpp"
#include "updater/refusal.hpp"
#include "updater/snapshot/comparison.hpp"
#include "updater/snapshot/exchange.hpp"
#include "updater/text/clean_text.hpp"
#include "updater/text/utc_time.hpp"
#include "updater/text/word_table.hpp"

#include <array>
#include <utility>

namespace updater::agent {

using nlohmann::json;

namespace {

constexpr auto change_words =
    std::to_array<text::Word<snapshot::Change>>({{snapshot::Change::added, "added"},
                                                 {snapshot::Change::removed, "removed"},
                                                 {snapshot::Change::changed, "changed"},
                                                 {snapshot::Change::only_attributes, "attributes"}});

json document_of(const std::string &name, const snapshot::Description &description, std::size_t files) {
    return {{"name", name},
            {"product", text::clean_text(description.product)},
            {"version", text::clean_text(description.version)},
            {"slot", text::clean_text(description.slot)},
            {"made", text::iso_time(description.made)},
            {"made_utc", text::utc_text(description.made)},
            {"why", text::clean_text(description.why)},
            {"automatic", description.automatic},
            {"files", files}};
}

json left_out_of(const snapshot::Description &description) {
    json lines = json::array();
    for (const std::string &line : description.left_out)
        lines.push_back(text::clean_text(line));
    return lines;
}

json told(std::string text, std::string next = {}) {
    return {{"text", std::move(text)}, {"next", std::move(next)}};
}

} // namespace

SnapshotWork::SnapshotWork(partitions::Storage &storage, snapshot::SnapshotStore &store,
                           snapshot::Restore &restore, std::function<bool()> job_runs, text::Clock clock)
    : storage_(storage), store_(store), restore_(restore), job_runs_(std::move(job_runs)),
      clock_(std::move(clock)) {}

std::uint64_t SnapshotWork::begin(bus::SnapshotAction action, const std::string &name) {
    switch (action) {
    case bus::SnapshotAction::create:
        return start("create", name, [this, name](const auto &) { return create(name); });
    case bus::SnapshotAction::show:
        return start("show", name, [this, name](const auto &) { return show(name); });
    case bus::SnapshotAction::restore:
        require_no_job();
        return start("restore", name, [this, name](const auto &stop) { return restore(name, stop); });
    case bus::SnapshotAction::cancel_restore:
        return start("cancel-restore", name, [this](const auto &) { return cancel_restore(); });
    case bus::SnapshotAction::remove:
        return start("delete", name, [this, name](const auto &) { return remove(name); });
    }
    throw std::logic_error("an action on snapshots without a function");
}

std::uint64_t SnapshotWork::begin_export(const std::string &name, partitions::base::FileDescriptor file,
                                         const bus::SnapshotSecret &secret) {
    auto kept = std::make_shared<partitions::base::FileDescriptor>(std::move(file));
    return start("export", name, [this, name, kept, secret](const std::stop_token &) {
        snapshot::export_snapshot(storage_, store_, name, kept->number(), {secret.password, secret.pem});
        return told("The snapshot " + name + " was exported" +
                    (secret.password.empty() && secret.pem.empty() ? ", not encrypted." : ", encrypted."));
    });
}

std::uint64_t SnapshotWork::begin_import(const std::string &name, partitions::base::FileDescriptor file,
                                         const bus::SnapshotSecret &secret) {
    auto kept = std::make_shared<partitions::base::FileDescriptor>(std::move(file));
    return start("import", name, [this, name, kept, secret](const std::stop_token &) {
        const std::string taken =
            snapshot::import_snapshot(storage_, store_, name, kept->number(), {secret.password, secret.pem});
        json result = told("The snapshot is here as " + taken + "; its settings are not in force.",
                           "See what is in it: update-control --snapshot show " + taken);
        result["name"] = taken;
        return result;
    });
}

std::uint64_t SnapshotWork::start(const char *action, const std::string &name, Work work) {
    std::jthread before;
    const std::lock_guard lock(mutex_);
    if (ended_for_good_)
        throw job::NotPossible("the update agent ends at this moment; ask again when it is back");
    if (!working_.is_null())
        throw job::Busy("the agent works on a snapshot already; ask again when that has ended");
    json result{{"number", number_ + 1},
                {"action", action},
                {"name", name},
                {"began", text::iso_time(clock_())},
                {"text", ""},
                {"next", ""},
                {"code", ""}};
    // First, because it may fail. It shows nothing before this lock is released.
    before =
        std::exchange(thread_, std::jthread([this, work = std::move(work), result](
                                                const std::stop_token &stop) { run(work, result, stop); }));
    working_ = std::move(result);
    return ++number_;
}

void SnapshotWork::run(const Work &work, json result, const std::stop_token &stop) {
    const auto fails = [&](const char *how, const std::exception &failure, const std::string &next) {
        result["result"] = how;
        result["text"] = text::clean_text(failure.what());
        result["code"] = messages::text_of(messages::code_of(failure));
        result["next"] = text::clean_text(next);
    };
    try {
        result.update(work(stop));
        result["result"] = "done";
    } catch (const Refused &refusal) {
        fails("refused", refusal, refusal.next_step());
    } catch (const std::exception &failure) {
        fails("failed", failure, "See the agent's own messages: journalctl -u update-agent");
    }
    const std::lock_guard lock(mutex_);
    result["ended"] = text::iso_time(clock_());
    last_ = std::move(result);
    working_ = nullptr;
}

void SnapshotWork::end() {
    std::jthread thread;
    {
        const std::lock_guard lock(mutex_);
        ended_for_good_ = true;
        thread = std::exchange(thread_, {});
    }
}

json SnapshotWork::create(const std::string &wished) {
    const std::string name = wished.empty() ? store_.name_now("") : wished;
    const auto description = store_.create({name, "by hand", false});
    json result =
        told("The snapshot " + name + " of the settings was made.",
             "It stays until it is deleted. To keep it elsewhere: update-control --snapshot export " + name +
                 " FILE");
    result.update(document_of(name, description, description.settings.size()));
    result["left_out"] = left_out_of(description);
    return result;
}

json SnapshotWork::show(const std::string &name) {
    const auto description = store_.verified(name);
    const auto now = store_.of_now();
    json changes = json::array();
    for (const auto &each : snapshot::differences(description, now))
        changes.push_back({{"path", each.path}, {"change", text::word_of(change_words, each.change)}});
    json result = told("The snapshot " + name + " is whole.");
    result.update(document_of(name, description, description.settings.size()));
    result["left_out"] = left_out_of(description);
    result["since"] = std::move(changes);
    return result;
}

void SnapshotWork::require_no_job() const {
    if (job_runs_())
        throw job::Busy("a job runs, and settings are restored only between jobs; watch it with: "
                        "update-control -f");
}

json SnapshotWork::restore(const std::string &name, const std::stop_token &stop) {
    const auto prepared = restore_.prepare(
        name, [this] { require_no_job(); }, stop);
    const bool converted = !prepared.converted_from.empty();
    json result = told("The settings of the snapshot " + name +
                           (converted ? ", converted from version " + prepared.converted_from + "," : "") +
                           " are ready and take effect at the next restart; until then all is as before. The "
                           "settings of now are in the snapshot " +
                           prepared.before + ".",
                       "Restart now: systemctl reboot. Or stay with the settings of now: update-control "
                       "--snapshot cancel-restore");
    result["before"] = prepared.before;
    result["converted_from"] = converted ? json(prepared.converted_from) : json(nullptr);
    result["lines"] = json::array();
    for (const std::string &line : prepared.lines)
        result["lines"].push_back(text::clean_text(line));
    return result;
}

json SnapshotWork::cancel_restore() {
    if (!restore_.cancel())
        throw Refused("no restore of settings waits for a restart, so there is nothing to cancel",
                      "See the snapshots: update-control --snapshot list", messages::Code::snapshot_refused);
    return told("The settings stay as they are.");
}

json SnapshotWork::remove(const std::string &name) {
    store_.remove(name);
    return told("The snapshot " + name + " was deleted.");
}

json SnapshotWork::listed() const {
    json list = json::array();
    for (const auto &each : store_.list()) {
        json shown = each.problem.empty() ? document_of(each.name, each.description, each.files)
                                          : json{{"name", each.name}};
        shown["bytes"] = each.size_bytes;
        shown["problem"] = text::clean_text(each.problem);
        list.push_back(std::move(shown));
    }
    return list;
}

json SnapshotWork::document() const {
    const auto waiting = restore_.pending();
    json document{{"format", 1},
                  {"snapshots", listed()},
                  {"restored_at_restart", waiting ? json(*waiting) : json(nullptr)},
                  {"restore_failed", restore_.failed_at_last_start()}};
    const std::lock_guard lock(mutex_);
    document["working"] = working_;
    document["last"] = last_;
    return document;
}

} // namespace updater::agent
