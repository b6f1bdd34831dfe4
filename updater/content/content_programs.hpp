// The product's programs in content.d (updater/contracts.md), which say the versions of content and repair
// it. Runs them; decides nothing.
#pragma once

#include "hooks/runner/hook_runner.hpp"
#include "partitions/storage.hpp"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace updater::content {

/// Number of the contract with these programs (updater/contracts.md).
inline constexpr unsigned content_contract = 1;

struct Component {
    std::string name;
    std::string version;
    std::filesystem::path program; ///< that said so, and repairs it
};

/// The command for a person.
std::string repair_command(const std::filesystem::path &program, const std::string &name);

class ContentPrograms {
  public:
    static constexpr std::size_t max_programs = 8;
    static constexpr std::size_t max_components = 64; ///< of all programs
    static constexpr std::size_t max_text_bytes = 64; ///< of a name, of a version
    static constexpr std::chrono::seconds time_for_versions{20};
    static constexpr std::chrono::minutes time_to_repair{5};

    using OnProblem = std::function<void(const std::string &text)>;

    /// Both outlive this object.
    ContentPrograms(partitions::Storage &storage, hooks::runner::HookRunner &programs,
                    std::filesystem::path folder)
        : storage_(storage), programs_(programs), folder_(std::move(folder)) {}

    bool any() const;
    /// What all programs of the running system say. A program that fails is told of, and its components are
    /// not among them. Throws Cancelled, StorageError.
    std::vector<Component> components(const OnProblem &on_problem, const std::stop_token &stop);
    /// Whether the program says that it has repaired them is in the result. Throws nothing.
    hooks::runner::HookResult repair(const std::filesystem::path &program,
                                     const std::vector<std::string> &names,
                                     const hooks::runner::OnLine &on_line, const std::stop_token &stop);

  private:
    hooks::runner::HookResult run(const hooks::runner::HookCall &call, const hooks::runner::OnLine &on_line,
                                  const std::stop_token &stop);

    partitions::Storage &storage_;
    hooks::runner::HookRunner &programs_;
    std::filesystem::path folder_;
};

} // namespace updater::content
