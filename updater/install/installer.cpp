// The steps of an installation: survey, plan, make and write chunks, fall back, sync, read back.
#include "updater/install/installer.hpp"

#include "partitions/read_back.hpp"
#include "updater/cancelled.hpp"
#include "updater/firmware/firmware_error.hpp"
#include "updater/install/chunk_maker.hpp"
#include "updater/install/pipeline.hpp"
#include "updater/install/planner.hpp"
#include "updater/install/survey.hpp"

#include <algorithm>
#include <iomanip>
#include <sstream>
#include <thread>

namespace updater::install {

namespace {

constexpr unsigned max_threads_by_default = 4;
/// A base from which none of the first chunks can be made is the wrong base.
constexpr std::size_t failures_that_condemn_a_way = 8;

std::string megabytes(std::uint64_t bytes) {
    std::ostringstream text;
    text << std::fixed << std::setprecision(bytes < 10'000'000 ? 1 : 0) << static_cast<double>(bytes) / 1e6
         << " MB";
    return text.str();
}

unsigned threads_of(const InstallSettings &settings) {
    if (settings.threads > 0)
        return settings.threads;
    return std::clamp(std::thread::hardware_concurrency(), 1U, max_threads_by_default);
}

} // namespace

std::string_view name_of(Way way) {
    switch (way) {
    case Way::nothing:
        return "nothing";
    case Way::patch:
        return "patch";
    case Way::units:
        return "units";
    case Way::whole:
        return "whole";
    }
    return "unknown";
}

class Installer::Work {
  public:
    Work(partitions::Storage &storage, firmware::ByteSource &source, const firmware::FirmwareHead &head,
         const InstallTarget &target, const std::optional<InstallBase> &base, const InstallSettings &settings,
         Pace pace)
        : source_(source), head_(head), device_(target.device), pace_(std::move(pace)),
          threads_(threads_of(settings)),
          writer_(storage, target.device, target.partition_bytes, settings.checkpoint_bytes) {
        if (head.chunks.image_bytes > target.partition_bytes)
            throw partitions::ImageTooLarge(
                "the image has " + std::to_string(head.chunks.image_bytes) + " bytes, more than the " +
                std::to_string(target.partition_bytes) + " of " + target.device.string() +
                "; it is made for an appliance with larger partitions; nothing was written");
        if (base) {
            base_ = storage.open(base->device, partitions::OpenMode::block_device_shared);
            base_version_ = base->version;
        }
    }

    InstallPlan plan(const Progress &progress, const std::stop_token &stop) {
        const std::uint64_t image_bytes = head_.chunks.image_bytes;
        survey_ = survey(
            writer_.file(), head_.chunks, threads_, pace_,
            [&](std::uint64_t done) {
                tell(progress, done, image_bytes, "looking at what is there already");
            },
            stop);
        InstallPlan plan;
        wanted_.clear();
        for (std::size_t number = 0; number < head_.chunks.chunks.size(); ++number) {
            if (survey_.present[number])
                plan.present_bytes += head_.chunks.chunks[number].raw_bytes;
            else
                wanted_.push_back(number);
        }
        const std::uint64_t before = source_.fetched_bytes();
        route_ = wanted_.empty() ? Route() : make_planner().choose(wanted_, survey_.present, progress, stop);
        plan.way = wanted_.empty() ? Way::nothing : route_.way;
        plan.whole_bytes = head_.chunks.stored_bytes;
        plan.fetch_bytes = fetch_bytes(route_.tasks) + (source_.fetched_bytes() - before);
        plan.text = describe(plan);
        return plan;
    }

