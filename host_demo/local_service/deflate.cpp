#include "deflate.h"

#include <algorithm>
#include <array>
#include <queue>

// Each block, RFC 1951 section 3.2.7: dynamic codes, 257 literal lengths, one unused distance, and a
// code-length code that spends four bits on each of the lengths 0 to 15.
namespace local_service {

namespace {

constexpr std::size_t kBlock = 192 * 1024;
constexpr std::size_t kEnd = 256;  ///< the symbol that ends a block
constexpr std::size_t kSymbols = 257;
constexpr unsigned kMaxLength = 15;

using Counts = std::array<std::uint32_t, kSymbols>;
using Lengths = std::array<unsigned, kSymbols>;

class Bits {
public:
    void put(std::uint32_t value, unsigned count) {
        held_ |= std::uint64_t{value} << used_;
        used_ += count;
        while (used_ >= 8) {
            bytes.push_back(static_cast<std::uint8_t>(held_ & 0xFFU));
            held_ >>= 8U;
            used_ -= 8;
        }
    }
    void flush() {
        if (used_ > 0) put(0, 8 - used_);
    }
    std::vector<std::uint8_t> bytes;

private:
    std::uint64_t held_ = 0;
    unsigned used_ = 0;
};

/// Depths of the Huffman tree; false when one is too deep for the format.
bool tree_lengths(const Counts& counts, Lengths& lengths) {
    struct Node {
        std::uint64_t weight;
        std::size_t index;
    };
    const auto heavier = [](const Node& a, const Node& b) {
        return a.weight != b.weight ? a.weight > b.weight : a.index > b.index;
    };
    std::priority_queue<Node, std::vector<Node>, decltype(heavier)> waiting(heavier);
    std::vector<std::size_t> parent(kSymbols);
    for (std::size_t i = 0; i < kSymbols; ++i)
        if (counts[i] > 0) waiting.push({counts[i], i});
    while (waiting.size() > 1) {
        const Node a = waiting.top();
        waiting.pop();
        const Node b = waiting.top();
        waiting.pop();
        parent.push_back(0);
        parent[a.index] = parent[b.index] = parent.size() - 1;
        waiting.push({a.weight + b.weight, parent.size() - 1});
    }
    const std::size_t root = parent.size() - 1;
    for (std::size_t i = 0; i < kSymbols; ++i) {
        lengths[i] = 0;
        if (counts[i] == 0) continue;
        for (std::size_t at = i; at != root; at = parent[at]) ++lengths[i];
        if (lengths[i] > kMaxLength) return false;
    }
    return true;
}

/// Canonical codes, bits reversed as the format sends them.
Counts codes_of(const Lengths& lengths) {
    std::array<std::uint32_t, kMaxLength + 2> next{};
    for (const unsigned length : lengths)
        if (length > 0) ++next[length + 1];
    for (std::size_t i = 1; i < next.size(); ++i) next[i] = (next[i] + next[i - 1]) << 1U;
    Counts codes{};
    for (std::size_t i = 0; i < kSymbols; ++i) {
        if (lengths[i] == 0) continue;
        std::uint32_t code = next[lengths[i]]++;
        for (unsigned bit = 0; bit < lengths[i]; ++bit, code >>= 1U)
            codes[i] = (codes[i] << 1U) | (code & 1U);
    }
    return codes;
}

void put_block(Bits& bits, std::span<const std::uint8_t> data, bool last) {
    Counts counts{};
    for (const std::uint8_t byte : data) ++counts[byte];
    counts[kEnd] = 1;
    Lengths lengths{};
    while (!tree_lengths(counts, lengths))
        for (auto& count : counts) count = (count + 1) / 2;
    const Counts codes = codes_of(lengths);
    bits.put(last ? 1 : 0, 1);
    bits.put(2, 2);
    bits.put(kSymbols - 257, 5);
    bits.put(0, 5);
    bits.put(19 - 4, 4);
    // The format's own order begins with the three repeat codes, which stay unused.
    for (int i = 0; i < 19; ++i) bits.put(i < 3 ? 0 : 4, 3);
    const auto put_length = [&](unsigned length) {
        bits.put(
            ((length & 1U) << 3U) | ((length & 2U) << 1U) | ((length & 4U) >> 1U) | ((length & 8U) >> 3U), 4);
    };
    for (const unsigned length : lengths) put_length(length);
    put_length(1);
    for (const std::uint8_t byte : data) bits.put(codes[byte], lengths[byte]);
    bits.put(codes[kEnd], lengths[kEnd]);
}

std::uint32_t adler32(std::span<const std::uint8_t> data) {
    constexpr std::uint32_t kPrime = 65521;
    std::uint32_t a = 1;
    std::uint32_t b = 0;
    while (!data.empty()) {
        const auto part = data.first(std::min<std::size_t>(data.size(), 5552));
        for (const std::uint8_t byte : part) {
            a += byte;
            b += a;
        }
        a %= kPrime;
        b %= kPrime;
        data = data.subspan(part.size());
    }
    return (b << 16U) | a;
}

}  // namespace

std::vector<std::uint8_t> deflate_literals(std::span<const std::uint8_t> data,
                                           const std::atomic<bool>* cancelled) {
    Bits bits;
    bits.bytes.reserve(data.size());
    bits.bytes = {0x78, 0x5E};
    std::size_t at = 0;
    do {
        if (cancelled && *cancelled) return {};
        const std::size_t size = std::min(kBlock, data.size() - at);
        put_block(bits, data.subspan(at, size), at + size == data.size());
        at += size;
    } while (at < data.size());
    bits.flush();
    const std::uint32_t sum = adler32(data);
    for (int shift = 24; shift >= 0; shift -= 8)
        bits.bytes.push_back(static_cast<std::uint8_t>(sum >> shift));
    return std::move(bits.bytes);
}

}  // namespace local_service
