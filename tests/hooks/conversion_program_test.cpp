// How a conversion program is called and how it answers: arguments, environment, progress lines, exit codes.
#include "hooks/conversion_program.hpp"

#include "hooks/owner_translation.hpp"
#include "tests/hooks/conversion_fixture.hpp"

#include <map>

#include <CppUTest/TestHarness.h>

using namespace hooks;

TEST_GROUP(ConversionProgram) {
    ConversionFixture fixture;
    std::map<std::string, std::string> environment{{"UPDATE_CONTROL_OLD_ROOT", fixture.tree / "old"},
                                                   {"UPDATE_CONTROL_NEW_ROOT", fixture.tree / "new"},
                                                   {"UPDATE_CONTROL_OLD_VAR", fixture.tree / "old-var"},
                                                   {"UPDATE_CONTROL_NEW_VAR", fixture.tree / "new-var"}};
    std::vector<std::string> arguments{"convert", "1", "2", fixture.tree / "upper", fixture.tree / "result"};

    int call(const Conversion &convert) {
        const auto read = [this](const char *name) {
            const auto found = environment.find(name);
            return found == environment.end() ? nullptr : found->second.c_str();
        };
        return run_conversion_program(arguments, read, {{"1", "2", convert}}, fixture.log);
    }
    int call() {
        return call([](const ConversionRequest &, ConversionLog &) {});
    }
    std::string last_note() const {
        const std::string text = fixture.notes.str();
        const std::size_t end = text.empty() ? 0 : text.size() - 1;
        const std::size_t start = end == 0 ? std::string::npos : text.rfind('\n', end - 1);
        return text.substr(start == std::string::npos ? 0 : start + 1,
                           end - (start == std::string::npos ? 0 : start + 1));
    }
};

TEST(ConversionProgram, hands_over_what_it_was_given) {
    environment["UPDATE_CONTROL_REHEARSAL"] = "1";
    environment["UPDATE_CONTROL_ONLY_SETTINGS"] = "1";
    const auto convert = [&](const ConversionRequest &request, ConversionLog &log) {
        CHECK_TRUE(request.source == fixture.tree / "upper" && request.target == fixture.tree / "result");
        CHECK_TRUE(request.old_root == fixture.tree / "old" && request.new_var == fixture.tree / "new-var");
        CHECK_TRUE(request.rehearsal);
        CHECK_TRUE(request.only_settings);
        log.progress(30, "a\nb");
        log.progress(20, "never falls");
        log.progress(200, "never above");
    };
    LONGS_EQUAL(0, call(convert));
    STRCMP_EQUAL("progress 30 a b\nprogress 30 never falls\nprogress 100 never above\nprogress 100 done\n",
                 fixture.progress.str().c_str());
}

TEST(ConversionProgram, ends_with_the_reason_of_a_failure) {
    LONGS_EQUAL(1, call([](const ConversionRequest &, ConversionLog &log) {
                    log.note("before");
                    throw ConversionFailed("it is\nbroken");
                }));
    STRCMP_EQUAL("it is broken", last_note().c_str());
    LONGS_EQUAL(75, call([](const ConversionRequest &, ConversionLog &) { throw TryAgainLater("later"); }));
    STRCMP_EQUAL("later", last_note().c_str());
    LONGS_EQUAL(
        1, call([](const ConversionRequest &, ConversionLog &) { throw std::logic_error("unexpected"); }));
    STRCMP_EQUAL("unexpected", last_note().c_str());
}

TEST(ConversionProgram, refuses_a_call_that_cannot_be_right) {
    arguments[2] = "3";
    LONGS_EQUAL(1, call());
    STRCMP_CONTAINS("from format 1 to format 3", last_note().c_str());
    arguments[2] = "2";

    fixture.tree.file("result/left-over", "x");
    LONGS_EQUAL(1, call());
    STRCMP_CONTAINS("is not empty", last_note().c_str());
    std::filesystem::remove(fixture.tree / "result/left-over");

    for (const char *name : {"UPDATE_CONTROL_OLD_ROOT", "UPDATE_CONTROL_NEW_ROOT", "UPDATE_CONTROL_OLD_VAR",
                             "UPDATE_CONTROL_NEW_VAR"}) {
        const std::string value = environment[name];
        environment.erase(name);
        LONGS_EQUAL(1, call());
        STRCMP_CONTAINS(name, last_note().c_str());
        environment[name] = value;
    }
    LONGS_EQUAL(0, call());

    arguments.pop_back();
    LONGS_EQUAL(2, call());
    STRCMP_CONTAINS("usage", last_note().c_str());
}

TEST(ConversionProgram, converts_between_any_formats_where_a_row_says_so) {
    const auto read = [this](const char *name) { return environment.at(name).c_str(); };
    environment["UPDATE_CONTROL_REHEARSAL"] = "0";
    environment["UPDATE_CONTROL_ONLY_SETTINGS"] = "0";
    std::vector<std::string> called;
    const auto note = [&](const ConversionRequest &request, ConversionLog &) {
        called.push_back(request.from_format + " to " + request.to_format);
    };
    for (const std::string from : {"debian-12", "debian-13"}) {
        arguments[1] = from;
        arguments[2] = "debian-13";
        LONGS_EQUAL(0,
                    run_conversion_program(arguments, read, {{any_format, any_format, note}}, fixture.log));
    }
    CHECK_TRUE(called == (std::vector<std::string>{"debian-12 to debian-13", "debian-13 to debian-13"}));
    LONGS_EQUAL(1, run_conversion_program(arguments, read, {{any_format, "debian-14", note}}, fixture.log));
}

TEST_GROUP(Owners){};

TEST(Owners, are_translated_by_name) {
    const OwnerTranslation owners("root:x:0:0\na:x:100:1\nb:x:101:1\nbroken\nc:x:nonsense:1\n",
                                  "b:x:100:1\na:x:101:1\nroot:x:0:0\n", "g:x:50:\n", "g:x:51:\n");
    CHECK_EQUAL(101U, owners.user(100));
    CHECK_EQUAL(100U, owners.user(101));
    CHECK_EQUAL(0U, owners.user(0));
    CHECK_EQUAL(4711U, owners.user(4711));
    CHECK_EQUAL(51U, owners.group(50));
    CHECK_EQUAL(100U, owners.group(100));
}
