// Reading the command line; see the header.
#include "image/image-tool/options.hpp"

#include "image/image-tool/units.hpp"

#include <charconv>
#include <cstring>
#include <getopt.h>
#include <map>
#include <string>

namespace image_tool {
namespace {

constexpr std::int64_t latest_time_seconds = 0x3'7fff'ffff; ///< what an ext4 inode can hold, in 2446
constexpr std::size_t max_label = 16;                       ///< superblock, s_volume_name

template <typename Number> Number number(const std::string &option, const std::string &text, Number max) {
    Number value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 0 || value > max)
        throw WrongUsage("--" + option + " needs a number between 0 and " + std::to_string(max) + ", not '" +
                         text + "'");
    return value;
}

} // namespace

const char *const help_text =
    R"(Usage: update-image build --tree DIR --output IMAGE --size BYTES --uuid UUID --label LABEL --time SECONDS
                          [--previous OLD-IMAGE]
Makes an ext4 image of a folder. The same folder gives the same bytes.
  --tree DIR        what goes into it; run as root, owners and device nodes are taken over
  --output IMAGE    replaced when the image is complete
  --size BYTES      of the image, a multiple of 4096
  --uuid UUID       of the file system; keep it for all releases
  --label LABEL     of the file system, at most 16 bytes
  --time SECONDS    since 1970; the time of the file system, and of each file that says it is newer
  --previous IMAGE  of the release before: what did not change since then stays in its blocks
)";

Command parse_command_line(int argument_count, char **arguments) {
    static const option known[] = {{"tree", required_argument, nullptr, 't'},
                                   {"output", required_argument, nullptr, 'o'},
                                   {"size", required_argument, nullptr, 's'},
                                   {"uuid", required_argument, nullptr, 'u'},
                                   {"label", required_argument, nullptr, 'l'},
                                   {"time", required_argument, nullptr, 'T'},
                                   {"previous", required_argument, nullptr, 'p'},
                                   {"help", no_argument, nullptr, 'h'},
                                   {nullptr, 0, nullptr, 0}};
    std::map<std::string, std::string> given;
    optind = 1;
    opterr = 0;
    int index = 0;
    for (int letter = 0; (letter = getopt_long(argument_count, arguments, "h", known, &index)) != -1;) {
        if (letter == 'h')
            return HelpCommand{};
        if (letter == '?')
            throw WrongUsage(std::string("wrong option ") + arguments[optind - 1]);
        given[known[index].name] = optarg;
    }
    if (argument_count - optind != 1 || std::strcmp(arguments[optind], "build") != 0)
        throw WrongUsage("the only command is 'build'");
    for (const char *name : {"tree", "output", "size", "uuid", "label", "time"})
        if (!given.contains(name))
            throw WrongUsage(std::string("--") + name + " is missing");
    ImageRequest request{.tree = given["tree"], .output = given["output"]};
    request.file_system = {.size_bytes = number<std::uint64_t>("size", given["size"], std::uint64_t{1} << 44),
                           .uuid = given["uuid"],
                           .label = given["label"],
                           .time_seconds = number("time", given["time"], latest_time_seconds)};
    if (request.file_system.size_bytes % block_bytes != 0)
        throw WrongUsage("--size is no multiple of 4096");
    if (request.file_system.label.size() > max_label)
        throw WrongUsage("--label is longer than 16 bytes");
    if (given.contains("previous"))
        request.previous = given["previous"];
    return request;
}

} // namespace image_tool
