#pragma once

#include "engine/engine.h"

#include "catch.h"

#include <algorithm>

namespace kontexture::engine {

using namespace std::chrono_literals;

/// An engine with a clock in hand and the last actions to look at.
struct Desk {
    explicit Desk(EngineConfig config = without_balance()) : engine(config) {}
    /// Most tests have no use for reading the balance.
    static EngineConfig without_balance() {
        EngineConfig config;
        config.reads_balance = false;
        return config;
    }

    const Actions& tell(const Event& event) {
        last = engine.on(event, now);
        return last;
    }
    template <typename Action>
    const Action* find() const {
        for (const auto& action : last)
            if (const auto* found = std::get_if<Action>(&action)) return found;
        return nullptr;
    }
    JobState shown() const {
        JobState state = JobState::Queued;
        bool any = false;
        for (const auto& action : last)
            if (const auto* news = std::get_if<Publish>(&action)) state = news->state, any = true;
        REQUIRE(any);
        return state;
    }
    /// Up to the paid call.
    void submit_to_post(RequestId id) {
        tell(Submit{id, "pro", 5});
        REQUIRE(find<WriteIntent>());
        tell(IntentWritten{id, {}, {}});
        REQUIRE(find<WriteSubmitting>());
        CHECK_FALSE(find<Post>());
        tell(SubmittingWritten{id, {}, {}});
        REQUIRE(find<Post>());
    }
    void to_task(RequestId id) {
        submit_to_post(id);
        tell(Submitted{id, Accepted{"t"}});
        REQUIRE(find<WriteTask>());
        tell(TaskWritten{id, {}});
    }
    bool wake() {
        if (!engine.next_wake()) return false;
        now = std::max(now, *engine.next_wake());
        tell(Tick{});
        return true;
    }

    Engine engine;
    TimePoint now{1'000'000s};
    Actions last;
};

inline const RequestId kJob{1};
inline Error network() {
    return {ErrorCode::Network, 0, 0, "no connection", {}};
}

}  // namespace kontexture::engine
