// Names of the two OS partitions.
#include "partitions/slot.hpp"

#include <stdexcept>

namespace partitions {

Slot other(Slot slot) {
    return slot == Slot::a ? Slot::b : Slot::a;
}

char letter(Slot slot) {
    return slot == Slot::a ? 'a' : 'b';
}

Slot slot_of_letter(char letter) {
    switch (letter) {
    case 'a':
        return Slot::a;
    case 'b':
        return Slot::b;
    default:
        throw std::invalid_argument(std::string("no slot has the letter '") + letter +
                                    "': there are a and b");
    }
}

std::string partition_label(Slot slot) {
    return std::string("system-") + letter(slot);
}

} // namespace partitions
