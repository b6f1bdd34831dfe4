// The two OS partitions and their names. Which one is the system and which the rescue partition is a role:
// the boot selection tells, never the letter.
#pragma once

#include <string>

namespace partitions {

enum class Slot { a, b };

Slot other(Slot slot);
char letter(Slot slot);
/// Throws std::invalid_argument for anything but 'a' and 'b'.
Slot slot_of_letter(char letter);
/// The GPT partition name: "system-a", "system-b".
std::string partition_label(Slot slot);

} // namespace partitions
