// Codes of the feed and of what fails on the network: 03.
#include "updater/messages/message.hpp"
#include "updater/messages/state_texts.hpp"

namespace updater::messages {

namespace {

constexpr std::string_view feed_in_force =
    "The feed that was accepted before stays in force. The appliance runs as before.";
constexpr std::string_view what_is_fetched_stays =
    "The running system was not touched, and mail flows. What was fetched and verified is kept.";
constexpr std::string_view tell_about_feed =
    "Check again later: update-control --refresh. If it stays, tell the vendor.";
constexpr std::string_view look_between =
    "Look at what stands between: the proxy in /etc/update-control/settings.xml, a firewall, name servers, "
    "the route. "
    "Then start again: update-control -i fw; it resumes with what is missing.";

constexpr Message feed_messages[] = {
    {Code::feed_key_unknown, "The feed or a key list is signed by a key that this appliance does not trust",
     feed_in_force,
     "See whether the feed's address in update-control -l is the vendor's. Never try to get around this: it "
     "may be a "
     "forgery."},
    {Code::feed_damaged, "The feed's signature is damaged, or belongs to another text", feed_in_force,
     tell_about_feed},
    {Code::feed_wrong, "The feed is signed, but breaks the rules of the format", feed_in_force,
     tell_about_feed},
    {Code::feed_format_unsupported, "The feed has a format that this updater does not read", feed_in_force,
     "Ask the vendor for a firmware that can be installed by hand: update-control -i fw FILE"},
    {Code::feed_of_other_product, "The feed was made for another product", feed_in_force,
     "Correct the feed's address, or ask the vendor for the right one."},
    {Code::feed_expired, "The feed is past its date; somebody may be withholding newer ones",
     "Nothing is taken from this feed. The appliance runs as before.",
     "Check the clock: timedatectl. Then: update-control --refresh. If it stays, tell the vendor, or whoever "
     "runs the "
     "mirror."},
    {Code::feed_replayed, "The feed is older than one that was accepted before", feed_in_force,
     tell_about_feed},
    {Code::feed_from_the_future, "The feed was issued later than now", feed_in_force,
     "Check the clock: timedatectl. Then: update-control --refresh"},
    {Code::nothing_newer, "The feed has nothing that can be installed from the running version",
     nothing_changed,
     "See what it offers and what is out of reach: update-control -l. Renew it: update-control --refresh"},
    {Code::feed_not_fetched, "The server cannot be reached, or has no feed", feed_in_force, look_between},
    {Code::connection_settings_wrong, "A file that the settings name for connections cannot be used",
     "Nothing is fetched until that is mended. The appliance runs as before.",
     "Correct the file or its name in /etc/update-control/settings.xml; the message says which and why."},
    {Code::no_space_for_download, "There is no space for the firmware file", nothing_changed,
     "Free as much as the message says: what fills the disk, and what frees it, is in update-control --check "
     "fw. Or "
     "install from the URL, which stores no file: update-control -i fw URL"},
    {Code::fetcher_failed, "The network process of the updater ended or does not answer",
     what_is_fetched_stays, "See why: journalctl -u 'update-fetch@*'; then start again."},
    {Code::rollout_access_refused, "A file with which the appliance proves itself to hawkBit cannot be used",
     "The server is not asked. The appliance runs as before.",
     "Correct the file that the message names, or its name in /etc/update-control/hawkbit.xml, then: "
     "systemctl "
     "restart update-hawkbit"},
    {Code::rollout_client_runs, "The client of hawkBit runs already, or may not use its folder",
     nothing_changed,
     "See: systemctl status update-hawkbit. What the running one knows: update-hawkbit --status"},
    {Code::rollout_asks_nothing, "There is no question of hawkBit to answer", nothing_changed,
     "See what it wants: update-hawkbit --status"},
    {Code::url_not_allowed, "The URL is not https, or leads to one that is not", what_is_fetched_stays,
     "Use an https URL. A proxy that redirects to a login page has to let the appliance through."},
    {Code::host_not_found, "The server's name is not known, or no name server answers", what_is_fetched_stays,
     "Check the name servers: resolvectl status, and the spelling of the URL. Then start again."},
    {Code::connection_failed,
     "The server refuses the connection, cannot be reached, or the connection was lost",
     what_is_fetched_stays, look_between},
    {Code::server_too_slow, "The server does not answer in time, or sends almost nothing",
     what_is_fetched_stays, look_between},
    {Code::certificate_refused, "The server could not prove who it is", what_is_fetched_stays,
     "Check the clock: timedatectl. Behind a proxy that inspects TLS, name its authority in "
     "<certificate-authorities> of "
     "/etc/update-control/settings.xml."},
    {Code::pem_unusable, "A certificate or key of the appliance's own cannot be used", what_is_fetched_stays,
     "Correct the file that the message names; the settings are in /etc/update-control/settings.xml."},
    {Code::proxy_failed, "The proxy cannot be reached, or refuses the request", what_is_fetched_stays,
     "Check <proxy> in /etc/update-control/settings.xml: its URL, user and password file. Then start again."},
    {Code::not_on_server, "The server has no such file", what_is_fetched_stays,
     "Check the URL. The vendor may have withdrawn it: update-control --refresh"},
    {Code::server_refused, "The server refuses the request", what_is_fetched_stays,
     "The message has its answer. If it wants a name and password, put them into the URL, or name a client "
     "certificate "
     "in /etc/update-control/settings.xml."},
    {Code::download_too_large, "The server sends more than it may", what_is_fetched_stays,
     "Check the URL. If it is right, tell whoever runs the server."},
    {Code::replaced_on_server, "Another file has taken the name of the firmware on the server",
     what_is_fetched_stays, "Start again: update-control -i fw; it begins with the new file."},
    {Code::ranges_not_supported, "The server cannot send parts of a file", what_is_fetched_stays,
     "Download the whole file first: update-control -d fw URL; then: update-control -i fw"},
    {Code::wrong_answer, "The server, or something in between, sent something else than was asked for",
     what_is_fetched_stays, look_between},
    {Code::download_failed, "The download failed for another reason", what_is_fetched_stays, look_between},
};

} // namespace

std::span<const Message> messages_of_feed() {
    return feed_messages;
}

} // namespace updater::messages
