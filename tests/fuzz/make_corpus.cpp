// make-corpus FOLDER: writes the inputs that each fuzzer begins with, and the key that the firmware among
// them is signed with. Made by the product's own writers, so that they always have the format of today.
#include "tests/fuzz/corpus.hpp"

#include <exception>
#include <iostream>

int main(int argument_count, char **arguments) {
    if (argument_count != 2) {
        std::cerr << "usage: make-corpus FOLDER\n";
        return 2;
    }
    try {
        const fuzz::Corpus corpus(arguments[1]);
        fuzz::write_firmware_inputs(corpus);
        fuzz::write_feed_inputs(corpus);
        fuzz::write_index_inputs(corpus);
        fuzz::write_chunk_inputs(corpus);
        fuzz::write_job_inputs(corpus);
        fuzz::write_answer_inputs(corpus);
        fuzz::write_hawkbit_inputs(corpus);
        fuzz::write_snapshot_inputs(corpus);
        return 0;
    } catch (const std::exception &failure) {
        std::cerr << "make-corpus: " << failure.what() << '\n';
        return 1;
    }
}
