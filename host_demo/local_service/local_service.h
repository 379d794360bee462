#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

// A small HTTP server on 127.0.0.1 that speaks the kie.ai Flux Kontext protocol and paints procedural
// materials: no AI, no cost, no traffic beyond this machine. Shares no code with the module, so that neither
// can hide the other's mistake.
namespace local_service {

/// What can be made to go wrong.
enum class Fault : std::uint8_t {
    ErrorInside200,      ///< HTTP 200 with `code` in the body
    HttpError,           ///< the status itself, with the usual envelope
    RateLimitInside200,  ///< 429 in the body
    RateLimitHttp,       ///< HTTP 429 with Retry-After
    DropAfterAccept,     ///< the task is made, then the connection is closed without an answer
    DropBeforeAccept,    ///< the connection is closed, no task is made
    Hang,                ///< no answer until the client gives up
    EmptyBody,
    Html403,  ///< as a content network answers
    NoContentType,
    ChineseMessage,
    RecordMissing,  ///< 422 "recordInfo is null", then as usual
    RecordNull,     ///< data null, then as usual
    UnknownFlag,    ///< successFlag 7, then as usual
    FlagAsString,
    ResponseAsString,   ///< `response` is a JSON string
    SuccessWithoutUrl,  ///< successFlag 1 with no URL, then as usual
    TaskFails,          ///< successFlag 3 with errorCode and errorMessage
    TaskRefused,        ///< successFlag 2
    UrlExpired,         ///< the result answers 404
    UrlForbidden,       ///< the result answers 403
    Redirect,           ///< the result answers 302 to the real place on this server
    RedirectElsewhere,  ///< the result answers 302 to a host that must not be fetched
    TruncatedImage,     ///< the body ends before its Content-Length
    DamagedImage,       ///< the body is complete but not a picture
    SlowBody,
    KeyInMessage,          ///< the error text repeats the key that was sent
    CallbackBeforeAnswer,  ///< it comes before generate is answered, long before the task is done
    CallbackEarly,         ///< it comes as soon as generate is answered, before the record says done
    CallbackLate,          ///< by three seconds
    CallbackTwice,
    CallbackNever,
    CallbackWrongSignature,  ///< signed with another key
    CallbackOldTime,         ///< signed rightly, an hour ago
    CallbackUnsigned,
    CallbackOtherTask,  ///< it names, and is signed for, another task: one that exists if there is any
    CallbackHuge,       ///< a body of a megabyte
};

enum class Endpoint : std::uint8_t { Generate, RecordInfo, Upload, Credits, Result, Callback };

struct Options {
    std::string data_dir;                ///< tasks, uploads and results live here and survive a restart
    int port = 0;                        ///< zero: a free one
    std::string key = "local-demo-key";  ///< the bearer key it asks for
    std::chrono::milliseconds min_duration{2500};  ///< of a generation
    std::chrono::milliseconds max_duration{6000};
    int submits_per_window = 20;  ///< per 10 s, then 429
    double credits = 1000;
    std::uint64_t seed = 0;  ///< zero: from the clock
    /// When true, a prompt may carry a fault for its own request: "… {fault:TaskFails}", by the enumerator's
    /// name.
    /// "{fault:RecordInfo.Hang}" names another endpoint, "{fault:ErrorInside200:501}" a code. Rate limits are
    /// met once per prompt, so that a retry passes.
    bool faults_in_prompt = true;
    /// Signs callbacks, as the key of the vendor's settings page would; empty: they are not signed.
    std::string callback_key;
    /// Also to other machines. Otherwise a callBackUrl that leads there is accepted and never called.
    bool callbacks_anywhere = false;
    std::chrono::milliseconds callback_retry{2000};  ///< pause before a callback without a 200 is sent again
    /// Pictures are painted this many times smaller on each side; for tests.
    int paint_divisor = 1;
};

/// What the server has seen and done, since its data_dir was made where it says "ever".
struct Record {
    struct Task {
        std::string id;
        std::string prompt;
        std::string body;  ///< the JSON it came with
        bool finished = false;
        bool failed = false;
        std::string result_file;  ///< path, once painted
    };
    std::uint64_t generate_posts = 0;  ///< since start, accepted or not
    std::uint64_t polls = 0;
    std::uint64_t uploads = 0;
    std::uint64_t downloads = 0;
    std::uint64_t unauthorized = 0;
    std::vector<int> callbacks;  ///< since start: how each one sent was answered, zero where it was not
    std::vector<Task> tasks;     ///< ever accepted, oldest first
};

class LocalService {
public:
    /// Null with `error` set when it cannot listen or use the folder.
    static std::unique_ptr<LocalService> start(Options options, std::string* error = nullptr);
    ~LocalService();  ///< stops at once; running generations go on at the next start with the same data_dir
    LocalService(const LocalService&) = delete;
    LocalService& operator=(const LocalService&) = delete;

    int port() const;
    std::string base_url() const;  ///< "http://127.0.0.1:PORT"
    const std::string& key() const;
    Record record() const;

    /// The next `count` requests to that endpoint meet the fault. `code` where the fault takes one (501, 402,
    /// …).
    void inject(Endpoint endpoint, Fault fault, int count = 1, int code = 0);
    /// Each request to that endpoint meets the fault with this probability; zero switches it off.
    void set_rate(Endpoint endpoint, Fault fault, double probability, int code = 0);
    void clear_faults();

private:
    class Impl;
    explicit LocalService(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace local_service
