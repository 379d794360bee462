#include "panel/prompt_text.h"

#include <algorithm>

namespace kontexture::panel {
namespace {

bool is_continuation(char c) {
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

/// Length of the UTF-8 character at the start of `text`, or zero when there is none.
std::size_t character_length(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text[0]);
    if (lead < 0x80) return lead == 0 ? 0 : 1;
    const std::size_t length = lead >= 0xF0 && lead < 0xF5   ? 4
                               : lead >= 0xE0 && lead < 0xF0 ? 3
                               : lead >= 0xC2 && lead < 0xE0 ? 2
                                                             : 0;
    if (length == 0 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if (!is_continuation(text[i])) return 0;
    const auto second = static_cast<unsigned char>(text[1]);
    const bool is_overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
    const bool is_outside = (lead == 0xED && second > 0x9F) || (lead == 0xF4 && second > 0x8F);
    return is_overlong || is_outside ? 0 : length;
}

}  // namespace

std::string valid_utf8(std::string_view text) {
    std::string valid;
    valid.reserve(text.size());
    while (!text.empty()) {
        const std::size_t length = character_length(text);
        if (length == 0)
            valid += '?';
        else
            valid.append(text.substr(0, length));
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return valid;
}

void PromptText::assign(std::string_view prompt) {
    raw_ = valid_utf8(prompt);
    std::erase(raw_, '\r');
    breaks_.clear();
    shown_ = raw_;
}

void PromptText::absorb(std::string_view edited, bool is_revert) {
    const std::string_view before = shown_;
    if (edited == before) return;
    const std::size_t shorter = std::min(edited.size(), before.size());
    std::size_t head = 0;
    while (head < shorter && edited[head] == before[head]) ++head;
    std::size_t tail = 0;
    while (tail < shorter - head && edited[edited.size() - 1 - tail] == before[before.size() - 1 - tail])
        ++tail;

    std::erase_if(breaks_,
                  [&](const Break& b) { return b.position >= head && b.position < before.size() - tail; });
    for (Break& b : breaks_)
        if (b.position >= head) b.position = b.position + edited.size() - before.size();
    shown_.assign(edited);
    for (std::size_t i = head; is_revert && i < edited.size() - tail; ++i)
        if (shown_[i] == '\n') breaks_.push_back({i, false});
    std::sort(breaks_.begin(), breaks_.end(),
              [](const Break& a, const Break& b) { return a.position < b.position; });
    rebuild_raw();
}

void PromptText::rebuild_raw() {
    raw_.clear();
    std::size_t from = 0;
    for (const Break& b : breaks_) {
        raw_.append(shown_, from, b.position - from);
        if (!b.is_added) raw_ += ' ';
        from = b.position + 1;
    }
    raw_.append(shown_, from);
}

void PromptText::wrap(const LineMeasure& measure) {
    shown_.clear();
    breaks_.clear();
    line_count_ = 1;
    std::size_t at = 0;
    while (at < raw_.size()) {
        const std::size_t paragraph_end = std::min(raw_.find('\n', at), raw_.size());
        const std::string_view rest = std::string_view(raw_).substr(at, paragraph_end - at);
        std::size_t fits = std::min(measure.fit(rest), rest.size());
        if (fits == rest.size()) {
            shown_.append(rest);
            at = paragraph_end;
            if (at < raw_.size()) shown_ += '\n', ++line_count_, ++at;
            continue;
        }
        // A space right behind the line may stand there too: it becomes the break.
        const std::size_t space = rest.rfind(' ', fits);
        const bool is_added = space == std::string_view::npos || space == 0;
        if (is_added)
            while (fits > 0 && is_continuation(rest[fits])) --fits;
        const std::size_t length =
            is_added ? std::max({fits, character_length(rest), std::size_t{1}}) : space;
        shown_.append(rest.substr(0, length));
        breaks_.push_back({shown_.size(), is_added});
        shown_ += '\n';
        ++line_count_;
        at += length + (is_added ? 0 : 1);
    }
}

std::size_t PromptText::to_raw(std::size_t shown_position) const {
    std::size_t added = 0;
    for (const Break& b : breaks_)
        if (b.is_added && b.position < shown_position) ++added;
    return shown_position - added;
}

std::size_t PromptText::to_shown(std::size_t raw_position) const {
    std::size_t position = raw_position;
    for (const Break& b : breaks_)
        if (b.is_added && b.position <= position) ++position;
    return position;
}

}  // namespace kontexture::panel
