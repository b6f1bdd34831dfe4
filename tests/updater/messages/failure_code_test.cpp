// Which code an exception gets.
#include "updater/messages/failure_code.hpp"

#include "partitions/mount_error.hpp"
#include "partitions/storage.hpp"
#include "updater/messages/coded.hpp"

#include <new>
#include <stdexcept>

#include <CppUTest/TestHarness.h>

using namespace updater::messages;

namespace {

class WithCode : public std::runtime_error, public CodeIs<Code::disk_full> {
  public:
    using std::runtime_error::runtime_error;
};

class MoreExactly : public WithCode {
  public:
    using WithCode::WithCode;
    Code code() const override { return Code::mount_busy; }
};

void check_code(Code expected, const std::exception &failure) {
    STRCMP_EQUAL(text_of(expected).c_str(), text_of(code_of(failure)).c_str());
}

} // namespace

TEST_GROUP(FailureCode){};

TEST(FailureCode, of_an_error_with_a_code_is_its_own) {
    check_code(Code::disk_full, WithCode("x"));
    check_code(Code::mount_busy, MoreExactly("x"));
}

TEST(FailureCode, of_the_floors_below_is_that_of_the_most_exact_type) {
    check_code(Code::disk_full, partitions::StorageFull("write", "/x", "no space", "free some"));
    check_code(Code::storage_failed, partitions::StorageError("write", "/x", "I/O error", "look"));
    check_code(Code::mount_busy, partitions::MountBusy("x"));
    check_code(Code::mount_failed, partitions::MountError("x"));
    check_code(Code::out_of_memory, std::bad_alloc());
}

TEST(FailureCode, of_an_error_that_says_no_more_than_its_text_is_the_general_one) {
    check_code(Code::unexpected, std::runtime_error("x"));
}
