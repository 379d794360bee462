#pragma once

#include <map>
#include <string>
#include <vector>

#include "world.h"

namespace crash {

/// What came out of one or more worlds.
struct Tally {
    int kills = 0;
    int cuts = 0;
    int torn_cuts = 0;
    int runs = 0;
    int jobs = 0;      ///< in the library's list, in whatever state
    int accepted = 0;  ///< tasks that the service has
    int in_library = 0;
    int unknown_with_task = 0;
    int unknown_without_task = 0;
    int failed = 0;  ///< visible as such, without a picture at the service
    int lost = 0;
    int paid_twice = 0;
    int forgotten = 0;                   ///< lines that the program printed and that no longer hold
    int files_missing = 0;               ///< the picture is in the library and not in its file
    std::map<std::string, int> died_in;  ///< the newest state told when a process died
    std::map<std::string, int> died_at;  ///< the call, with the shim
    std::vector<std::string> problems;   ///< one for each thing that must not be

    void add(const Tally& other);
};

/// Compares the library with the service's own record.
void audit(World& world, ServiceProcess& service, Tally& tally);

}  // namespace crash
