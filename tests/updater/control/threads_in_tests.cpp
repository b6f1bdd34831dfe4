// Tests in this folder run threads beside the test's own, and CppUTest counts allocations without a lock. So
// its counting is off in this program; leaks are found by the address sanitizer instead.
#include <CppUTest/TestHarness.h>

#include <CppUTest/MemoryLeakWarningPlugin.h>

namespace {

struct CountingOff {
    CountingOff() { MemoryLeakWarningPlugin::turnOffNewDeleteOverloads(); }
} const counting_off;

} // namespace