    InstallResult run(const Progress &progress, const Log &log, const std::stop_token &stop) {
        progress_ = &progress;
        done_bytes_ = head_.chunks.image_bytes;
        for (const std::size_t number : wanted_)
            done_bytes_ -= head_.chunks.chunks[number].raw_bytes;
        InstallResult result;
        ChunkNumbers left = carry_out(route_, stop);
        result.fallback_chunks = left.size();
        Way failed = route_.way;
        while (!left.empty()) {
            // Fetching the same again makes sense only from another server.
            if (failed == Way::whole && !source_.distrust())
                throw firmware::FirmwareDamaged(reason_ + "; " + std::to_string(left.size()) +
                                                " of its chunks cannot be obtained");
            Route route = make_planner().fall_back(failed, left, survey_.present, progress, stop);
            if (log)
                log(std::to_string(left.size()) + " chunks could not be made in the way '" +
                    std::string(name_of(failed)) + "' (" + reason_ + "); fetching " +
                    megabytes(route.fetch_bytes) + " for them in the way '" +
                    std::string(name_of(route.way)) + "' from " + source_.name());
            left = carry_out(route, stop);
            failed = route.way;
        }
        // Before the read-back: otherwise a cache could return data that is not on the disk yet.
        writer_.sync();
        result.read_back_bytes = read_back(progress, stop);
        result.written_bytes = writer_.written_bytes();
        result.zeroed_bytes = writer_.zeroed_bytes();
        result.fetched_bytes = source_.fetched_bytes();
        writer_.finish();
        return result;
    }

  private:
    Planner make_planner() {
        return {source_,
                head_,
                {.base = base_.get(),
                 .base_bytes = base_ ? base_->size_bytes() : 0,
                 .base_version = base_version_,
                 .target = &writer_.file()},
                threads_,
                pace_};
    }

    /// Returns the chunks that could not be made in this way.
    ChunkNumbers carry_out(const Route &route, const std::stop_token &stop) {
        const Ingredients ingredients{.head = head_,
                                      .patch = route.patch ? &*route.patch : nullptr,
                                      .units = route.units.get(),
                                      .lookup = route.lookup.get(),
                                      .present = &survey_.present,
                                      .base = base_.get(),
                                      .target = &writer_.file()};
        std::vector<ChunkWorker> workers;
        for (unsigned thread = 0; thread < threads_; ++thread)
            workers.push_back(worker(ingredients));
        const PipelineSettings settings{
            .ordered = route.way == Way::units,
            .limits = {.max_without_success = failures_that_condemn_a_way,
                       .max = route.way == Way::whole ? 1 : route.tasks.size()}}; // no way after `whole`
        const PipelineReports reports{.chunk_written = [this](const ChunkTask &task) { chunk_done(task); },
                                      .bytes_came = [this] { tell_written(); }};
        auto result = run_pipeline(source_, route.tasks, std::move(workers), settings, reports, stop);
        if (!result.failed.empty())
            reason_ = result.reason;
        return result.failed;
    }

    ChunkWorker worker(const Ingredients &ingredients) {
        struct State {
            explicit State(const Ingredients &all) : maker(all) {}
            ChunkMaker maker;
            partitions::AlignedBuffer raw{firmware::chunk_bytes};
            partitions::PartitionWriter::Scratch scratch;
        };
        const auto state = std::make_shared<State>(ingredients);
        const auto raw_of = [this, state](const ChunkTask &task) {
            return state->raw.first(static_cast<std::size_t>(head_.chunks.chunks[task.chunk].raw_bytes));
        };
        return {.make =
                    [this, state, raw_of](const ChunkTask &task, std::span<const std::byte> fetched) {
                        const auto raw = raw_of(task);
                        if (pace_)
                            pace_(raw.size());
                        if (task.how != ChunkTask::How::zero)
                            state->maker.make(task, fetched, raw);
                    },
                .write =
                    [this, state, raw_of](const ChunkTask &task) {
                        const firmware::Chunk &chunk = head_.chunks.chunks[task.chunk];
                        if (task.how == ChunkTask::How::zero)
                            writer_.zero(chunk.offset_bytes, chunk.raw_bytes, state->scratch);
                        else
                            writer_.write(chunk.offset_bytes, raw_of(task), state->scratch);
                    }};
    }

