#pragma once

#include <kontexture/kontexture.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

// A Service that does what a test says: it stands in for the real one at link time, so that the panel can be
// shown states that a real service reaches rarely.
namespace kontexture::test {

struct Resolved {
    RequestId id;
    Resolution resolution = Resolution::Wait;
};

/// What the service says, and what it was asked. A test reads and writes both between frames.
struct Script {
    Script();

    Capabilities capabilities;
    Account account;
    std::vector<RequestInfo> requests;
    LibraryPage page;
    std::vector<Event> events;
    std::map<ImageId, TextureHandle> thumbnails;
    std::optional<Error> submit_error;
    bool is_load_immediate = false;
    std::uint64_t next_id = 1000;

    std::function<void(const Secret&)> on_key;

    std::vector<TextureRequest> submitted;
    std::vector<RequestId> cancelled;
    std::vector<RequestId> retried;
    std::vector<Resolved> resolved;
    std::vector<RequestId> resumed;
    int resumed_all = 0;
    std::vector<ImageId> loaded;
    std::vector<RequestId> released;
    std::vector<LibraryQuery> searches;
    std::vector<std::pair<ImageId, std::string>> saved;
    std::vector<std::pair<RequestId, bool>> favourites;
    std::map<ImageId, int> thumbnails_asked;
    InputPreview preview;  ///< what Library::preview() answers
    InputImage previewed;
    Ledger ledger;
    int ledger_reads = 0;
    std::vector<std::string> saved_ledgers;
    int account_refreshes = 0;

    RequestInfo* find(RequestId id);
    /// Adds a request in that state; more is for the test to fill in.
    RequestInfo& add(JobState state, std::string prompt);
    /// Adds a picture to the library page, as the newest.
    LibraryEntry& add_picture(std::uint64_t id, std::string prompt, std::uint32_t width = 1024,
                              std::uint32_t height = 1024);
    /// A request whose answer was lost that long ago.
    RequestInfo& add_unknown(std::string prompt, std::chrono::seconds ago);
    /// Adds a payment, older than those before.
    void add_payment(LedgerEntry::Kind kind, std::string prompt, double credits = 5);
    /// The request's texture is complete.
    void finish(RequestId id, ImageId image);
};

/// The script must outlive the service.
std::unique_ptr<Service> make_service(Script& script, Host& host);

}  // namespace kontexture::test
