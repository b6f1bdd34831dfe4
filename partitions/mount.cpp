// Mounting through libmount. Neither /etc/fstab nor the user's options are looked at.
#include "partitions/mount.hpp"

#include <array>
#include <cstdio>
#include <libmount.h>
#include <memory>
#include <utility>

namespace partitions {

namespace {

struct ContextFree {
    void operator()(libmnt_context *context) const noexcept { mnt_free_context(context); }
};
using Context = std::unique_ptr<libmnt_context, ContextFree>;

Context new_context() {
    Context context(mnt_new_context());
    if (!context)
        throw MountError("cannot mount or unmount anything: libmount has no memory left");
    return context;
}

void check_set(int result, const std::string &what) {
    if (result != 0)
        throw MountError(what + ": libmount refuses an argument");
}

// libmount's message. result: of mnt_context_mount or _umount.
void check_done(libmnt_context *context, int result, const std::string &what) {
    std::array<char, 1024> text{};
    const int exit_code = mnt_context_get_excode(context, result, text.data(), text.size());
    if (exit_code != 0) {
        throw MountError(what + ": " +
                         (text[0] != '\0' ? text.data() : "mount reports " + std::to_string(exit_code)) +
                         "; the kernel's messages (dmesg) tell more");
    }
}

void mount_with_libmount(const std::filesystem::path &source, const std::filesystem::path &target,
                         std::string_view type, std::string_view options, unsigned long flags) {
    const std::string what = "cannot mount " + source.string() + " on " + target.string();
    const Context context = new_context();
    check_set(mnt_context_set_source(context.get(), source.c_str()), what);
    check_set(mnt_context_set_target(context.get(), target.c_str()), what);
    check_set(mnt_context_set_optsmode(context.get(), MNT_OMODE_NOTAB), what);
    if (!type.empty())
        check_set(mnt_context_set_fstype(context.get(), std::string(type).c_str()), what);
    if (!options.empty())
        check_set(mnt_context_set_options(context.get(), std::string(options).c_str()), what);
    check_set(mnt_context_set_mflags(context.get(), flags), what);
    check_done(context.get(), mnt_context_mount(context.get()), what);
}

void unmount_with_libmount(const std::filesystem::path &target, bool lazy) {
    const std::string what = "cannot unmount " + target.string();
    const Context context = new_context();
    check_set(mnt_context_set_target(context.get(), target.c_str()), what);
    check_set(mnt_context_enable_lazy(context.get(), lazy ? 1 : 0), what);
    check_done(context.get(), mnt_context_umount(context.get()), what);
}

void report_to_standard_error(std::string_view message) {
    // If this fails too, there is nowhere left to report it.
    std::fprintf(stderr, "%.*s\n", static_cast<int>(message.size()), message.data());
}

using MountTable = std::unique_ptr<libmnt_table, void (*)(libmnt_table *)>;

MountTable mounts_now() {
    MountTable table(mnt_new_table_from_file("/proc/self/mountinfo"), mnt_unref_table);
    if (!table)
        throw MountError("cannot read the list of mounts: /proc/self/mountinfo; is /proc mounted?");
    return table;
}

// The last that was mounted on it; nullptr for a path that is no mount, or is not there. Lives as long as the
// table.
libmnt_fs *mount_at(libmnt_table &table, const std::filesystem::path &path) {
    std::error_code error;
    const std::filesystem::path real = std::filesystem::canonical(path, error);
    return mnt_table_find_target(&table, error ? path.c_str() : real.c_str(), MNT_ITER_BACKWARD);
}

} // namespace

Mount::Mount(const std::filesystem::path &source, std::filesystem::path target, std::string_view type,
             std::string_view options, unsigned long flags) {
    mount_with_libmount(source, target, type, options, flags);
    target_ = std::move(target);
}

Mount Mount::bind(const std::filesystem::path &source, const std::filesystem::path &target, bool read_only) {
    return Mount(source, target, "none", read_only ? "bind,ro" : "bind");
}

Mount Mount::adopt(std::filesystem::path target) {
    return Mount(std::move(target));
}

Mount::Mount(Mount &&from) noexcept
    : target_(std::exchange(from.target_, {})), report_(std::exchange(from.report_, {})) {}

Mount &Mount::operator=(Mount &&from) noexcept {
    if (this != &from) {
        detach();
        target_ = std::exchange(from.target_, {});
        report_ = std::exchange(from.report_, {});
    }
    return *this;
}

Mount::~Mount() {
    detach();
}

void Mount::unmount() {
    if (target_.empty())
        return;
    unmount_with_libmount(target_, false);
    target_.clear();
}

void Mount::detach() noexcept {
    if (target_.empty())
        return;
    try {
        // Lazily: processes keep the files that they have open, and the mount point is free at once.
        unmount_with_libmount(std::exchange(target_, {}), true);
    } catch (const std::exception &error) {
        report_ ? report_(error.what()) : report_to_standard_error(error.what());
    }
}

void Mount::move_to(std::filesystem::path target) {
    mount_with_libmount(target_, target, "none", "", MS_MOVE);
    target_ = std::move(target);
}

void Mount::release() noexcept {
    target_.clear();
}

void Mount::report_failure_to(std::function<void(std::string_view)> report) {
    report_ = std::move(report);
}

bool is_mounted(const std::filesystem::path &path) {
    const auto table = mounts_now();
    return mount_at(*table, path) != nullptr;
}

std::string mount_option(const std::filesystem::path &path, const std::string &name) {
    const auto table = mounts_now();
    libmnt_fs *const found = mount_at(*table, path);
    char *value = nullptr;
    std::size_t length = 0;
    if (found == nullptr || mnt_fs_get_option(found, name.c_str(), &value, &length) != 0 || value == nullptr)
        return {};
    return {value, length};
}

void unmount_all(const std::filesystem::path &path) {
    while (is_mounted(path))
        unmount_with_libmount(path, false);
}

} // namespace partitions
