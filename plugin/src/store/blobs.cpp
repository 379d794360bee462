#include "store/file_system.h"
#include "store/store.h"

#include <atomic>
#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

namespace kontexture::store {

namespace {

constexpr std::size_t kIdDigits = 64;
constexpr std::size_t kReadBytes = std::size_t{64} << 10;

class Sha256 {
public:
    Sha256() : context_(EVP_MD_CTX_new()) { good_ = EVP_DigestInit_ex(context_, EVP_sha256(), nullptr) == 1; }
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;
    ~Sha256() { EVP_MD_CTX_free(context_); }

    void add(std::span<const std::uint8_t> bytes) {
        good_ = good_ && EVP_DigestUpdate(context_, bytes.data(), bytes.size()) == 1;
    }
    /// Empty when the library refused, which no file's name can equal.
    std::string hex() {
        std::uint8_t digest[EVP_MAX_MD_SIZE];
        unsigned size = 0;
        if (!good_ || EVP_DigestFinal_ex(context_, digest, &size) != 1) return {};
        constexpr char kDigits[] = "0123456789abcdef";
        std::string text;
        for (unsigned i = 0; i < size; ++i) {
            text += kDigits[digest[i] >> 4];
            text += kDigits[digest[i] & 15];
        }
        return text;
    }

private:
    EVP_MD_CTX* context_;
    bool good_;
};

Error hash_error() {
    Error error;
    error.code = ErrorCode::Storage;
    error.message = "SHA-256 is not available in the installed OpenSSL. Check its configuration.";
    return error;
}

/// Hands the whole file to `take` piece by piece.
template <typename Take>
Result<void> read_pieces(const FileDescriptor& file, const std::string& path, Take&& take) {
    std::vector<std::uint8_t> buffer(kReadBytes);
    for (;;) {
        const ssize_t got = ::read(file.number(), buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return file_error("read", path, errno);
        if (got == 0) return {};
        take(std::span<const std::uint8_t>(buffer.data(), static_cast<std::size_t>(got)));
    }
}

std::string unused_name() {
    static std::atomic<unsigned> count{0};
    return "incoming-" + std::to_string(::getpid()) + "-" + std::to_string(count++);
}

/// The last step of storing: from a complete, synced file to its place.
Result<void> move_into_place(const std::string& from, const std::string& to, const std::string& folder) {
    const std::string subfolder = to.substr(0, to.rfind('/'));
    if (auto ready = make_own_folder(subfolder); !ready) return ready;
    if (auto renamed = rename_file(from, to); !renamed) return renamed;
    if (auto synced = sync_folder(subfolder); !synced) return synced;
    // Also when it was there: a process may have died between making it and waiting for it.
    return sync_folder(folder);
}

}  // namespace

std::string sha256_hex(std::span<const std::uint8_t> bytes) {
    Sha256 hash;
    hash.add(bytes);
    return hash.hex();
}

Blobs::Blobs(std::string folder) : folder_(std::move(folder)) {}

bool Blobs::is_id(std::string_view text) {
    return text.size() == kIdDigits && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string Blobs::path(const BlobId& blob) const {
    assert(is_id(blob));
    return folder_ + "/" + blob.substr(0, 2) + "/" + blob.substr(2);
}

Result<BlobId> Blobs::put(std::span<const std::uint8_t> bytes) {
    BlobId blob = sha256_hex(bytes);
    if (blob.empty()) return hash_error();
    if (auto made = make_folder(folder_); !made) return made.error();

    std::string incoming;
    Result<FileDescriptor> file = FileDescriptor();
    // A dead process with our number may have left a file of that name.
    do {
        incoming = folder_ + "/" + unused_name();
        file = create_file(incoming);
    } while (!file && file_exists(incoming));
    if (!file) return file.error();

    Result<void> done = write_all(*file, bytes, incoming);
    if (done) done = sync_file(*file, incoming);
    if (done) done = move_into_place(incoming, path(blob), folder_);
    if (!done) {
        ::unlink(incoming.c_str());
        return done.error();
    }
    return blob;
}

Result<BlobId> Blobs::adopt(const std::string& source) {
    const auto file = open_own_file(source, true);
    if (!file) return file.error();
    Sha256 hash;
    if (auto read = read_pieces(*file, source, [&](auto piece) { hash.add(piece); }); !read) {
        return read.error();
    }
    BlobId blob = hash.hex();
    if (blob.empty()) return hash_error();
    if (auto synced = sync_file(*file, source); !synced) return synced.error();
    if (auto moved = move_into_place(source, path(blob), folder_); !moved) return moved.error();
    return blob;
}

Result<std::vector<std::uint8_t>> Blobs::read(const BlobId& blob) const {
    Error missing;
    missing.code = ErrorCode::NotFound;
    missing.message = "The picture's file is missing from the data folder. Generate the picture again.";
    missing.detail = "blob " + blob;
    if (!is_id(blob)) return missing;

    const std::string file_path = path(blob);
    if (!file_exists(file_path)) return missing;
    const auto file = open_own_file(file_path, false);
    if (!file) return file.error();
    std::vector<std::uint8_t> bytes;
    bytes.reserve(file_size(file_path));
    const auto keep = [&](auto piece) { bytes.insert(bytes.end(), piece.begin(), piece.end()); };
    if (auto read = read_pieces(*file, file_path, keep); !read) return read.error();
    const std::string hash = sha256_hex(bytes);
    if (hash.empty()) return hash_error();
    if (hash == blob) return bytes;

    const std::string aside = file_path + ".damaged";
    Error error;
    error.code = ErrorCode::StorageDamaged;
    error.message = "The picture's file was damaged on the disk";
    error.message +=
        rename_file(file_path, aside) ? " and is kept as " + aside + "." : ": " + file_path + ".";
    error.message += " Check the disk, then generate the picture again.";
    error.detail = "blob " + blob + " has hash " + hash;
    return error;
}

}  // namespace kontexture::store
