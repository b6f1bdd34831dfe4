// The programs of the new image that a conversion runs; a conversion is itself one, and runs in that image.
// An interface, so that tests can replace it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace hooks {

struct ProgramResult {
    int exit_code = -1; ///< -1: ended by a signal
    std::string output; ///< what it wrote to its standard output
    std::string errors; ///< and to its standard error
};

class Programs {
  public:
    virtual ~Programs() = default;
    virtual bool has(const std::filesystem::path &program) const = 0;
    /// Without a shell, with an empty standard input. program: absolute. Throws std::system_error if it
    /// cannot be run.
    virtual ProgramResult run(const std::filesystem::path &program,
                              const std::vector<std::string> &arguments) = 0;
};

class SpawnedPrograms : public Programs {
  public:
    bool has(const std::filesystem::path &program) const override;
    ProgramResult run(const std::filesystem::path &program,
                      const std::vector<std::string> &arguments) override;
};

} // namespace hooks
