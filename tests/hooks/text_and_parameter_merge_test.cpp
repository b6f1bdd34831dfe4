// Text changed on both sides is merged by lines, and where that is not enough and safe, name by name.
#include "hooks/etc/parameter_merge.hpp"
#include "hooks/etc/text_merge.hpp"
#include "tests/hooks/scratch_tree.hpp"

#include "hooks/conversion_program.hpp"

#include <CppUTest/TestHarness.h>

using namespace hooks;

TEST_GROUP(TextMergeByLines) {
    ScratchTree tree;
    TextMerge merge(const char *base, const char *mine, const char *theirs) {
        tree.file("-base", base);
        tree.file("mine $(x)", mine);
        tree.file("theirs", theirs);
        return merge_texts(tree / "-base", tree / "mine $(x)", tree / "theirs");
    }
};

TEST(TextMergeByLines, MergesOrSaysThatItCannot) {
    struct Case {
        const char *what, *base, *mine, *theirs;
        const char *result; // nullptr: conflict
    };
    const Case cases[] = {
        {"different lines", "a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n", "A\nb\nC\n"},
        {"the same change on both sides", "a\nb\nc\n", "a\nB\nc\n", "a\nB\nc\n", "a\nB\nc\n"},
        {"the same change and another one", "a\nb\nc\n", "a\nB\nc\n", "a\nB\nC\n", nullptr},
        {"the same line", "a\nb\nc\n", "a\n1\nc\n", "a\n2\nc\n", nullptr},
        {"no line end at the end", "a\nb\nc", "A\nb\nc", "a\nb\nc\n", "A\nb\nc\n"},
        {"long and much", "", "", "x\n", "x\n"},
    };
    for (const Case &row : cases) {
        const TextMerge result = merge(row.base, row.mine, row.theirs);
        CHECK_EQUAL_TEXT(row.result != nullptr, result.clean, row.what);
        STRCMP_EQUAL_TEXT(row.result != nullptr ? row.result : "", result.text.c_str(), row.what);
    }
}

TEST(TextMergeByLines, FailsLoudlyWhenAFileIsMissing) {
    tree.file("a", "a");
    CHECK_THROWS(ConversionFailed, merge_texts(tree / "a", tree / "missing", tree / "a"));
}

TEST_GROUP(ParameterMerges){};

TEST(ParameterMerges, MergeNameByName) {
    struct Case {
        const char *what;
        ParameterFile file;
        const char *base, *mine, *theirs, *result;
        const char *conflict; // the only name in conflict; empty: none
    };
    const Case cases[] = {
        {"neighbouring names changed on different sides", ParameterFile::equals_sign, "a = 1\nb = 1\n",
         "# why\na = 2\nb = 1\n", "a = 1\nb = 3\n", "# why\na = 2\nb = 3\n", ""},
        {"new names on both sides", ParameterFile::equals_sign, "a = 1\n", "a = 1\nm = 1\n", "a = 1\nt = 1\n",
         "a = 1\nm = 1\nt = 1\n", ""},
        {"the same name", ParameterFile::equals_sign, "a = 1\n", "a = 2\n", "a = 3\n", "a = 2\n", "a"},
        {"the same value, written differently", ParameterFile::equals_sign, "a = 1\n", "a=2,  3\n",
         "a = 2,\n  3\n", "a=2,  3\n", ""},
        {"a value over several lines", ParameterFile::equals_sign, "a = 1\n  2\nb = 1\n",
         "a = 1\n  2\nb = 2\n", "a = 1\n  3\nb = 1\n", "a = 1\n  3\nb = 2\n", ""},
        {"a comment inside a value", ParameterFile::equals_sign, "a = 1\n# c\n  2\n",
         "a = 1\n# c\n  2\nb = 1\n", "a = 1\n  9\n", "a = 1\n  9\nb = 1\n", ""},
        {"dropped by the new system", ParameterFile::equals_sign, "a = 1\nb = 1\n", "a = 1\nb = 2\n",
         "b = 1\n", "b = 2\n", ""},
        {"dropped by the new system, changed by us", ParameterFile::equals_sign, "a = 1\n", "a = 2\n",
         "b = 1\n", "a = 2\nb = 1\n", "a"},
        {"removed by us", ParameterFile::equals_sign, "a = 1\nb = 1\n", "b = 1\n", "a = 2\nb = 1\n",
         "b = 1\n", ""},
        {"aliases", ParameterFile::colon, "root: a\n", "root: bob, :include:/etc/x\n",
         "root: a\npostmaster: root\n", "root: bob, :include:/etc/x\npostmaster: root\n", ""},
    };
    for (const Case &row : cases) {
        const auto merge = merge_parameters(row.file, row.base, row.mine, row.theirs);
        CHECK_TRUE_TEXT(merge.has_value(), row.what);
        STRCMP_EQUAL_TEXT(row.result, merge->text.c_str(), row.what);
        LONGS_EQUAL_TEXT(*row.conflict == '\0' ? 0 : 1, merge->conflicts.size(), row.what);
        if (!merge->conflicts.empty())
            STRCMP_EQUAL_TEXT(row.conflict, merge->conflicts[0].c_str(), row.what);
    }
}

TEST(ParameterMerges, DoNotGuessWhenANameStandsTwice) {
    CHECK_FALSE(
        merge_parameters(ParameterFile::equals_sign, "a = 1\n", "a = 1\na = 2\n", "a = 3\n").has_value());
}
