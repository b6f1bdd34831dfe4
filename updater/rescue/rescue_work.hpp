// The thread that compares the OS partitions with what was signed, and copies the running system to the
// rescue partition: on request, when it is due, and when the copy turns out to be damaged; and that has the
// copy started on request, after it was compared. One thing at a time, slowly, and never while a job runs: a
// job that begins stops it.
#pragma once

#include "updater/install/effort.hpp"
#include "updater/notices/announcements.hpp"
#include "updater/pacing/pacer.hpp"
#include "updater/rescue/due_copy.hpp"
#include "updater/rescue/rescue_copy.hpp"
#include "updater/rescue/rescue_record.hpp"
#include "updater/rescue/slot_verification.hpp"
#include "updater/text/local_time.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace updater::rescue {

/// Thread-safe.
class RescueWork {
  public:
    /// What it does, and whom it tells.
    struct Parts {
        RescueCopy &copy;
        const SlotVerification &verification;
        RescueRecord &record;
        notices::Announcements &announcements;
        std::ostream &console;
    };
    /// What it must know. All but `situation` return soon.
    struct Questions {
        partitions::Slot running;
        std::function<bool()> job_runs; ///< or may be open
        std::function<Situation()> situation;
        std::function<configuration::RescueSettings()> settings;
        /// Makes the rescue copy the default system and restarts the machine into it. Throws job::Busy if a
        /// job has begun.
        std::function<void()> start_copy = [] {};
        /// A clock that isn't set: how long the rescue partition is empty must not depend on the date.
        std::function<std::chrono::steady_clock::time_point()> steady = std::chrono::steady_clock::now;
    };

    /// The disk is for the mail first.
    static constexpr std::uint64_t max_bytes_per_second = std::uint64_t{32} << 20U;

    /// All references outlive this object. `bytes_per_second`: 0 in tests.
    RescueWork(const Parts &parts, Questions questions, text::Clock clock,
               std::uint64_t bytes_per_second = max_bytes_per_second);
    ~RescueWork() { stop(); }
    RescueWork(const RescueWork &) = delete;
    RescueWork &operator=(const RescueWork &) = delete;

    /// Called when something begins or has ended, in the thread that does it, without a lock held. Set it
    /// before begin().
    void on_change(std::function<void()> changed) { changed_ = std::move(changed); }
    /// Starts the thread.
    void begin();
    /// Stops what is being done, waits for its end, and does nothing afterwards.
    void stop();

    /// Has these slots compared; verification() shows what was found. Throws job::Busy while a job runs, or
    /// something is being done here.
    void verify(const std::vector<partitions::Slot> &slots);
    /// Has a copy made. `force`: also in place of the previous system. Throws job::Busy, and job::NotPossible
    /// without force, or when the running system isn't committed.
    void back_up(bool force);
    /// Says which copy the appliance would restart into: "slot", "version", "made". If `really`, has it
    /// compared with what was signed, and started if it is as signed; document() shows how far it is. Throws
    /// job::Busy, and job::NotPossible if the rescue partition holds no copy of the running system.
    nlohmann::json restore(bool really);
    /// Does `work`, during which nothing begins here; what the rescue partition holds is read again
    /// afterwards. Throws job::Busy if something is being done or was asked for, and what `work` throws.
    void while_idle(const std::function<void()> &work);
    /// A job begins: what is being done is stopped, and has ended on return. To be called after job_runs()
    /// has become true.
    void make_way();

    /// Whether something is being done or was asked for.
    bool is_working() const;
    /// For the member `rescue` of the state document: "made", "state", "percent", "problem", "next".
    nlohmann::json document() const;
    /// The verification document.
    nlohmann::json verification() const;

    /// One round of the thread's work.
    void do_pending_work(const std::stop_token &stop);

  private:
    enum class Doing { nothing, verifying, copying, restoring, restarting };

    void work(const std::stop_token &stop);
    void require_idle() const;
    void require_nothing_asked() const;
    void release();
    void forget_situation();
    void ask_for_due_copy();
    /// What to do now, and the token that ends it.
    std::pair<Doing, std::stop_token> take_up();
    void leave();
    void make_copy(const std::stop_token &stop);
    void copy_ended(const std::string &problem, bool failed);
    void verify_slots(const std::stop_token &stop);
    void start_verified_copy(const std::stop_token &stop);
    void restore_ended(const std::string &problem);
    void slots_verified(VerificationReport report);
    std::optional<Situation> situation_if_differs(const VerificationReport &report) const;
    std::string contents_of(const SlotReport &slot, const std::optional<Situation> &situation) const;
    bool is_damaged_copy(const VerificationReport &report, const std::optional<Situation> &situation) const;
    install::Effort effort(const std::stop_token &stop);
    void show(int percent);
    void print(const std::string &line) const;

    Parts parts_;
    Questions questions_;
    text::Clock clock_;
    pacing::Pacer pacer_;
    std::function<void()> changed_ = [] {};

    mutable std::mutex mutex_; ///< for all below
    std::condition_variable_any wake_;
    std::condition_variable_any idle_;
    Doing doing_ = Doing::nothing; ///< also what was only asked for
    bool under_way_ = false;
    bool held_ = false;             ///< by while_idle(): nothing begins
    bool replaces_damaged_ = false; ///< the copy
    std::stop_source stop_work_;
    std::vector<partitions::Slot> slots_; ///< to verify
    int percent_ = 0;
    std::string problem_; ///< of the last copy; empty: it went well
    VerificationReport verification_;

    std::optional<Situation> situation_; ///< nothing: to be read again
    unsigned times_forgotten_ = 0;       ///< the situation
    std::optional<std::chrono::steady_clock::time_point> empty_since_;
    std::optional<std::chrono::system_clock::time_point> failure_;
    std::optional<std::chrono::system_clock::time_point> not_before_; ///< after the disk could not be read
    std::optional<std::chrono::system_clock::time_point> next_;
    std::optional<std::chrono::system_clock::time_point> made_;
    std::jthread thread_;
};

} // namespace updater::rescue
