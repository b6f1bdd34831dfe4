// The commands behind the loop devices.
#include "tests/partitions/test_machine.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

namespace partitions_test {

std::string shell(const std::string &command) {
    FILE *pipe = ::popen(("exec 2>&1; " + command).c_str(), "r");
    if (pipe == nullptr)
        throw std::runtime_error("cannot run: " + command);
    std::string output;
    std::array<char, 4096> piece{};
    while (const std::size_t count = std::fread(piece.data(), 1, piece.size(), pipe))
        output.append(piece.data(), count);
    if (const int status = ::pclose(pipe); !WIFEXITED(status) || WEXITSTATUS(status) != 0)
        throw std::runtime_error("failed: " + command + "\n" + output);
    while (output.ends_with('\n'))
        output.pop_back();
    return output;
}

namespace {

// Used in destructors: prints what could not be released, and does not throw; the leftovers fail the run.
void run_at_end(const std::string &command) {
    try {
        shell(command);
    } catch (const std::exception &error) {
        std::fprintf(stderr, "clean-up: %s\n", error.what());
    }
}

std::filesystem::path attach(const std::filesystem::path &file, std::uint64_t size_bytes) {
    std::ofstream(file).flush();
    std::filesystem::resize_file(file, size_bytes);
    return shell("losetup --find --show " + file.string());
}

} // namespace

TemporaryDirectory::TemporaryDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "partitions-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
        throw std::runtime_error("cannot make a temporary directory like " + name);
    path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
    run_at_end("rm -rf --one-file-system " + path_.string());
}

LoopDisk::LoopDisk(const std::filesystem::path &file, std::uint64_t size_bytes)
    : device_(attach(file, size_bytes)) {}

LoopDisk::~LoopDisk() {
    if (partitioned_) {
        run_at_end("partx -d " +
                   device_.string()); // nodes left behind would belong to the next user of the device
    }
    run_at_end("losetup -d " + device_.string());
}

void LoopDisk::partition(const std::string &first_name, const std::string &second_name) {
    shell("sgdisk --clear --new=1:2048:+8M --change-name=1:'" + first_name +
          "' --new=2:0:0 --change-name=2:'" + second_name + "' " + device_.string());
    partitioned_ = true;
    shell("partx -u " + device_.string() + " && for n in 1 2; do test -b " + device_.string() + "p$n; done");
}

std::filesystem::path LoopDisk::partition_device(int number) const {
    return device_.string() + "p" + std::to_string(number);
}

Volume::Volume(const TemporaryDirectory &directory, const std::string &type)
    : disk_(directory / (type + ".disk"), std::uint64_t{400} << 20),
      mount_point_(directory / (type + "-volume")) {
    std::filesystem::create_directory(mount_point_);
    shell((type == "xfs" ? "mkfs.xfs -q -m reflink=1 " : "mkfs.ext4 -q ") + disk_.device().string());
    shell("mount " + disk_.device().string() + " " + mount_point_.string());
}

Volume::~Volume() {
    run_at_end("umount " + mount_point_.string());
}

std::string unique_label(const std::string &prefix) {
    return prefix + "-" + std::to_string(::getpid());
}

} // namespace partitions_test
