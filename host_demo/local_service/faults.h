#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "local_service/local_service.h"

namespace local_service {

struct FaultMet {
    Fault fault{};
    int code = 0;  ///< zero: the fault's own
};

/// A fault that a prompt or an accepted request carries to a later request about its task.
struct BoundFault {
    Endpoint endpoint{};
    FaultMet met;
};

std::string_view fault_name(Fault fault);
std::optional<Fault> fault_named(std::string_view name);
std::optional<Endpoint> endpoint_named(std::string_view name);
std::string_view endpoint_name(Endpoint endpoint);

/// The endpoint whose answer the fault is about.
Endpoint natural_endpoint(Fault fault);
/// True for faults of a query that are over after a few answers.
bool passes(Fault fault);

/// Cuts every "{fault:[Endpoint.]Name[:code]}" out of the prompt and returns what they said.
std::vector<BoundFault> cut_faults(std::string& prompt);

/// The faults waiting for the next requests. Any thread.
class FaultBox {
public:
    explicit FaultBox(std::uint64_t seed) : random_(seed) {}
    void inject(Endpoint endpoint, Fault fault, int count, int code);
    void set_rate(Endpoint endpoint, Fault fault, double probability, int code);
    void clear();
    std::optional<FaultMet> take(Endpoint endpoint);

private:
    struct Injected {
        FaultMet met;
        int left = 0;
    };
    struct Rated {
        FaultMet met;
        double probability = 0;
    };
    std::mutex mutex_;
    std::map<Endpoint, std::vector<Injected>> injected_;
    std::map<Endpoint, std::map<Fault, Rated>> rated_;
    std::mt19937_64 random_;
};

}  // namespace local_service
