#pragma once

#include <httplib.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "local_service/local_service.h"

/// A fresh folder, removed with the object.
struct TempDir {
    TempDir();
    ~TempDir();
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;
    std::filesystem::path path;
};

/// Quick, small pictures.
local_service::Options quick_options(const TempDir& dir);

/// A plain HTTP client of the service, as an outsider would write it.
struct Client {
    explicit Client(const local_service::LocalService& service, std::string key = "local-demo-key");

    httplib::Result get(const std::string& path);
    httplib::Result post(const std::string& path, const nlohmann::json& body);
    nlohmann::json generate(const nlohmann::json& body);
    nlohmann::json record(const std::string& id);
    /// Polls until the flag is neither 0 nor unknown; null after a while.
    nlohmann::json finish(const std::string& id);
    std::string task(const nlohmann::json& body);
    /// The path of a URL on this service.
    static std::string path_of(const std::string& url);

    httplib::Client http;
    httplib::Headers headers;
};

constexpr const char* kGenerate = "/api/v1/flux/kontext/generate";
constexpr const char* kRecord = "/api/v1/flux/kontext/record-info?taskId=";
