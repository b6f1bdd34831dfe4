// Which page follows which: the next one forward or back that is wanted. Shows nothing.
#pragma once

#include "updater/wizard/page.hpp"

#include <cstddef>
#include <vector>

namespace updater::wizard {

class Course {
  public:
    /// The pages in their order, which outlive this object. `first` begins.
    Course(std::vector<Page *> pages, std::size_t first) : pages_(std::move(pages)), now_(first) {}

    Page &now() const { return *pages_.at(now_); }
    /// Enters the next page, and goes there if it lets itself be entered. False: this was the last one.
    bool forward();
    /// False: there is none before this one.
    bool back();

  private:
    std::vector<Page *> pages_;
    std::size_t now_;
};

} // namespace updater::wizard
