// Runs the CppUTest tests of one program. CppUTest's own count of allocations is off: it is not made for
// threads, and the address sanitizer finds leaks better.
#include <cstddef>

#include <CppUTest/CommandLineTestRunner.h>
#include <CppUTest/MemoryLeakWarningPlugin.h>

int main(int argument_count, char **arguments) {
    MemoryLeakWarningPlugin::turnOffNewDeleteOverloads();
    return CommandLineTestRunner::RunAllTests(argument_count, arguments);
}
