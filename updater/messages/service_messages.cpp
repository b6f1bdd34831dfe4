// Codes of units, mail, the health gate and addresses: 07.
#include "updater/messages/message.hpp"
#include "updater/messages/state_texts.hpp"

namespace updater::messages {

namespace {

constexpr Message service_messages[] = {
    {Code::service_failed, "The service manager did not answer or refused", by_phase,
     "See: systemctl status; journalctl -b -p err. Then start again."},
    {Code::unit_did_not_stop, "A unit did not stop in time", goes_back,
     "The message names what still runs. See why it hangs: systemctl status UNIT; then start again."},
    {Code::unit_did_not_start, "A unit did not start", by_phase,
     "See why: systemctl status UNIT; journalctl -u UNIT. If mail is stopped: update-control -s"},
    {Code::mail_gate_failed, "The packet filter that holds mail back could not be changed", goes_back,
     "See its rules: nft list ruleset; and whether mail flows: update-control -s"},
    {Code::gate_queue_failed, "The mail queue of the trial could not be put in place or moved", goes_back,
     "No mail is lost: what was accepted on trial lies in gate-queue below /data/generations. See: findmnt "
     "/var/spool/postfix; update-control -s"},
    {Code::health_gate_failed, "The new system did not pass the checks before the commit",
     "The appliance restarts into the system from before by itself, with its configuration and all mail.",
     "The reason names each check that failed. Mend what is of this appliance; otherwise ask the vendor. The "
     "version is "
     "not installed again unless it is named or forced."},
    {Code::store_not_inspected, "The records of a store could not be counted", by_phase,
     "See whether the store's server runs: systemctl --failed. Then start again."},
    {Code::network_failed, "The addresses of the appliance could not be read or kept", goes_back,
     "See: networkctl status; journalctl -u systemd-networkd. Then start again."},
    {Code::unit_failed_before, "A unit had failed before the upgrade", job_goes_on,
     "See why: systemctl status UNIT. It is not held against the new version."},
    {Code::senders_cut_off, "Senders were still connected when the services stopped",
     "The job goes on. A sender whose message was not acknowledged sends it again: no mail is lost.",
     "Nothing has to be done."},
    {Code::unit_runs_switched_off, "A unit runs although it is disabled or masked",
     "The job goes on. The unit will not run in the new system by itself.",
     "If it has to run there: systemctl enable UNIT"},
    {Code::content_update_runs, "An update of the product's content, such as definitions, does not end",
     by_phase,
     "See what runs: update-control -s; systemctl list-units --state=activating. When it has ended, start "
     "again: update-control -i fw. Nothing speaks against the version."},
};

} // namespace

std::span<const Message> messages_of_services() {
    return service_messages;
}

} // namespace updater::messages
