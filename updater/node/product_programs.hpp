// The programs with which a product tells and changes what the updater knows nothing of: its mail queue, its
// role in a cluster (cluster.d, updater/contracts.md). Finds them and runs them; knows none of them.
#pragma once

#include "hooks/runner/hook_runner.hpp"
#include "partitions/storage.hpp"
#include "updater/messages/coded.hpp"

#include <chrono>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

namespace updater::node {

/// Number of the contract with these programs (updater/contracts.md).
inline constexpr unsigned cluster_contract = 1;

/// The program failed, or did not say what its contract wants.
class ProgramFailed : public std::runtime_error,
                      public messages::CodeIs<messages::Code::cluster_program_failed> {
  public:
    using std::runtime_error::runtime_error;
};

/// Not for use by several threads at once.
class ProductPrograms {
  public:
    struct Folders {
        std::filesystem::path of_administrator; ///< a program in here takes the place of the image's
        std::filesystem::path of_image;
    };
    struct Call {
        std::string program; ///< a name, "queue"
        std::vector<std::string> arguments;
        bool only_looks = true; ///< it can change nothing
        std::chrono::seconds time_limit{60};
    };

    /// All outlive this object.
    ProductPrograms(partitions::Storage &storage, hooks::runner::HookRunner &runner, Folders folders);

    /// Throws StorageError.
    bool has(const std::string &program) const { return find(program).has_value(); }
    /// Runs it to its end and returns the lines that it wrote, bounded. Throws ProgramFailed with the reason,
    /// also if there is none or others than root could change it; Cancelled, StorageError.
    std::vector<std::string> run(const Call &call, const std::stop_token &stop);

  private:
    std::optional<std::filesystem::path> find(const std::string &program) const;
    void require_trusted(const std::filesystem::path &program) const;

    partitions::Storage &storage_;
    hooks::runner::HookRunner &runner_;
    Folders folders_;
};

} // namespace updater::node
