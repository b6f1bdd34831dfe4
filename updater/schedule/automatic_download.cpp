#include "updater/schedule/automatic_download.hpp"

#include "updater/refusal.hpp"
#include "updater/text/clean_text.hpp"

namespace updater::schedule {

AutomaticDownload::AutomaticDownload(const configuration::SettingsFile &settings,
                                     const available::FirmwareChoice &choice, job::JobRequests &jobs,
                                     std::ostream &console)
    : settings_(settings), choice_(choice), jobs_(jobs), console_(console) {}

void AutomaticDownload::after_check() {
    if (!settings_.read().settings.download.automatic || jobs_.busy())
        return;
    try {
        const auto firmware = choice_.next_by_itself(false);
        if (!firmware || firmware->is_downloaded())
            return;
        const std::string job = jobs_.download(firmware->url);
        console_ << "version " << firmware->version.text() << " is downloaded: job " << job << std::endl;
    } catch (const Refused &refusal) {
        console_ << "nothing is downloaded: " << text::clean_text(refusal.what()) << ". "
                 << text::clean_text(refusal.next_step()) << std::endl;
    } catch (const job::Busy &busy) {
        console_ << "nothing is downloaded: " << busy.what() << std::endl;
    } catch (const job::NotPossible &not_possible) {
        console_ << "nothing is downloaded: " << text::clean_text(not_possible.what()) << std::endl;
    }
}

} // namespace updater::schedule
