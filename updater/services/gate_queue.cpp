#include "updater/services/gate_queue.hpp"

#include "partitions/durable.hpp"

#include <utility>

namespace updater {
namespace {

using partitions::FileKind;

void move_file(partitions::Storage &storage, const std::filesystem::path &from, std::filesystem::path to) {
    // A queue file's name need only be unused: Postfix gives a moved one its right name when it starts
    // (postsuper(1)).
    while (storage.kind(to) != FileKind::none)
        to += "0";
    // Whole and durable before it gets its name: half a message would be bounced or thrown away. Postfix
    // takes no file with a dot in its name for a message.
    auto fresh = to;
    fresh += ".new";
    partitions::remove_tree(storage, fresh);
    storage.clone_file(from, fresh);
    const auto file = storage.open(fresh, partitions::OpenMode::overwrite_in_place);
    file->sync();
    file->close();
    storage.rename(fresh, to);
    storage.sync_directory(to.parent_path());
    // Only now: a power cut before this leaves the message in both places, and the gate's folder is moved
    // again.
    storage.remove(from);
}

std::size_t move_all(partitions::Storage &storage, const std::filesystem::path &from,
                     const std::filesystem::path &to) {
    if (storage.kind(from) != FileKind::directory)
        return 0;
    std::size_t count = 0;
    for (const std::filesystem::path &entry : storage.list(from)) {
        if (storage.kind(entry) == FileKind::directory) { // deferred/ has a level of hash folders
            count += move_all(storage, entry, to);
        } else if (storage.kind(entry) == FileKind::file) {
            move_file(storage, entry, to / entry.filename());
            ++count;
        }
    }
    return count;
}

} // namespace

GateQueue::GateQueue(partitions::Storage &storage, partitions::Mounts &mounts, std::filesystem::path folder,
                     std::filesystem::path queue)
    : storage_(storage), mounts_(mounts), folder_(std::move(folder)), queue_(std::move(queue)) {}

bool GateQueue::covers() const {
    // The queue is a mount point anyway (a shared place), so only what is seen there tells.
    return storage_.kind(folder_) == FileKind::directory && mounts_.shows(queue_, folder_);
}

void GateQueue::cover() {
    if (covers())
        return;
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
            mounts_.unmount(queue_);
    } catch (const partitions::MountBusy &error) {
        throw GateQueueError(std::string("cannot take the empty queue off: ") + error.what() +
                             "; something still uses it: stop the mail server first");
    } catch (const partitions::MountError &error) {
        throw GateQueueError(std::string("cannot take the empty queue off: ") + error.what());
    }
    if (storage_.kind(folder_) == FileKind::none)
        return 0;
    const std::size_t moved = move_messages();
    partitions::remove_tree(storage_, folder_);
    return moved;
}

std::size_t GateQueue::move_messages() const {
    // Postfix takes messages from incoming/ whatever queue they were in; held ones stay held; maildrop/ is
    // for those that sendmail(1) has just written. The other folders hold no messages.
    std::size_t moved = 0;
    for (const auto &[from, to] : {std::pair{"maildrop", "maildrop"},
                                   {"incoming", "incoming"},
                                   {"active", "incoming"},
                                   {"deferred", "incoming"},
                                   {"hold", "hold"}})
        moved += move_all(storage_, folder_ / from, queue_ / to);
    return moved;
}

} // namespace updater
