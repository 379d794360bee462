#pragma once

#include "runtime/conductor.h"
#include "runtime/library_impl.h"

#include <thread>
#include <unordered_set>

namespace kontexture {

class Service::Impl {
public:
    struct Parts {
        ServiceConfig config;
        runtime::Workers::Parts workers;
        std::uint64_t id_block = 0;
        std::vector<store::JobRow> outstanding;
        std::vector<engine::PastDuration> durations;
        std::vector<engine::PastSpend> spends;
        std::vector<std::uint8_t> callback_secret;  ///< empty: no callbacks
        std::string warning;                        ///< for the host's log
    };
    Impl(Parts parts, Host& host);
    ~Impl();

    Result<RequestId> submit(TextureRequest request);
    Result<void> check(const TextureRequest& request) const;
    RequestId load(ImageId image);
    void release(RequestId id);
    std::span<const Event> pump(PumpBudget budget);
    std::span<const Event> events() const { return events_; }
    const RequestInfo* find(RequestId id) const;
    void refresh_account();
    void tell(engine::Event event) { conductor_.tell(std::move(event)); }
    void set_key(Secret key);
    void set_max_credits(std::optional<double> limit);
    void set_max_credits_per_day(std::optional<double> limit);
    double estimate(const TextureRequest& request) const;
    void assert_owner() const { assert(std::this_thread::get_id() == owner_); }

    Host& host() { return host_; }
    Library& library() { return library_; }
    const Account& account() const { return account_; }
    const Capabilities& capabilities() const { return workers_.provider().capabilities(); }
    std::span<const RequestInfo> requests() const { return infos_; }

private:
    /// What this side keeps of a request besides its public RequestInfo.
    struct Slot {
        std::size_t index = 0;  ///< in infos_
        runtime::JobPtr data;
        TextureHandle pending;  ///< complete, but not announced as Ready yet
    };

    std::optional<RequestId> next_id();
    void compact();
    RequestInfo* info(RequestId id);
    RequestInfo& add_info(const runtime::RequestNews& news);
    void update_progress();
    void log_news(const RequestInfo& info, JobState previous, WaitReason waited);

    void apply(runtime::RequestNews& news);
    void apply(runtime::ForgottenNews& news);
    void apply(runtime::MoneyNews& news);
    void apply(runtime::CreditsNews& news);
    void apply(runtime::DeliverNews& news);
    void apply(runtime::DropNews& news);
    void apply(runtime::PageNews& news) { library_impl_.on_page(std::move(news.page)); }
    void apply(runtime::ThumbnailNews& news) {
        library_impl_.on_thumbnail(news.image, std::move(news.pixels));
    }
    void apply(runtime::PreviewNews& news) { library_impl_.on_preview(std::move(news)); }
    void apply(runtime::SavedNews& news);
    void apply(runtime::LedgerNews& news) { library_impl_.on_ledger(std::move(news.ledger)); }
    void apply(runtime::EntriesChangedNews&) { entries_changed_ = true; }
    void apply(runtime::LogNews& news) { host_.log(news.level, news.text); }

    std::thread::id owner_ = std::this_thread::get_id();
    Host& host_;
    std::uint64_t id_block_;
    std::atomic<std::uint64_t> last_id_{0};
    std::atomic<bool> has_key_;

    // In this order: later ones use earlier ones, and are destroyed first.
    runtime::Clock clock_;
    runtime::Mailbox<runtime::News> news_;
    runtime::Handoff handoff_;
    runtime::Workers workers_;
    Library::Impl library_impl_;
    Library library_;
    runtime::Conductor conductor_;

    std::vector<RequestInfo> infos_;
    std::unordered_map<std::uint64_t, Slot> slots_;
    std::unordered_set<std::uint64_t> released_;  ///< until the engine has forgotten them
    std::vector<RequestId> moving_;  ///< downloading or delivering: their numbers change without news
    std::vector<runtime::News> inbox_;
    std::size_t inbox_next_ = 0;
    std::vector<Event> events_;
    Account account_;
    bool removed_any_ = false;
    bool entries_changed_ = false;
    bool checking_credits_ = false;
};

}  // namespace kontexture
