// The folders of one conversion as the updater lays them out, and the log that the conversion writes.
#pragma once

#include "hooks/conversion_program.hpp"
#include "partitions/posix_storage.hpp"
#include "tests/hooks/scratch_tree.hpp"

#include <sstream>

struct ConversionFixture {
    ScratchTree tree; // old/, new/ (roots), upper/, result/, old-var/, new-var/
    partitions::PosixStorage storage;
    std::ostringstream progress;
    std::ostringstream notes;
    hooks::ConversionLog log{progress, notes};

    ConversionFixture() {
        for (const char *folder : {"old/etc", "new/etc", "upper", "result", "old-var", "new-var"})
            tree.directory(folder);
    }

    hooks::ConversionRequest request() const {
        hooks::ConversionRequest request;
        request.source = tree / "upper";
        request.target = tree / "result";
        request.old_root = tree / "old";
        request.new_root = tree / "new";
        request.old_var = tree / "old-var";
        request.new_var = tree / "new-var";
        return request;
    }

    bool noted(std::string_view text) const { return notes.str().find(text) != std::string::npos; }
};
