// update-support-bundle FILE: what update-control --support-bundle starts. A program of its own, because it
// must work while the agent doesn't, and needs what update-control otherwise doesn't: disks and archives.
#include "partitions/partition_finder.hpp"
#include "partitions/posix_storage.hpp"
#include "updater/support/boot_environment.hpp"
#include "updater/support/contents.hpp"
#include "updater/support/output_file.hpp"

#include <csignal>
#include <ctime>
#include <exception>
#include <iostream>
#include <optional>
#include <string>
#include <unistd.h>

namespace updater::support {
namespace {

constexpr int exit_failed = 1;
constexpr int exit_usage = 2;

/// "support-mx1-20261121-030004"
std::string folder_name(std::chrono::system_clock::time_point now) {
    const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    std::string time(32, '\0');
    time.resize(std::strftime(time.data(), time.size(), "%Y%m%d-%H%M%S", &parts));
    std::string host(256, '\0');
    host.resize(::gethostname(host.data(), host.size() - 1) == 0 ? host.find('\0') : 0);
    return "support-" + (host.empty() ? "" : host + "-") + time;
}

void collect(int descriptor) {
    partitions::PosixStorage storage;
    const partitions::PartitionFinder partition_finder;
    hooks::SpawnedPrograms programs;
    const auto now = std::chrono::system_clock::now();
    Archive archive(descriptor, now);
    write_bundle(
        archive, folder_name(now),
        contents_of({.layout = {},
                     .root = "/",
                     .programs = programs,
                     .boot_environment =
                         [&] { return boot_environment(storage, partition_finder.device_of("boot")); }}),
        [](const std::string &name) { std::cerr << "collecting " << name << '\n'; });
}

void make_bundle(const std::string &file) {
    if (file == "-")
        return collect(STDOUT_FILENO);
    OutputFile output(file);
    collect(output.number());
    output.finish();
    std::cerr << "The support bundle is " << file << "\nSee what is in it: tar --list --file=" << file
              << "\nIt is masked, but have a look at it before you send it.\n";
}

int run(int argument_count, char **arguments) {
    const std::optional<std::string> file =
        argument_count == 2 ? std::optional<std::string>(arguments[1]) : std::nullopt;
    if (!file || file->empty()) {
        std::cerr << "usage: update-support-bundle FILE, or - for standard output; better: update-control "
                     "--support-bundle FILE\n";
        return exit_usage;
    }
    if (*file == "-" && ::isatty(STDOUT_FILENO) == 1) {
        std::cerr << "the support bundle is an archive, which a terminal can't show. Write it to a file: "
                     "update-control --support-bundle /data/support.tar.zst\n";
        return exit_usage;
    }
    if (::geteuid() != 0) {
        std::cerr << "only root can collect a support bundle. As root: update-control --support-bundle "
                  << *file << '\n';
        return exit_failed;
    }
    make_bundle(*file);
    return 0;
}

} // namespace
} // namespace updater::support

int main(int argument_count, char **arguments) {
    // If the reader of the output is gone, a write fails and the program ends in order.
    std::signal(SIGPIPE, SIG_IGN);
    try {
        return updater::support::run(argument_count, arguments);
    } catch (const std::exception &failure) {
        std::cerr << "update-support-bundle: " << failure.what() << '\n';
        return updater::support::exit_failed;
    }
}
