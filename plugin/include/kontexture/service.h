#pragma once

#include <kontexture/config.h>
#include <kontexture/host.h>

#include <memory>

namespace kontexture {

class Library;

/// What one pump() may use. It stops after the first slab of rows that reaches either limit.
struct PumpBudget {
    std::chrono::microseconds time = std::chrono::milliseconds(1);
    std::size_t bytes = std::size_t{8} << 20;
};

enum class WaitReason : std::uint8_t {
    None,
    Turn,       ///< others are before it
    RateLimit,  ///< the service takes only so many requests in a while; see RequestInfo::waits_until
    Resume,     ///< it is from an earlier run; resume() or cancel() it
    Retry,      ///< something failed that may pass; see RequestInfo::error and waits_until
    /// The very same request is under way (Reuse::IfIdentical). This one takes its picture or its failure,
    /// and goes on by itself when that is cancelled or discarded. While its outcome is unknown, this waits.
    Identical,
    Check,  ///< OutcomeUnknown: the service called back, and its record is being read
};

/// A snapshot of one request, as of the last pump().
struct RequestInfo {
    using Time = std::chrono::system_clock::time_point;

    RequestId id;
    JobState state = JobState::Queued;
    TextureRequest request;  ///< as accepted: model filled in, input pixels dropped
    std::string task_id;     ///< the service's name for it, once known
    Error error;             ///< of Failed and OutcomeUnknown, or what delays it (waiting); else code None
    WaitReason waiting = WaitReason::None;
    Time waits_until = {};  ///< epoch when not known
    Time created_at = {};
    Time submitted_at = {};  ///< epoch before the paid call
    Time finished_at = {};   ///< epoch before a final state
    /// Submit to result, learned from this model's earlier jobs.
    std::chrono::milliseconds typical_duration = {};
    double estimated_credits = 0;
    /// Of OutcomeUnknown, once known: how the account's balance moved across the paid call, this object's
    /// other tasks taken out. About -estimated_credits: probably charged; zero: probably not.
    std::optional<double> balance_change = {};
    std::uint64_t bytes_received = 0;  ///< while Downloading
    std::uint64_t bytes_total = 0;     ///< zero when the server did not say
    float delivered = 0;               ///< 0 … 1 while Delivering
    ImageId image;                     ///< in the library, from Decoding on
    TextureHandle texture;             ///< complete in state Ready, until release()
    std::uint32_t width = 0;           ///< from Delivering on
    std::uint32_t height = 0;
    bool cancel_requested = false;  ///< cancel() came while the paid call was under way
    bool reused = false;            ///< the library had it already; nothing was paid
    bool restored = false;          ///< from an earlier run
    bool from_library = false;      ///< made by load()
};

/// Something that changed during a pump().
struct Event {
    enum class Kind : std::uint8_t {
        Request,  ///< `id` has a new `state`, or news in its RequestInfo
        Library,  ///< page(), a thumbnail, the preview or the ledger has news
        Saved,    ///< Library::save() of `image`, or save_ledger() (no image), ended; `error` says how
        Account,  ///< Service::account() has news
    };
    Kind kind = Kind::Request;
    RequestId id;  ///< Kind::Request only, with both states
    JobState state = JobState::Queued;
    JobState previous = JobState::Queued;  ///< Queued in the first event; same as `state` for other news
    ImageId image;                         ///< of Request, once known; of Saved
    std::string path;                      ///< of Saved: as it was given
    Error error;  ///< as RequestInfo::error; of Saved and Account: code None when all went well
};

/// What a person decides about a request whose paid call's answer was lost.
enum class Resolution : std::uint8_t {
    /// Keep it; a callback still collects it. Asks for the balance again: one more Request event when that
    /// says something new.
    Wait,
    SendAgain,  ///< post it once more; the first may have been charged too
    Discard,    ///< forget it
};

struct Account {
    std::optional<double> credits;  ///< the balance, once asked
    std::chrono::system_clock::time_point checked_at = {};
    Error error;  ///< of the last check, or a refused key; code None when all is well
    std::chrono::system_clock::time_point submits_paused_until = {};  ///< after a 429; epoch: not paused
    double spent = 0;     ///< estimated credits of this object's paid calls, also of unknown outcome
    double reserved = 0;  ///< of accepted requests whose paid call is not answered yet
    /// In the last 24 hours with this data folder and service_id, as far as this process knows: earlier runs,
    /// and itself. Others running beside it are looked at before each paid call; Ledger::last_day counts
    /// them, too.
    double spent_last_day = 0;
    std::optional<double> limit;          ///< ServiceConfig::max_credits
    std::optional<double> limit_per_day;  ///< ServiceConfig::max_credits_per_day
    bool key_present = false;
};

/// The asynchronous texture-request API. Never blocks on network or disk after create().
///
/// Threads: the thread that calls create() is the owner thread. submit(), check(), cancel(), retry(),
/// resolve(), resume(), resume_all(), capabilities() and estimate() may be called from any thread; everything
/// else, including the destructor, belongs to the owner thread (asserted in debug builds). Calls with an id
/// that does not fit do nothing.
///
///     auto service = kontexture::Service::create({.api_key = key, .data_dir = dir}, host);
///     if (!service) return report(service.error().message);
///     kontexture::Service& textures = **service;
///     auto id = textures.submit({.prompt = "mossy stone wall, seamless"});
///     if (!id) return report(id.error().message);
///     while (running)
///         for (const kontexture::Event& e : textures.pump())
///             if (e.id == *id && e.state == kontexture::JobState::Ready) use(textures.find(e.id)->texture);
class Service {
public:
    /// Opens the data folder and starts the workers. Fails when the folder cannot be used, a URL is not one,
    /// a price is no model's, the callbacks' address or port cannot be had, or threads or memory run out.
    /// Usually some milliseconds; seconds while a large database is checked after a crash, or another process
    /// holds it.
    static Result<std::unique_ptr<Service>> create(ServiceConfig config, Host& host);

