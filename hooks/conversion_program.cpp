// The common main function of the conversion programs; see the header.
#include "hooks/conversion_program.hpp"

#include <algorithm>
#include <cstdlib>
#include <iostream>

namespace hooks {

namespace {

constexpr int exit_done = 0;
constexpr int exit_failed = 1;
constexpr int exit_usage = 2;
constexpr int exit_try_again_later = 75; // EX_TEMPFAIL of sysexits(3)

std::string on_one_line(std::string_view text) {
    std::string line(text);
    std::replace_if(
        line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r' || c == '\0'; }, ' ');
    return line;
}

std::filesystem::path required_directory(const ReadEnvironment &environment, const char *name) {
    const char *value = environment(name);
    if (value == nullptr || *value == '\0')
        throw ConversionFailed(std::string(name) +
                               " is not set; this program is meant to be run by update-agent");
    if (!std::filesystem::is_directory(value))
        throw ConversionFailed(std::string(name) + ": no directory at " + value);
    return value;
}

ConversionRequest read_request(const std::vector<std::string> &arguments,
                               const ReadEnvironment &environment) {
    ConversionRequest request;
    request.from_format = arguments[1];
    request.to_format = arguments[2];
    request.source = arguments[3];
    request.target = arguments[4];
    if (!std::filesystem::is_directory(request.source))
        throw ConversionFailed("there is no source directory " + request.source.string());
    if (!std::filesystem::is_directory(request.target))
        throw ConversionFailed("there is no target directory " + request.target.string());
    // Leftovers of an interrupted conversion must not be mixed with the result of this one.
    if (!std::filesystem::is_empty(request.target))
        throw ConversionFailed("the target directory " + request.target.string() + " is not empty");
    request.old_root = required_directory(environment, "UPDATE_CONTROL_OLD_ROOT");
    request.new_root = required_directory(environment, "UPDATE_CONTROL_NEW_ROOT");
    request.old_var = required_directory(environment, "UPDATE_CONTROL_OLD_VAR");
    request.new_var = required_directory(environment, "UPDATE_CONTROL_NEW_VAR");
    const auto is_set = [&](const char *name) {
        const char *value = environment(name);
        return value != nullptr && std::string_view(value) == "1";
    };
    request.rehearsal = is_set("UPDATE_CONTROL_REHEARSAL");
    request.only_settings = is_set("UPDATE_CONTROL_ONLY_SETTINGS");
    return request;
}

bool matches(std::string_view supported, std::string_view format) {
    return supported == any_format || supported == format;
}

const SupportedConversion *find_conversion(const std::vector<SupportedConversion> &supported,
                                           const std::string &from, const std::string &to) {
    for (const SupportedConversion &row : supported)
        if (matches(row.from_format, from) && matches(row.to_format, to))
            return &row;
    return nullptr;
}

} // namespace

ConversionLog::ConversionLog(std::ostream &progress_lines, std::ostream &log_lines)
    : progress_lines_(progress_lines), log_lines_(log_lines) {}

void ConversionLog::progress(int percent, std::string_view text) {
    percent_ = std::max(percent_, std::clamp(percent, 0, 100));
    progress_lines_ << "progress " << percent_ << ' ' << on_one_line(text) << '\n' << std::flush;
}

void ConversionLog::note(std::string_view text) {
    log_lines_ << on_one_line(text) << '\n' << std::flush;
}

int run_conversion_program(const std::vector<std::string> &arguments, const ReadEnvironment &environment,
                           const std::vector<SupportedConversion> &supported, ConversionLog &log) {
    if (arguments.size() != 5 || arguments[0] != "convert") {
        log.note("usage: convert FROM TO SOURCE-DIR TARGET-DIR");
        return exit_usage;
    }
    try {
        const SupportedConversion *conversion = find_conversion(supported, arguments[1], arguments[2]);
        if (conversion == nullptr)
            throw ConversionFailed("this program has no conversion from format " + arguments[1] +
                                   " to format " + arguments[2]);
        conversion->convert(read_request(arguments, environment), log);
        log.progress(100, "done");
        return exit_done;
    } catch (const TryAgainLater &error) {
        log.note(error.what());
        return exit_try_again_later;
    } catch (const std::exception &error) {
        log.note(error.what());
        return exit_failed;
    }
}

int run_conversion_program(int argument_count, char **arguments,
                           const std::vector<SupportedConversion> &supported) {
    ConversionLog log(std::cout, std::cerr);
    const std::vector<std::string> texts(arguments + std::min(argument_count, 1), arguments + argument_count);
    return run_conversion_program(
        texts, [](const char *name) { return std::getenv(name); }, supported, log);
}

} // namespace hooks
