#include "key_supply.h"

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <thread>

#include <sys/stat.h>

#include <libsecret/secret.h>

// The desktop's secret store through libsecret.
namespace key_supply {

using kontexture::Secret;

namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 3s;
constexpr const char* kLocked =
    "The desktop's secret store has a key, but it is locked. Unlock it (log in to the keyring) and start "
    "again.";
constexpr const char* kSilent =
    "The desktop's secret store did not answer in time; it was not used for the key.";

struct Release {
    void operator()(gpointer object) const { g_object_unref(object); }
    void operator()(GHashTable* table) const { g_hash_table_unref(table); }
    void operator()(GError* error) const { g_error_free(error); }
    void operator()(SecretValue* value) const { secret_value_unref(value); }
};
template <typename Type>
using Owned = std::unique_ptr<Type, Release>;

/// Ends the calls that are given `handle()` after a while.
class Deadline {
public:
    Deadline() : handle_(g_cancellable_new()), thread_([this] { wait(); }) {}
    ~Deadline() {
        {
            const std::lock_guard lock(mutex_);
            is_over_ = true;
        }
        over_.notify_one();
        thread_.join();
    }
    Deadline(const Deadline&) = delete;
    Deadline& operator=(const Deadline&) = delete;

    GCancellable* handle() { return handle_.get(); }

private:
    void wait() {
        std::unique_lock lock(mutex_);
        if (!over_.wait_for(lock, kPatience, [this] { return is_over_; })) g_cancellable_cancel(handle());
    }

    Owned<GCancellable> handle_;
    std::mutex mutex_;
    std::condition_variable over_;
    bool is_over_ = false;
    std::thread thread_;
};

/// Without one, GLib would start a bus.
bool has_session_bus() {
    if (const char* address = std::getenv("DBUS_SESSION_BUS_ADDRESS"); address && *address) return true;
    const char* const folder = std::getenv("XDG_RUNTIME_DIR");
    struct stat status = {};
    return folder && stat((std::string(folder) + "/bus").c_str(), &status) == 0;
}

Secret secret_of(SecretItem* item) {
    const Owned<SecretValue> value(secret_item_get_secret(item));
    if (!value) return {};
    gsize size = 0;
    const gchar* const text = secret_value_get(value.get(), &size);
    return Secret(std::string_view(text, size));
}

Supply first_of(GList* items) {
    Supply supply;
    for (const GList* node = items; node && supply.key.empty(); node = node->next) {
        auto* const item = static_cast<SecretItem*>(node->data);
        if (secret_item_get_locked(item))
            supply.note = kLocked;
        else
            supply.key = secret_of(item);
    }
    if (!supply.key.empty()) supply.note.clear();
    return supply;
}

}  // namespace

Supply ask_secret_store() {
    if (!has_session_bus()) return {};
    Deadline deadline;
    GError* raw_error = nullptr;
    const Owned<SecretService> store(
        secret_service_get_sync(SECRET_SERVICE_NONE, deadline.handle(), &raw_error));
    GList* items = nullptr;
    if (store) {
        const Owned<GHashTable> attributes(g_hash_table_new(g_str_hash, g_str_equal));
        char service[] = "service", kontexture[] = "kontexture", account[] = "account", vendor[] = "kie.ai";
        g_hash_table_insert(attributes.get(), service, kontexture);
        g_hash_table_insert(attributes.get(), account, vendor);
        // Not SECRET_SEARCH_UNLOCK, which asks a person and waits for the answer.
        items = secret_service_search_sync(
            store.get(), nullptr, attributes.get(),
            static_cast<SecretSearchFlags>(SECRET_SEARCH_ALL | SECRET_SEARCH_LOAD_SECRETS), deadline.handle(),
            &raw_error);
    }
    const Owned<GError> error(raw_error);
    Supply supply = first_of(items);
    g_list_free_full(items, g_object_unref);
    if (error && g_error_matches(error.get(), G_IO_ERROR, G_IO_ERROR_CANCELLED)) supply.note = kSilent;
    return supply;
}

}  // namespace key_supply
