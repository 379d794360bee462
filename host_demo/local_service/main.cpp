// The local service as a program of its own.
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <thread>

#include "local_service/local_service.h"

namespace {

std::atomic<bool> g_quit{false};

void on_signal(int) {
    g_quit = true;
}

int usage(std::ostream& out, int status) {
    out << "usage: kontexture-local-service [--port N] [--data-dir FOLDER] [--fast]\n"
           "                                [--callback-key-file FILE] [--callbacks-anywhere]\n"
           "Speaks the kie.ai Flux Kontext protocol on 127.0.0.1 and paints procedural materials. No AI.\n"
           "The key it asks for is KONTEXTURE_LOCAL_KEY in the environment, otherwise \"local-demo-key\".\n"
           "Callbacks are signed with the key in the file's first line, and leave this machine only with\n"
           "--callbacks-anywhere.\n";
    return status;
}

}  // namespace

int main(int argc, char** argv) {
    local_service::Options options;
    for (int i = 1; i < argc; ++i) {
        const std::string flag = argv[i];
        if (flag == "--help" || flag == "-h") return usage(std::cout, 0);
        if (flag == "--fast") {
            options.min_duration = std::chrono::milliseconds(50);
            options.max_duration = std::chrono::milliseconds(200);
        } else if (flag == "--port" && i + 1 < argc) {
            char* end = nullptr;
            const long port = std::strtol(argv[++i], &end, 10);
            if (*end != '\0' || port < 0 || port > 65535) return usage(std::cerr, 2);
            options.port = static_cast<int>(port);
        } else if (flag == "--data-dir" && i + 1 < argc) {
            options.data_dir = argv[++i];
        } else if (flag == "--callbacks-anywhere") {
            options.callbacks_anywhere = true;
        } else if (flag == "--callback-key-file" && i + 1 < argc) {
            std::ifstream file(argv[++i]);
            if (!std::getline(file, options.callback_key) || options.callback_key.empty()) {
                std::cerr << "kontexture-local-service: there is no key in " << argv[i] << "\n";
                return 2;
            }
        } else {
            return usage(std::cerr, 2);
        }
    }
    if (options.data_dir.empty())
        options.data_dir = (std::filesystem::temp_directory_path() / "kontexture-local-service").string();
    if (const char* key = std::getenv("KONTEXTURE_LOCAL_KEY"); key && *key) options.key = key;

    std::string error;
    const auto service = local_service::LocalService::start(options, &error);
    if (!service) {
        std::cerr << "kontexture-local-service: " << error << "\n";
        return 1;
    }
    std::cout << service->base_url() << "\n"
              << "Pictures are painted procedurally on this machine: no AI, no cost, no outside traffic.\n"
              << "Data folder: " << options.data_dir << std::endl;
    std::signal(SIGINT, on_signal);
    std::signal(SIGTERM, on_signal);
    while (!g_quit) std::this_thread::sleep_for(std::chrono::milliseconds(100));
    return 0;
}
