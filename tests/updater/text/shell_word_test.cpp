// A value as one word of a command.
#include "updater/text/shell_word.hpp"

#include <CppUTest/TestHarness.h>

using updater::text::shell_word;

TEST_GROUP(ShellWord){};

TEST(ShellWord, is_quoted_only_if_a_shell_would_read_it_otherwise) {
    const struct {
        const char *value;
        const char *word;
    } cases[] = {{"/data/firmware-2.8.1.0.fw", "/data/firmware-2.8.1.0.fw"},
                 {"https://updates.example/a.fw?b=1", "'https://updates.example/a.fw?b=1'"},
                 {"/data/my file.fw", "'/data/my file.fw'"},
                 {"/data/it's.fw", "'/data/it'\\''s.fw'"},
                 {"$(reboot)", "'$(reboot)'"},
                 {"", "''"}};
    for (const auto &row : cases)
        STRCMP_EQUAL(row.word, shell_word(row.value).c_str());
}
