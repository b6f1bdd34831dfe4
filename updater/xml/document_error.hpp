// What is wrong with an XML document. Each reader of a document turns it into an error of its own.
#pragma once

#include <stdexcept>
#include <string>

namespace updater::xml {

enum class Fault {
    too_long,           ///< longer than the document's maximum; it was not parsed
    unsupported_format, ///< the outermost element has another format number
    wrong,              ///< not well-formed, or its contents break a rule
};

/// what() names the document and, where there is one, the line and the element.
class DocumentError : public std::runtime_error {
  public:
    DocumentError(Fault fault, const std::string &what) : std::runtime_error(what), fault_(fault) {}
    Fault fault() const { return fault_; }

  private:
    Fault fault_;
};

} // namespace updater::xml
