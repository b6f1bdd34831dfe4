// Writes a whole XML document with tinyxml2, as document.hpp reads it.
#pragma once

#include "updater/xml/document.hpp"

#include <string>
#include <tinyxml2.h>

namespace updater::xml {

inline std::string text_of(const tinyxml2::XMLDocument &document) {
    tinyxml2::XMLPrinter printer;
    document.Print(&printer);
    return printer.CStr();
}

/// `fill` gets the outermost element, which has its format.
template <typename Fill> std::string write_document(const DocumentKind &kind, const Fill &fill) {
    tinyxml2::XMLDocument document;
    document.InsertEndChild(document.NewDeclaration());
    tinyxml2::XMLElement &root = *document.NewElement(kind.root);
    document.InsertEndChild(&root);
    root.SetAttribute("format", kind.format);
    fill(root);
    return text_of(document);
}

} // namespace updater::xml
