#include "net/interruption.h"
#include "net/cancellation.h"
#include "net_fixture.h"

#include <atomic>

using namespace kontexture::test;
using namespace kontexture::net;

TEST_CASE("a cancellation runs its hook once, also when it is set later") {
    Cancellation cancellation;
    int runs = 0;
    cancellation.set_hook([&] { ++runs; });
    cancellation.cancel();
    cancellation.cancel();
    CHECK(cancellation.cancelled());
    CHECK(runs == 1);
    cancellation.set_hook([&] { runs += 10; });
    CHECK(runs == 11);
    cancellation.set_hook(nullptr);
    CHECK(runs == 11);
}

TEST_CASE("a removed hook does not run") {
    Cancellation cancellation;
    bool ran = false;
    cancellation.set_hook([&] { ran = true; });
    cancellation.set_hook(nullptr);
    cancellation.cancel();
    CHECK(!ran);
}

TEST_CASE("the first reason stays") {
    Interruption interruption;
    CHECK(!interruption.raised());
    interruption.raise(StopReason::Deadline);
    interruption.raise(StopReason::Cancelled);
    CHECK(interruption.reason() == StopReason::Deadline);
}

TEST_CASE("the watchdog raises at the earlier limit and wakes until it is noticed") {
    Watchdog watchdog;
    Interruption interruption;
    std::atomic<int> wakes{0};
    interruption.set_waker([&] { ++wakes; });
    const auto now = Watchdog::Clock::now();
    SECTION("the deadline") {
        const Watchdog::Watch watch(watchdog, interruption, now + 20ms);
        for (int i = 0; i < 500 && wakes < 3; ++i) std::this_thread::sleep_for(10ms);
        CHECK(interruption.reason() == StopReason::Deadline);
    }
    SECTION("the connect limit") {
        Watchdog::Watch watch(watchdog, interruption, now + 1h);
        watch.set_connect_limit(now + 20ms);
        for (int i = 0; i < 500 && wakes < 3; ++i) std::this_thread::sleep_for(10ms);
        CHECK(interruption.reason() == StopReason::ConnectTimeout);
    }
    SECTION("a stop") {
        Watchdog::Watch watch(watchdog, interruption, now + 1h);
        watch.stop(StopReason::Cancelled);
        for (int i = 0; i < 500 && wakes < 3; ++i) std::this_thread::sleep_for(10ms);
        CHECK(interruption.reason() == StopReason::Cancelled);
    }
    CHECK(wakes >= 3);
    interruption.set_waker(nullptr);
}

TEST_CASE("a cleared connect limit does nothing") {
    Watchdog watchdog;
    Interruption interruption;
    Watchdog::Watch watch(watchdog, interruption, Watchdog::Clock::now() + 1h);
    watch.set_connect_limit(Watchdog::Clock::now() + 200ms);
    watch.clear_connect_limit();
    std::this_thread::sleep_for(300ms);
    CHECK(!interruption.raised());
}
