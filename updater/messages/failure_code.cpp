#include "updater/messages/failure_code.hpp"

#include "hooks/runner/hook_runner.hpp"
#include "partitions/base/bus.hpp"
#include "partitions/boot_selection.hpp"
#include "partitions/generations.hpp"
#include "partitions/grub_environment.hpp"
#include "partitions/mount_error.hpp"
#include "partitions/partition_finder.hpp"
#include "partitions/partition_writer.hpp"
#include "partitions/read_back.hpp"
#include "partitions/storage.hpp"
#include "updater/messages/coded.hpp"

#include <new>

namespace updater::messages {

namespace {

template <typename Error> bool is_of(const std::exception &failure) {
    return dynamic_cast<const Error *>(&failure) != nullptr;
}

struct TypeCode {
    bool (*is_of_type)(const std::exception &);
    Code code;
};

/// A derived type stands before its base.
constexpr TypeCode types_of_lower_floors[] = {
    {is_of<partitions::StorageFull>, Code::disk_full},
    {is_of<partitions::StorageBusy>, Code::storage_busy},
    {is_of<partitions::StorageNotFound>, Code::file_missing},
    {is_of<partitions::StorageError>, Code::storage_failed},
    {is_of<partitions::MountBusy>, Code::mount_busy},
    {is_of<partitions::MountError>, Code::mount_failed},
    {is_of<partitions::BootSelectionDamaged>, Code::boot_selection_damaged},
    {is_of<partitions::GrubEnvironmentDamaged>, Code::boot_selection_damaged},
    {is_of<partitions::GrubEnvironmentFull>, Code::boot_selection_damaged},
    {is_of<partitions::BootSelectionRefused>, Code::boot_selection_refused},
    {is_of<partitions::GenerationNotFound>, Code::generation_missing},
    {is_of<partitions::GenerationInUse>, Code::generation_in_use},
    {is_of<partitions::PartitionNotFound>, Code::partition_missing},
    {is_of<partitions::PartitionAmbiguous>, Code::partition_ambiguous},
    {is_of<partitions::ImageTooLarge>, Code::image_too_large},
    {is_of<partitions::ReadBackMismatch>, Code::read_back_mismatch},
    {is_of<partitions::base::BusError>, Code::bus_failed},
    {is_of<hooks::runner::HookRunnerError>, Code::program_not_run},
    {is_of<std::bad_alloc>, Code::out_of_memory},
};

} // namespace

Code code_of(const std::exception &failure) {
    if (const auto *coded = dynamic_cast<const Coded *>(&failure))
        return coded->code();
    for (const TypeCode &type : types_of_lower_floors)
        if (type.is_of_type(failure))
            return type.code;
    return Code::unexpected;
}

} // namespace updater::messages
