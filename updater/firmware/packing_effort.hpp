// How much time the vendor spends on making a firmware small.
#pragma once

namespace updater::firmware {

/// Both give the same format.
enum class PackingEffort {
    smallest, ///< tries every compression of the format: for firmware that appliances fetch
    quick,    ///< one fast compression: for tests
};

} // namespace updater::firmware
