// How much time the vendor's tools spend on making a firmware small.
#pragma once

namespace updater::firmware {

/// Both result in the same format.
enum class PackingEffort {
    smallest, ///< tries every compression of the format: for firmware that appliances fetch
    quick,    ///< one fast compression: for tests
};

} // namespace updater::firmware
