// update-image: makes the OS images of releases so that little changes from one to the next.
#include "image/image-tool/options.hpp"

#include <exception>
#include <iostream>

int main(int argument_count, char **arguments) {
    try {
        const image_tool::Command command = image_tool::parse_command_line(argument_count, arguments);
        if (const auto *request = std::get_if<image_tool::ImageRequest>(&command))
            image_tool::build_image(*request);
        else
            std::cout << image_tool::help_text;
        return 0;
    } catch (const image_tool::WrongUsage &wrong) {
        std::cerr << "update-image: " << wrong.what() << "\n" << image_tool::help_text;
        return 2;
    } catch (const std::exception &failure) {
        std::cerr << "update-image: " << failure.what() << "\n";
        return 1;
    }
}
