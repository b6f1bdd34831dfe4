// The property of an error that has a message code of its own. Holds nothing but that.
#pragma once

#include "updater/messages/code.hpp"

namespace updater::messages {

/// A second base of the error that is thrown; failure_code.hpp asks for it.
class Coded {
  public:
    Coded() = default;
    Coded(const Coded &) = default;
    Coded &operator=(const Coded &) = default;
    virtual ~Coded() = default;
    virtual Code code() const = 0;
};

/// For errors whose type says all: `class GateError : public std::runtime_error, public CodeIs<Code::…>`.
template <Code value> class CodeIs : public Coded {
  public:
    Code code() const override { return value; }
};

} // namespace updater::messages
