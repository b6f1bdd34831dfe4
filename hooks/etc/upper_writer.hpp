// Writes the new upper directory of /etc entry by entry. Decides nothing; never writes outside its directory.
#pragma once

#include "hooks/overlay/overlay_format.hpp"
#include "partitions/storage.hpp"

#include <filesystem>
#include <functional>
#include <string_view>
#include <vector>

namespace hooks::etc {

class UpperWriter {
  public:
    /// What a directory that must be made for an entry in it is modelled on.
    struct DirectoryModel {
        std::filesystem::path times_from;
        overlay::Attributes attributes;
    };
    using ModelOf = std::function<DirectoryModel(const std::filesystem::path &relative)>;

    /// target: exists, is empty.
    UpperWriter(partitions::Storage &storage, std::filesystem::path target, ModelOf model_of);

    /// All paths are relative to the target and normalized. Missing directories above them are made after
    /// their model.
    void put_directory(const std::filesystem::path &relative);
    /// A file, link or device like `from` (its times too), with these attributes; a directory with all below
    /// it, as it is.
    void put_copy(const std::filesystem::path &relative, const std::filesystem::path &from,
                  const overlay::Attributes &attributes);
    /// A file with this text and these attributes.
    void put_text(const std::filesystem::path &relative, std::string_view text,
                  const overlay::Attributes &attributes);
    void put_whiteout(const std::filesystem::path &relative);
    /// Also hides what the new lower directory has in it.
    void put_opaque_directory(const std::filesystem::path &relative);
    bool has(const std::filesystem::path &relative) const;
    /// Removes an entry that could only be made in part; a directory stays.
    void undo_put(const std::filesystem::path &relative);
    /// Sets the times of the directories. Everything is durable on return.
    void finish();

  private:
    std::filesystem::path place_for(const std::filesystem::path &relative);

    struct MadeDirectory {
        std::filesystem::path path;
        std::filesystem::path times_from;
    };

    partitions::Storage &storage_;
    std::filesystem::path target_;
    ModelOf model_of_;
    std::vector<MadeDirectory> directories_;
};

} // namespace hooks::etc
