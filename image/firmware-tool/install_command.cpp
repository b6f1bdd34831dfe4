// Connects source, partitions and engine.
#include "image/firmware-tool/install_command.hpp"

#include "image/firmware-tool/progress_line.hpp"
#include "partitions/durable.hpp"
#include "partitions/posix_storage.hpp"
#include "updater/download/http_source.hpp"
#include "updater/firmware/file_source.hpp"
#include "updater/install/installer.hpp"
#include "updater/text/byte_amount.hpp"

#include <chrono>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

namespace firmware_tool {

namespace {

std::unique_ptr<updater::firmware::ByteSource> open_source(partitions::Storage &storage,
                                                           const InstallCommand &command) {
    if (!command.firmware.starts_with("https://"))
        return std::make_unique<updater::firmware::FileSource>(command.firmware);
    updater::download::HttpSourceSettings settings;
    settings.connection.certificate_authority = partitions::read_whole_file(
        storage, *command.certificate_authority, updater::download::max_pem_bytes);
    settings.report = [](const std::string &line) { std::cerr << line << std::endl; };
    return std::make_unique<updater::download::HttpSource>(command.firmware, settings);
}

std::uint64_t size_of(partitions::Storage &storage, const std::filesystem::path &device) {
    const auto file = storage.open(device, partitions::OpenMode::block_device_shared);
    const std::uint64_t bytes = file->size_bytes();
    file->close();
    return bytes;
}

nlohmann::json to_json(const updater::install::InstallPlan &plan) {
    return {{"way", updater::install::name_of(plan.way)},
            {"fetch_bytes", plan.fetch_bytes},
            {"whole_bytes", plan.whole_bytes},
            {"present_bytes", plan.present_bytes}};
}

void print(const updater::install::InstallResult &result, double seconds) {
    using updater::text::bytes_text;
    std::cout << "installed and read back in " << seconds << " s: fetched "
              << bytes_text(result.fetched_bytes) << ", written " << bytes_text(result.written_bytes)
              << ", zeroed by the device " << bytes_text(result.zeroed_bytes) << ", read back "
              << bytes_text(result.read_back_bytes) << ", " << result.fallback_chunks
              << " chunks from another source than planned\n";
}

} // namespace

void run_install(const InstallCommand &command) {
    const auto begun = std::chrono::steady_clock::now();
    partitions::PosixStorage storage;
    const auto source = open_source(storage, command);
    const auto head = updater::firmware::read_firmware_head(
        *source, updater::firmware::TrustedKeys::from_directory(command.trusted));
    std::optional<updater::install::InstallBase> base;
    if (command.base)
        base = {*command.base, updater::firmware::Version::parse(command.base_version)};
    updater::install::Installer installer(
        storage, *source, head, {.target = {command.target, size_of(storage, command.target)}, .base = base},
        {.threads = command.threads});

    const updater::install::InstallPlan plan = installer.plan(nullptr, {});
    nlohmann::json report = to_json(plan);
    if (!command.json)
        std::cout << "version " << head.manifest.version.text() << "; " << plan.text << std::endl;
    if (!command.plan_only) {
        updater::install::InstallResult result;
        {
            ProgressLine line("installing");
            result = installer.run(
                [&](std::uint64_t done, std::uint64_t all, std::string_view) { line.show(done, all); },
                [](std::string_view text) { std::cerr << text << std::endl; }, {});
        }
        const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begun;
        report.update({{"fetched_bytes", result.fetched_bytes},
                       {"written_bytes", result.written_bytes},
                       {"zeroed_bytes", result.zeroed_bytes},
                       {"read_back_bytes", result.read_back_bytes},
                       {"fallback_chunks", result.fallback_chunks},
                       {"seconds", seconds.count()}});
        if (!command.json)
            print(result, seconds.count());
    }
    if (command.json)
        std::cout << report.dump() << "\n";
}

} // namespace firmware_tool
