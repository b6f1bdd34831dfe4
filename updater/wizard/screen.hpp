// What the wizard shows and what comes back: plain values between the pages and the terminal.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace updater::wizard {

/// Room for text, in characters.
struct Size {
    std::size_t columns = 0;
    std::size_t rows = 0;
};

/// A line that can be filled in.
struct Field {
    std::string label;
    std::string value;

    bool operator==(const Field &) const = default;
};

struct Screen {
    std::string title;
    std::vector<std::string> lines;   ///< each fits into the columns; more than the rows can be scrolled
    std::vector<std::string> choices; ///< one of them is chosen
    std::size_t chosen = 0;
    std::vector<Field> fields;
    std::string next = "Next"; ///< what the key for "next" does; "": that key does nothing here
    bool back = true;          ///< there is a way back
    bool waits = false;        ///< changes by itself, so it has to be made again soon

    bool operator==(const Screen &) const = default;
};

enum class Key {
    next,
    back,
    leave,
    nothing, ///< time has passed, or the terminal has another size now
    lost,    ///< nobody is there any more
    ended    ///< a signal asks the program to end
};

struct Answer {
    Key key = Key::nothing;
    std::size_t chosen = 0;
    std::vector<std::string> values; ///< of the fields
};

} // namespace updater::wizard
