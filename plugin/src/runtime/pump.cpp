#include "runtime/service_impl.h"

#include <algorithm>

// What pump() does: news from the threads become public state, then rows go to the host.
namespace kontexture {

namespace {

/// Reading the clock costs about as much as a handful of news.
constexpr std::size_t kNewsBetweenClockReads = 16;

bool moves(JobState state) {
    return state == JobState::Downloading || state == JobState::Delivering;
}

}  // namespace

std::span<const Event> Service::Impl::pump(PumpBudget budget) {
    events_.clear();
    const bool backlog = inbox_next_ < inbox_.size();
    if (!news_.has_mail() && !backlog && handoff_.idle() && moving_.empty() && !removed_any_) return {};

    runtime::Allowance allowance(budget, std::chrono::steady_clock::now());
    handoff_.begin_frame();
    if (removed_any_) compact();
    if (!backlog) {
        news_.take(inbox_);
        inbox_next_ = 0;
    }
    while (inbox_next_ < inbox_.size()) {
        std::visit([this](auto& news) { apply(news); }, inbox_[inbox_next_]);
        if (++inbox_next_ % kNewsBetweenClockReads == 0 && allowance.used_up()) break;
    }
    if (inbox_next_ == inbox_.size()) inbox_.clear(), inbox_next_ = 0;
    if (std::exchange(entries_changed_, false)) library_impl_.on_entries_changed();
    handoff_.work(allowance);
    update_progress();
    if (library_impl_.take_changed()) events_.push_back({.kind = Event::Kind::Library});
    return events_;
}

RequestInfo* Service::Impl::info(RequestId id) {
    const auto found = slots_.find(id.value);
    return found == slots_.end() ? nullptr : &infos_[found->second.index];
}

const RequestInfo* Service::Impl::find(RequestId id) const {
    const auto found = slots_.find(id.value);
    return found == slots_.end() ? nullptr : &infos_[found->second.index];
}

RequestInfo& Service::Impl::add_info(const runtime::RequestNews& news) {
    // Ids grow with time, so this is nearly always the end; an early failure can overtake its elders.
    const auto place = std::upper_bound(infos_.begin(), infos_.end(), news.news.id,
                                        [](RequestId id, const RequestInfo& info) { return id < info.id; });
    const auto index = static_cast<std::size_t>(place - infos_.begin());
    RequestInfo& added = *infos_.emplace(place);
    for (std::size_t i = index + 1; i < infos_.size(); ++i) slots_[infos_[i].id.value].index = i;
    slots_[news.news.id.value] = {index, news.data, {}};
    added.id = news.news.id;
    added.request = *news.data->shown;
    added.created_at = news.data->created_at;
    added.estimated_credits = news.data->row.credits;
    added.from_library = news.data->from_library;
    return added;
}

void Service::Impl::apply(runtime::RequestNews& message) {
    const engine::Publish& news = message.news;
    if (released_.contains(news.id.value)) return;
    RequestInfo* known = info(news.id);
    RequestInfo& target = known ? *known : add_info(message);
    Slot& slot = slots_[news.id.value];
    const JobState previous = known ? target.state : JobState::Queued;
    const WaitReason waited = target.waiting;

    target.state = news.state;
    target.waiting = news.waiting;
    target.waits_until = news.waiting == WaitReason::None ? RequestInfo::Time{} : news.waits_until;
    target.error = news.error.value_or(Error{});
    target.task_id = news.task_id;
    target.submitted_at = news.submitted_at;
    target.finished_at = news.finished_at;
    target.typical_duration = news.typical_duration;
    target.image = news.image;
    target.balance_change = news.balance_change;
    target.cancel_requested = news.cancel_requested;
    target.reused = news.reused;
    target.restored = news.restored;
    if (news.state == JobState::Ready) target.texture = std::exchange(slot.pending, {});
    if (news.state == JobState::Cancelled) handoff_.retire(std::exchange(slot.pending, {}));
    if (moves(news.state) && std::find(moving_.begin(), moving_.end(), news.id) == moving_.end())
        moving_.push_back(news.id);

    if (target.error.code == ErrorCode::Unauthorized) account_.error = target.error;
    Event event{.kind = Event::Kind::Request, .id = news.id, .state = news.state, .previous = previous};
    event.image = news.image;
    event.error = target.error;
    events_.push_back(std::move(event));
    log_news(target, previous, waited);
    if (news.state == JobState::Ready && !target.from_library && !target.reused && account_.credits)
        refresh_account();
}

void Service::Impl::log_news(const RequestInfo& now, JobState previous, WaitReason waited) {
    const bool fell =
        now.state != previous && (now.state == JobState::Failed || now.state == JobState::OutcomeUnknown);
    const bool delayed = now.waiting == WaitReason::Retry && waited != WaitReason::Retry;
    if (!fell && !delayed) return;
    std::string text =
        "request " + std::to_string(now.id.value) + ": " + to_string(now.state) + ": " + now.error.message;
    if (!now.error.detail.empty()) text += " (" + now.error.detail + ")";
    host_.log(fell ? LogLevel::Error : LogLevel::Warning, text);
}

void Service::Impl::apply(runtime::ForgottenNews& news) {
    released_.erase(news.id.value);
}

void Service::Impl::apply(runtime::MoneyNews& news) {
    account_.spent = news.money.spent;
    account_.reserved = news.money.reserved;
    account_.spent_last_day = news.money.spent_last_day;
    account_.submits_paused_until = news.money.submits_paused_until;
    events_.push_back({.kind = Event::Kind::Account});
}

void Service::Impl::apply(runtime::CreditsNews& news) {
    checking_credits_ = false;
    if (news.credits) account_.credits = news.credits;
    account_.error = std::move(news.error);
    account_.checked_at = clock_.now();
    events_.push_back({.kind = Event::Kind::Account, .error = account_.error});
}

void Service::Impl::apply(runtime::DeliverNews& news) {
    const RequestId id = news.id;
    if (RequestInfo* target = info(id)) {
        target->width = news.data->pixels.width;
        target->height = news.data->pixels.height;
    }
    std::string label = news.data->shown->label.empty() ? news.data->shown->prompt : news.data->shown->label;
    handoff_.deliver(id.value, std::move(news.data->pixels), std::move(label),
                     [this, id](TextureHandle texture, const Error& error) {
                         const auto slot = slots_.find(id.value);
                         if (slot != slots_.end()) {
                             slot->second.pending = texture;
                         } else {
                             handoff_.retire(texture);
                         }
                         const bool failed = error.code != ErrorCode::None;
                         conductor_.tell(engine::Delivered{id, failed ? std::optional(error) : std::nullopt});
                     });
    news.data->pixels = {};
}

void Service::Impl::apply(runtime::DropNews& news) {
    if (handoff_.drop(news.id.value)) return;
    const auto slot = slots_.find(news.id.value);
    if (slot == slots_.end()) return;
    handoff_.retire(std::exchange(slot->second.pending, {}));
    slot->second.data->pixels = {};
}

void Service::Impl::apply(runtime::SavedNews& news) {
    Event event{.kind = Event::Kind::Saved, .image = news.image};
    event.path = std::move(news.path);
    event.error = std::move(news.error);
    events_.push_back(std::move(event));
}

void Service::Impl::update_progress() {
    std::erase_if(moving_, [this](RequestId id) {
        RequestInfo* target = info(id);
        if (!target || !moves(target->state)) return true;
        const runtime::JobData& data = *slots_[id.value].data;
        target->bytes_received = data.bytes_received.load(std::memory_order_relaxed);
        target->bytes_total = data.bytes_total.load(std::memory_order_relaxed);
        if (target->state == JobState::Delivering)
            target->delivered = slots_[id.value].pending ? 1.0F : handoff_.progress(id.value);
        return false;
    });
}

/// Takes released requests out of the public list, all at once.
void Service::Impl::compact() {
    removed_any_ = false;
    std::erase_if(infos_, [this](const RequestInfo& each) { return released_.contains(each.id.value); });
    for (std::size_t i = 0; i < infos_.size(); ++i) slots_[infos_[i].id.value].index = i;
}

}  // namespace kontexture
