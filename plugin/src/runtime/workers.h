#pragma once

#include "net/callback_listener.h"
#include "net/client.h"
#include "providers/provider.h"
#include "runtime/lane.h"
#include "runtime/news.h"
#include "runtime/restored.h"

namespace kontexture::runtime {

/// The hands: carries out the engine's actions on threads of its own and answers each with one engine event.
/// Thread: run() from the conductor, the rest from the owner thread.
class Workers {
public:
    struct Parts {
        std::unique_ptr<store::Store> store;
        std::unique_ptr<net::Client> client;
        std::unique_ptr<net::CallbackListener> callbacks;  ///< null: none are asked for
        std::unique_ptr<providers::Provider> provider;
        image::Limits limits;
        bool mipmaps = true;
        std::function<engine::TimePoint()> now;
    };
    Workers(Parts parts, Mailbox<News>& news);
    ~Workers();

    /// Where answers go; set once, before the first action.
    void set_answer(std::function<void(engine::Event)> answer,
                    std::function<void(Restored)> answer_take_over) {
        answer_ = std::move(answer);
        answer_take_over_ = std::move(answer_take_over);
    }

    void run(const engine::LoadInput& action, const JobPtr& job);
    void run(const engine::WriteIntent& action, const JobPtr& job);
    void run(const engine::FindIdentical& action, const JobPtr& job);
    void run(const engine::UploadInput& action, const JobPtr& job);
    void run(const engine::WriteSubmitting& action, const JobPtr& job);
    void run(const engine::Post& action, const JobPtr& job);
    void run(const engine::WriteTask& action, const JobPtr& job);
    void run(const engine::Poll& action, const JobPtr& job);
    void run(const engine::Fetch& action, const JobPtr& job);
    void run(const engine::StoreResult& action, const JobPtr& job);
    void run(const engine::Decode& action, const JobPtr& job);
    void run(const engine::WriteState& action, const JobPtr& job);
    void run(const engine::WriteHint& action, const JobPtr& job);
    void run(const engine::ReadBalance& action);
    void run(const engine::TakeOver& action);

    // Callbacks; all of these do nothing without a listener.
    void start_callbacks(std::span<const std::uint8_t> secret);
    void stop_callbacks();
    /// From now on callbacks of these jobs are passed on as engine::CalledBack. Any thread.
    void expect_callbacks(const std::vector<RequestId>& jobs);
    void forget_callbacks(RequestId id);

    // Not the engine's business: reading, and what costs nothing. Answers come as news.
    void search(LibraryQuery query);
    void load_thumbnail(ImageId image);
    void load_preview(std::uint64_t generation, InputImage input);
    void save(ImageId image, std::string path);
    void set_favourite(RequestId id, bool favourite);
    void load_ledger();
    void save_ledger(std::string path);
    /// The engine is told, too.
    void check_credits();
    void set_key(Secret key) { client_->set_key(std::move(key)); }

    const providers::Provider& provider() const { return *provider_; }

    /// Waits until everything given to the disk is written, at the latest after `patience`.
    void wait_for_disk(std::chrono::milliseconds patience) { disk_.wait_idle(patience); }
    /// Gives paid calls under way `grace` to be answered, then cuts every call; each has answered when this
    /// returns.
    void end_calls(std::chrono::milliseconds grace);
    /// Ends all lanes; what was not begun is dropped.
    void stop();

private:
    /// Runs `work` on the lane. Should it throw (memory, mostly), `failed` makes the answer from the error.
    template <typename Failed>
    void start(Lane& lane, std::function<void()> work, Failed failed) {
        lane.post([this, work = std::move(work), failed = std::move(failed)] {
            try {
                work();
            } catch (const std::exception& thrown) {
                answer_(failed(unexpected(thrown)));
            }
        });
    }
    /// The same for work that answers with news.
    template <typename Failed>
    void start_reading(Lane& lane, std::function<void()> work, Failed failed) {
        const auto guarded = [this, work = std::move(work), failed = std::move(failed)] {
            try {
                work();
            } catch (const std::exception& thrown) {
                news_.push(failed(unexpected(thrown)));
            }
        };
        lane.post(guarded, Lane::Urgency::Low);
    }
    static Error unexpected(const std::exception& thrown);

    std::shared_ptr<net::Cancellation> begin_call(const JobPtr& job);
    void end_call(const std::shared_ptr<net::Cancellation>& call);
    void prepare_input(const JobPtr& job, std::span<const std::uint8_t> file, RequestId id);
    void decode(RequestId id, const JobPtr& job);
    void write_thumbnail(ImageId image, const ImageView& pixels);
    void show_thumbnail(ImageId image, std::span<const std::uint8_t> file);
    PreviewNews preview_of(std::uint64_t generation, const Result<image::UploadImage>& input);
    void make_thumbnail(const store::ImageRow& row);
    Error save_file(const store::ImageRow& row, const std::string& path);
    engine::SubmitReply post(const JobPtr& job, net::Cancellation& call);
    providers::UploadReply upload(RequestId id, const JobData& job, net::Cancellation& call);
    void tell_balance(CreditsNews news);
    Result<ImageId> store_result(RequestId id, JobData& job);

    std::unique_ptr<store::Store> store_;  ///< on the disk lane; take_poll_turn(): polls lane, hurry(): any
    store::Blobs& blobs_;
    std::string temporary_folder_;
    std::unique_ptr<net::Client> client_;
    std::unique_ptr<providers::Provider> provider_;
    std::unique_ptr<net::CallbackListener> callbacks_;
    image::Limits limits_;
    bool mipmaps_;
    std::function<engine::TimePoint()> now_;
    Mailbox<News>& news_;
    std::function<void(engine::Event)> answer_;
    std::function<void(Restored)> answer_take_over_;

    std::mutex calls_mutex_;
    std::vector<std::shared_ptr<net::Cancellation>> calls_;  ///< under way
    bool cut_ = false;  ///< calls begun from now on are cancelled at once

    Lane disk_{1};
    Lane posts_{4};
    Lane polls_{4};
    Lane transfers_{4};
    Lane images_{2};
};

}  // namespace kontexture::runtime