    void chunk_done(const ChunkTask &task) {
        done_bytes_ += head_.chunks.chunks[task.chunk].raw_bytes;
        tell_written();
    }

    /// Called also between two chunks: on a slow line one takes minutes.
    void tell_written() {
        tell(*progress_, done_bytes_, 2 * head_.chunks.image_bytes,
             "written " + megabytes(done_bytes_) + " of " + megabytes(head_.chunks.image_bytes) +
                 ", fetched " + megabytes(source_.fetched_bytes()));
    }

    std::uint64_t read_back(const Progress &progress, const std::stop_token &stop) {
        const std::uint64_t image_bytes = head_.chunks.image_bytes;
        // Nothing was written: the survey has read and verified the whole image.
        if (wanted_.empty())
            return survey_.read_bytes;
        std::vector<partitions::ExpectedRange> ranges;
        for (const firmware::Chunk &chunk : head_.chunks.chunks)
            ranges.push_back({chunk.offset_bytes, chunk.raw_bytes,
                              chunk.kind == firmware::ChunkKind::zero
                                  ? "-"
                                  : partitions::base::to_hexadecimal(chunk.raw_sha256)});
        std::uint64_t paced_bytes = 0;
        try {
            partitions::read_back(
                writer_.file(), device_, ranges, threads_,
                [&](std::uint64_t done, std::uint64_t) {
                    if (pace_)
                        pace_(done - paced_bytes);
                    paced_bytes = done;
                    tell(progress, image_bytes + done, 2 * image_bytes,
                         "reading back " + megabytes(done) + " of " + megabytes(image_bytes));
                },
                stop);
        } catch (const partitions::ReadBackStopped &) {
            throw Cancelled();
        }
        return image_bytes;
    }

    std::string describe(const InstallPlan &plan) const {
        const std::string there =
            plan.present_bytes > 0 ? "; " + megabytes(plan.present_bytes) + " of the image are there already"
                                   : "";
        const std::string of_whole = megabytes(plan.fetch_bytes) + " of " + megabytes(plan.whole_bytes);
        switch (plan.way) {
        case Way::nothing:
            return "nothing to fetch: the partition holds this image already";
        case Way::patch:
            return "to fetch: " + of_whole + ", as a patch to " + route_.patch_entry->from.text() + there;
        case Way::units:
            return "to fetch: " + of_whole + ", what neither partition holds" + there;
        case Way::whole:
            return "to fetch: " + of_whole + there;
        }
        return {};
    }

    static void tell(const Progress &progress, std::uint64_t done, std::uint64_t all, std::string_view what) {
        if (progress)
            progress(done, all, what);
    }

    firmware::ByteSource &source_;
    const firmware::FirmwareHead &head_;
    std::filesystem::path device_;
    Pace pace_;
    unsigned threads_;
    partitions::PartitionWriter writer_;
    std::unique_ptr<partitions::File> base_;
    firmware::Version base_version_;

    Survey survey_;
    ChunkNumbers wanted_;
    Route route_;
    std::string reason_; ///< why a way failed
    const Progress *progress_ = nullptr;
    std::uint64_t done_bytes_ = 0;
};

Installer::Installer(partitions::Storage &storage, firmware::ByteSource &source,
                     const firmware::FirmwareHead &head, const InstallTarget &target,
                     const std::optional<InstallBase> &base, const InstallSettings &settings, Pace pace)
    : work_(std::make_unique<Work>(storage, source, head, target, base, settings, std::move(pace))) {}

Installer::~Installer() = default;

InstallPlan Installer::plan(const Progress &progress, const std::stop_token &stop) {
    return work_->plan(progress, stop);
}

InstallResult Installer::run(const Progress &progress, const Log &log, const std::stop_token &stop) {
    return work_->run(progress, log, stop);
}

} // namespace updater::install
