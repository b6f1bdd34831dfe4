// Which page follows which.
#include "updater/wizard/course.hpp"

#include <stdexcept>
#include <string>

#include <CppUTest/TestHarness.h>

using namespace updater::wizard;

namespace {

class NamedPage : public Page {
  public:
    explicit NamedPage(std::string name) : name_(std::move(name)) {}

    bool is_wanted() const override { return wanted; }
    void enter() override {
        if (!may_be_entered)
            throw std::runtime_error("no");
        ++entered;
    }
    Screen screen(const Size &) const override { return {.title = name_}; }

    bool wanted = true;
    bool may_be_entered = true;
    int entered = 0;

  private:
    const std::string name_;
};

} // namespace

TEST_GROUP(Course) {
    NamedPage one{"one"};
    NamedPage two{"two"};
    NamedPage three{"three"};
    Course course{{&one, &two, &three}, 0};

    std::string title() const {
        return course.now().screen({}).title;
    }
};

TEST(Course, leads_forward_and_back) {
    CHECK(course.forward());
    STRCMP_EQUAL("two", title().c_str());
    CHECK(course.forward());
    CHECK(!course.forward());
    STRCMP_EQUAL("three", title().c_str());
    CHECK(course.back());
    CHECK(course.back());
    CHECK(!course.back());
    STRCMP_EQUAL("one", title().c_str());
    LONGS_EQUAL(1, two.entered);
}

TEST(Course, leaves_out_what_is_not_wanted) {
    two.wanted = false;
    CHECK(course.forward());
    STRCMP_EQUAL("three", title().c_str());
    LONGS_EQUAL(0, two.entered);
    CHECK(course.back());
    STRCMP_EQUAL("one", title().c_str());
}

TEST(Course, stays_when_the_next_page_does_not_let_itself_be_entered) {
    two.may_be_entered = false;
    CHECK_THROWS(std::runtime_error, course.forward());
    STRCMP_EQUAL("one", title().c_str());
}

TEST(Course, begins_where_it_is_told_to) {
    const Course later({&one, &two, &three}, 2);
    STRCMP_EQUAL("three", later.now().screen({}).title.c_str());
}