    /// Returns within 250 ms even while a server hangs (a picture being decoded is finished first). Starts no
    /// paid call; what was paid for stays collectable by the next run. Destroys all textures that were not
    /// released. A request that had no event yet is lost, unpaid.
    ~Service();
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    /// Takes the request after check(). The spend limit and the input picture are looked at later: their
    /// errors come as a Failed event. The request is safe against a crash once its first event is out.
    Result<RequestId> submit(TextureRequest request);
    /// Only the check: is there a key, and does each field have a value that capabilities() allows?
    Result<void> check(const TextureRequest& request) const;
    /// Before the paid call: free, and nothing is sent. After it: no texture comes, the picture is still
    /// collected into the library.
    void cancel(RequestId id);
    /// For Failed: a task that may still have a picture is asked again for free, otherwise it is posted anew.
    void retry(RequestId id);
    /// For OutcomeUnknown. Waits while the record of a callback's task is being read (WaitReason::Check). A
    /// limit may refuse SendAgain: RequestInfo::error says so then.
    void resolve(RequestId id, Resolution resolution);
    /// Lets a request that waits for WaitReason::Resume go on; resume_all() all of them.
    void resume(RequestId id);
    void resume_all();

    /// Makes a texture of a library picture; costs nothing. The request behaves like any other (Decoding …
    /// Ready).
    RequestId load(ImageId image);
    /// Forgets a request; one under way is cancelled first. Its texture is destroyed by the second pump()
    /// from now, so what is drawn in between may still name it.
    void release(RequestId id);

    /// Call once a frame where Host methods may run. Moves all public state, hands rows to the host within
    /// the budget and returns what changed (valid until the next pump()). With nothing to do: one atomic
    /// load.
    std::span<const Event> pump(PumpBudget budget = {});
    /// What the last pump() returned. Valid until the next.
    std::span<const Event> events() const;

    /// Null for an id that is unknown or released, or whose first event is still to come. Valid until the
    /// next pump().
    const RequestInfo* find(RequestId id) const;
    /// All requests not released, oldest first. Valid until the next pump().
    std::span<const RequestInfo> requests() const;

    const Capabilities& capabilities() const;
    /// The estimated price in credits, by the capabilities' table.
    double estimate(const TextureRequest& request) const;

    const Account& account() const;
    /// Asks for the balance; the answer comes as an Account event.
    void refresh_account();
    void set_api_key(Secret key);
    /// Neither is stored. What a limit has refused stays Failed until retry().
    void set_max_credits(std::optional<double> limit);
    void set_max_credits_per_day(std::optional<double> limit);

    Library& library();
    Host& host();

private:
    class Impl;
    explicit Service(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace kontexture
