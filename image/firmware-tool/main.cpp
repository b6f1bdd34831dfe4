// update-firmware: the vendor's program for firmware files. Parses options and prints; the work is in
// updater/firmware.
#include "image/firmware-tool/fetch_table.hpp"
#include "image/firmware-tool/install_command.hpp"
#include "image/firmware-tool/options.hpp"
#include "image/firmware-tool/patch_work.hpp"
#include "image/firmware-tool/progress_line.hpp"
#include "image/firmware-writer/firmware_writer.hpp"
#include "image/firmware-writer/signer.hpp"
#include "partitions/durable.hpp"
#include "partitions/posix_storage.hpp"
#include "updater/firmware/file_source.hpp"
#include "updater/firmware/firmware_archive.hpp"
#include "updater/firmware/firmware_head.hpp"
#include "updater/firmware/firmware_reader.hpp"
#include "updater/install/image_heads.hpp"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <malloc.h>
#include <sstream>
#include <stop_token>

namespace firmware_tool {

namespace {

enum ExitCode { exit_done = 0, exit_failed = 1, exit_wrong_usage = 2, exit_not_accepted = 3 };

std::string read_template(const std::filesystem::path &path) {
    std::ifstream stream(path, std::ios::binary);
    std::ostringstream contents;
    contents << stream.rdbuf();
    if (!stream || !contents)
        throw std::runtime_error("cannot read the manifest template " + path.string());
    return contents.str();
}

int run(const BuildCommand &command) {
    firmware_writer::FirmwareParts parts;
    parts.manifest_template = read_template(command.manifest);
    parts.image = command.image;
    parts.key = command.key;
    parts.certificate = command.certificate;
    parts.compression_level = command.level;
    parts.threads = command.threads;
    PatchWork patches(command);
    if (!command.patch_bases.empty())
        parts.make_patches = [&](const updater::firmware::ChunkIndex &chunks) {
            return patches.make(chunks);
        };
    ProgressLine line("compressing " + command.image.filename().string());
    const firmware_writer::FirmwareSummary summary = firmware_writer::write_firmware(
        parts, command.output,
        [&](std::uint64_t bytes_done, std::uint64_t bytes_all) { line.show(bytes_done, bytes_all); },
        std::stop_token());
    line.end();
    print_fetch_table(command, summary);
    return exit_done;
}

void print(const updater::firmware::FirmwareReader &reader) {
    const updater::firmware::Manifest &manifest = reader.manifest();
    const auto is_zero = [](const updater::firmware::Chunk &chunk) {
        return chunk.kind == updater::firmware::ChunkKind::zero;
    };
    std::cout << "product: " << manifest.product << "\nhardware: " << manifest.hardware
              << "\nversion: " << manifest.version.text()
              << "\nminimum version: " << manifest.minimum_version.text() << " (older ones install "
              << manifest.install_first.text() << " first)\nimage: " << manifest.image_bytes << " bytes, "
              << reader.chunks().stored_bytes << " stored in " << reader.chunks().chunks.size() << " chunks, "
              << std::ranges::count_if(reader.chunks().chunks, is_zero) << " of them zeros\n";
    if (manifest.least_acceptable_version)
        std::cout << "least acceptable version from then on: " << manifest.least_acceptable_version->text()
                  << "\n";
    if (manifest.units)
        std::cout << "unit index: " << manifest.units->length_bytes << " bytes\n";
    for (const updater::firmware::PatchEntry &patch : manifest.patches)
        std::cout << "patch from " << patch.from.text() << ": " << patch.data_bytes << " bytes\n";
    for (const updater::firmware::DataFormat &format : manifest.formats)
        std::cout << "format: " << format.name << " in " << format.format << "\n";
    for (const updater::firmware::Conversion &conversion : manifest.conversions)
        std::cout << "conversion: " << conversion.name << " from " << conversion.from << " to "
                  << conversion.to << " by " << conversion.program << "\n";
    for (const updater::firmware::SpaceRequirement &space : manifest.required_space)
        std::cout << "requires: " << space.free_bytes << " bytes free at " << space.path.string() << "\n";
    for (const std::string &package : manifest.required_packages)
        std::cout << "requires: package " << package << "\n";
    for (const updater::firmware::PortRequirement &port : manifest.required_ports)
        std::cout << "requires: " << port.protocol << " port " << port.number << " for " << port.service
                  << "\n";
    std::cout << "release notes: " << manifest.release_notes << "\nlicense: " << manifest.license << "\n";
}

int run(const ShowCommand &command) {
    if (!command.trusted) {
        updater::firmware::FileSource source(command.file);
        updater::firmware::FirmwareArchive archive(source, {});
        std::cout << archive.read_entry(updater::firmware::manifest_entry,
                                        updater::firmware::max_manifest_bytes)
                  << "\nNOT CHECKED: name the folder of trusted certificates with --trusted\n";
        return exit_done;
    }
    const auto keys = updater::firmware::TrustedKeys::from_directory(*command.trusted);
    const updater::firmware::FirmwareReader reader(command.file, keys);
    print(reader);
    {
        ProgressLine line("checking");
        reader.read_image(
            [](const updater::firmware::Chunk &, std::span<const std::byte>) {},
            [&](std::uint64_t bytes_done, std::uint64_t bytes_all) { line.show(bytes_done, bytes_all); },
            std::stop_token());
    }
    std::cout << "whole, and signed by: " << reader.signer() << "\n";
    return exit_done;
}

int run(const InstallCommand &command) {
    run_install(command);
    return exit_done;
}

int run(const HeadCommand &command) {
    const auto keys = updater::firmware::TrustedKeys::from_directory(command.trusted);
    updater::firmware::FileSource source(command.firmware);
    const auto head = updater::firmware::read_firmware_head(source, keys);
    partitions::PosixStorage storage;
    partitions::replace_file(storage, command.output, updater::install::bytes_of_head(source, head));
    std::cout << "head of version " << head.manifest.version.text() << ", signed by: " << head.signer << "\n";
    return exit_done;
}

int run(const KeysCommand &command) {
    const std::filesystem::path key = command.folder / (command.name + ".key");
    const std::filesystem::path certificate = command.folder / (command.name + ".pem");
    std::filesystem::create_directories(command.folder);
    firmware_writer::make_key_pair(command.name, key, certificate);
    std::cout << "private key: " << key.string() << "\ncertificate: " << certificate.string() << "\n";
    return exit_done;
}

int run(const HelpCommand &) {
    std::cout << help_text;
    return exit_done;
}

int complain(const std::string &what, int exit_code) {
    std::cerr << "update-firmware: " << what << "\n";
    return exit_code;
}

int run_all(int argument_count, char **arguments) {
    try {
        const Command command = parse_command_line(argument_count, arguments);
        const int exit_code = std::visit([](const auto &chosen) { return run(chosen); }, command);
        if (!std::cout.flush())
            return complain("cannot write to standard output", exit_failed);
        return exit_code;
    } catch (const WrongUsage &error) {
        return complain(std::string(error.what()) + "; see update-firmware --help", exit_wrong_usage);
    } catch (const updater::Refused &error) {
        return complain(std::string(error.what()) + "; " + error.next_step(), exit_not_accepted);
    } catch (const updater::firmware::FirmwareDamaged &error) {
        return complain(std::string(error.what()) + "; " + error.next_step(), exit_not_accepted);
    } catch (const std::exception &error) {
        return complain(error.what(), exit_failed);
    }
}

} // namespace

} // namespace firmware_tool

int main(int argument_count, char **arguments) {
    // Freed large buffers go back to the system instead of staying in each thread's heap.
    mallopt(M_MMAP_THRESHOLD, 512 * 1024);
    return firmware_tool::run_all(argument_count, arguments);
}
