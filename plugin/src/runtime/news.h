#pragma once

#include "runtime/job_data.h"
#include "runtime/mailbox.h"

#include <variant>

// What the threads tell the owner thread; read by pump() only.
namespace kontexture::runtime {

struct RequestNews {
    engine::Publish news;
    JobPtr data;
};
struct ForgottenNews {
    RequestId id;
};
struct MoneyNews {
    engine::PublishAccount money;
};
struct CreditsNews {
    std::optional<double> credits;
    Error error;
};
struct DeliverNews {
    RequestId id;
    JobPtr data;
};
struct DropNews {
    RequestId id;
};
struct PageNews {
    LibraryPage page;
};
struct ThumbnailNews {
    ImageId image;
    image::Pixels pixels;
};  ///< no pixels: there is none
struct PreviewNews {
    std::uint64_t generation = 0;
    image::Pixels pixels;
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    Error error;
};
struct SavedNews {
    ImageId image;
    std::string path;
    Error error;
};
struct LedgerNews {
    Ledger ledger;
};
/// Rows changed: pages that are shown are out of date.
struct EntriesChangedNews {};
struct LogNews {
    LogLevel level;
    std::string text;
};

using News = std::variant<RequestNews, ForgottenNews, MoneyNews, CreditsNews, DeliverNews, DropNews, PageNews,
                          ThumbnailNews, PreviewNews, SavedNews, LedgerNews, EntriesChangedNews, LogNews>;

}  // namespace kontexture::runtime
