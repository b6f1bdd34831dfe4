// Reads what the two images say about /var; see the header.
#include "hooks/var/other_carriers.hpp"

#include "hooks/policy/old_system.hpp"
#include "partitions/durable.hpp"

#include <set>
#include <tinyxml2.h>

namespace hooks::var {

using Path = std::filesystem::path;

namespace {

constexpr std::size_t max_description_bytes = 16UL * 1024 * 1024;
constexpr const char *shared_places_file = "usr/share/update-control/shared-places";
constexpr const char *description_file = "usr/share/update-control/appliance.xml";

std::set<Path> places_of_stores(partitions::Storage &storage, const Path &root) {
    std::set<Path> places;
    const Path file = root / description_file;
    if (storage.kind(file) != partitions::FileKind::file)
        return places;
    const std::string text = partitions::read_whole_file(storage, file, max_description_bytes);
    tinyxml2::XMLDocument document;
    if (document.Parse(text.data(), text.size()) != tinyxml2::XML_SUCCESS ||
        document.RootElement() == nullptr)
        throw ConversionFailed(
            file.string() +
            " cannot be read, so the message stores in /var are not known: " + document.ErrorStr());
    for (const auto *store = document.RootElement()->FirstChildElement("store"); store != nullptr;
         store = store->NextSiblingElement("store"))
        if (const char *path = store->Attribute("path"); path != nullptr)
            places.insert(Path(path).lexically_normal());
    return places;
}

// Below /var; empty for a place elsewhere, which is not converted here.
Path relative_to_var(const Path &absolute) {
    const Path relative = absolute.lexically_relative("/var");
    return relative.empty() || relative == "." || *relative.begin() == ".." ? Path() : relative;
}

} // namespace

std::map<Path, OtherCarrier> other_carriers(partitions::Storage &storage, const ConversionRequest &request) {
    std::map<Path, OtherCarrier> carriers;
    const std::set<Path> old_shared =
        policy::read_shared_places(storage, request.old_root / shared_places_file);
    const std::set<Path> new_shared =
        policy::read_shared_places(storage, request.new_root / shared_places_file);
    for (const Path &place : old_shared)
        carriers[relative_to_var(place)] =
            new_shared.contains(place)
                ? OtherCarrier{true, "shared by both systems"}
                : OtherCarrier{false, "shared by the old system only; its contents stay in /data/shared"};
    for (const Path &place : new_shared)
        if (!old_shared.contains(place))
            carriers[relative_to_var(place)] = {
                false,
                "the new system shows a shared place of its own here; what the old one had stays in its "
                "generation and is deleted with it"};
    for (const Path &root : {request.old_root, request.new_root})
        for (const Path &place : places_of_stores(storage, root))
            carriers.try_emplace(relative_to_var(place),
                                 OtherCarrier{true, "a message store; it is converted separately"});
    carriers.erase(Path());
    return carriers;
}

} // namespace hooks::var
