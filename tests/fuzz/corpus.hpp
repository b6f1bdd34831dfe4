// The inputs that the fuzzers begin with: where they are put, and who makes which.
#pragma once

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace fuzz {

/// A folder with a folder of inputs for each fuzzer.
class Corpus {
  public:
    explicit Corpus(std::filesystem::path folder) : folder_(std::move(folder)) {
        std::filesystem::create_directories(folder_);
    }
    const std::filesystem::path &folder() const { return folder_; }

    void add(const std::string &fuzzer, const std::string &name, std::string_view input) const {
        std::filesystem::create_directories(folder_ / fuzzer);
        write(folder_ / fuzzer / name, input);
    }

    static void write(const std::filesystem::path &path, std::string_view contents) {
        std::ofstream stream(path, std::ios::binary | std::ios::trunc);
        stream << contents;
        stream.close();
        if (!stream)
            throw std::runtime_error("cannot write " + path.string());
    }

  private:
    std::filesystem::path folder_;
};

void write_firmware_inputs(const Corpus &corpus); ///< manifest, firmware_head, and the key in keys/
void write_feed_inputs(const Corpus &corpus);     ///< feed, key_list; after write_firmware_inputs
void write_index_inputs(const Corpus &corpus);    ///< text, chunk, unit and patch index
void write_chunk_inputs(const Corpus &corpus);    ///< stored_chunk, patch_record
void write_job_inputs(const Corpus &corpus);      ///< journal, grub_environment
void write_answer_inputs(const Corpus &corpus);   ///< fetch_answers
void write_hawkbit_inputs(const Corpus &corpus);  ///< hawkbit_answers
void write_snapshot_inputs(const Corpus &corpus); ///< snapshot

} // namespace fuzz
