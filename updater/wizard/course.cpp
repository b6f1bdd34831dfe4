#include "updater/wizard/course.hpp"

namespace updater::wizard {

bool Course::forward() {
    for (std::size_t next = now_ + 1; next < pages_.size(); ++next)
        if (pages_[next]->is_wanted()) {
            pages_[next]->enter();
            now_ = next;
            return true;
        }
    return false;
}

bool Course::back() {
    for (std::size_t before = now_; before-- > 0;)
        if (pages_[before]->is_wanted()) {
            now_ = before;
            return true;
        }
    return false;
}

} // namespace updater::wizard
