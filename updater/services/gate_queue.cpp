#include "updater/services/gate_queue.hpp"

#include "partitions/durable.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>
#include <utility>

namespace updater::services {
namespace {

constexpr std::chrono::seconds max_time_for_writers{5};
constexpr std::chrono::milliseconds writers_poll_interval{100};

/// From which folder to which. Postfix accepts messages of any queue in incoming/; held ones stay held;
/// maildrop/ is for messages that sendmail(1) has just written. The other folders hold no messages.
constexpr std::array<std::pair<const char *, const char *>, 5> message_folders{{{"maildrop", "maildrop"},
                                                                                {"incoming", "incoming"},
                                                                                {"active", "incoming"},
                                                                                {"deferred", "incoming"},
                                                                                {"hold", "hold"}}};

bool holds_file(partitions::Storage &storage, const std::filesystem::path &folder) {
    if (storage.kind(folder) != partitions::FileKind::directory)
        return false;
    return std::ranges::any_of(storage.list(folder), [&storage](const std::filesystem::path &entry) {
        return storage.kind(entry) == partitions::FileKind::file || holds_file(storage, entry);
    });
}

void move_file(partitions::Storage &storage, const std::filesystem::path &from, std::filesystem::path to) {
    // The name only has to be unused: Postfix renames moved queue files correctly when it starts
    // (postsuper(1)).
    while (storage.kind(to) != partitions::FileKind::none)
        to += "0";
    // Complete and durable before it gets its name: half a message would be bounced or dropped. Postfix
    // ignores files with a dot in the name.
    auto fresh = to;
    fresh += ".new";
    partitions::remove_tree(storage, fresh);
    storage.clone_file(from, fresh);
    const auto file = storage.open(fresh, partitions::OpenMode::overwrite_in_place);
    file->sync();
    file->close();
    storage.rename(fresh, to);
    storage.sync_directory(to.parent_path());
    // Last: a power cut before this leaves the message in both folders, and the next call moves it again.
    storage.remove(from);
}

std::size_t move_all(partitions::Storage &storage, const std::filesystem::path &from,
                     const std::filesystem::path &to) {
    if (storage.kind(from) != partitions::FileKind::directory)
        return 0;
    std::size_t count = 0;
    for (const std::filesystem::path &entry : storage.list(from)) {
        if (storage.kind(entry) == partitions::FileKind::directory) { // deferred/ has a level of hash folders
            count += move_all(storage, entry, to);
        } else if (storage.kind(entry) == partitions::FileKind::file) {
            move_file(storage, entry, to / entry.filename());
            ++count;
        }
    }
    return count;
}

std::size_t move_messages_between(partitions::Storage &storage, const std::filesystem::path &from_queue,
                                  const std::filesystem::path &to_queue) {
    std::size_t moved = 0;
    for (const auto &[from, to] : message_folders)
        moved += move_all(storage, from_queue / from, to_queue / to);
    return moved;
}

} // namespace

std::size_t put_back_left_mail(partitions::Storage &storage, const partitions::Generations &generations,
                               const std::filesystem::path &queue) {
    std::size_t moved = 0;
    for (const auto &name : generations.all()) {
        const auto folder = generations.at(name).gate_queue();
        if (!holds_messages(storage, folder))
            continue;
        moved += move_messages_between(storage, folder, queue);
        partitions::remove_tree(storage, folder);
    }
    return moved;
}

bool holds_messages(partitions::Storage &storage, const std::filesystem::path &queue) {
    return std::ranges::any_of(message_folders,
                               [&](const auto &each) { return holds_file(storage, queue / each.first); });
}

GateQueue::GateQueue(partitions::Storage &storage, partitions::Mounts &mounts, std::filesystem::path folder,
                     std::filesystem::path queue)
    : storage_(storage), mounts_(mounts), folder_(std::move(folder)), queue_(std::move(queue)) {}

bool GateQueue::covers() const {
    // The queue is a mount point in any case (a shared folder), so compare what is visible there.
    return storage_.kind(folder_) == partitions::FileKind::directory && mounts_.shows(queue_, folder_);
}

void GateQueue::cover() {
    if (covers())
        return;
    // Messages of an earlier trial that could not be moved then.
    move_messages();
    partitions::remove_tree(storage_, folder_);
    partitions::make_directories(storage_, folder_);
    try {
        mounts_.bind(folder_, queue_, false);
    } catch (const partitions::MountError &error) {
        throw GateQueueError(std::string("cannot put an empty queue over the mail queue: ") + error.what());
    }
}

std::size_t GateQueue::uncover() {
    try {
        if (covers())
            remove_cover();
    } catch (const partitions::MountError &error) {
        throw GateQueueError(std::string("cannot remove the empty queue from the mail queue: ") +
                             error.what());
    }
    if (storage_.kind(folder_) == partitions::FileKind::none)
        return 0;
    const std::size_t moved = move_messages();
    partitions::remove_tree(storage_, folder_);
    return moved;
}

void GateQueue::remove_cover() {
    try {
        mounts_.unmount(queue_);
    } catch (const partitions::MountBusy &) {
        // A shell, a mailq, a scanner: it must not delay the mail. New programs see the real queue at once.
        mounts_.detach(queue_);
        wait_for_writers();
    }
}

void GateQueue::wait_for_writers() const {
    const auto is_being_written = [this](const std::filesystem::path &file) {
        // Postfix's postdrop(1) makes a message executable when it is complete.
        return storage_.kind(file) == partitions::FileKind::file &&
               (storage_.details(file).mode & S_IXUSR) == 0;
    };
    const auto folder = folder_ / "maildrop";
    const auto end = std::chrono::steady_clock::now() + max_time_for_writers;
    while (storage_.kind(folder) == partitions::FileKind::directory &&
           std::ranges::any_of(storage_.list(folder), is_being_written) &&
           std::chrono::steady_clock::now() < end)
        std::this_thread::sleep_for(writers_poll_interval);
}

std::size_t GateQueue::move_messages() const {
    return move_messages_between(storage_, folder_, queue_);
}

} // namespace updater::services
