// The property of a failure that means: nothing is wrong with the version, the same may succeed later. Holds
// nothing but that.
#pragma once

namespace updater {

/// A second base of the error that is thrown. Whoever ends the job asks for it.
class TryAgainLater {
  public:
    TryAgainLater() = default;
    TryAgainLater(const TryAgainLater &) = default;
    TryAgainLater &operator=(const TryAgainLater &) = default;
    virtual ~TryAgainLater() = default;
};

} // namespace updater
