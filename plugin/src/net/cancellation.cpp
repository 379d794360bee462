#include "net/cancellation.h"

#include <utility>

namespace kontexture::net {

void Cancellation::cancel() {
    const std::lock_guard lock(mutex_);
    if (cancelled_.exchange(true, std::memory_order_acq_rel)) return;
    if (hook_) hook_();
}

void Cancellation::set_hook(std::function<void()> hook) {
    const std::lock_guard lock(mutex_);
    hook_ = std::move(hook);
    if (hook_ && cancelled()) hook_();
}

}  // namespace kontexture::net
