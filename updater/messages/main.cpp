// Prints the manual page of the codes, for the build.
#include "updater/messages/message.hpp"

#include <iostream>

int main() {
    std::cout << updater::messages::manual_page() << std::flush;
    return std::cout ? 0 : 1;
}
