#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace kontexture::panel {

/// How many bytes of `line` fit into the width that is being wrapped to. At least one character.
class LineMeasure {
public:
    virtual ~LineMeasure() = default;
    virtual std::size_t fit(std::string_view line) const = 0;
};

/// The prompt as a person wrote it, and as a multi-line field of any ImGui version shows it: those fields do
/// not wrap, so line breaks are put where a space was, or between two characters of a long word. They are
/// remembered and never become part of the prompt.
class PromptText {
public:
    /// The prompt, valid UTF-8.
    const std::string& raw() const { return raw_; }
    /// The prompt with the breaks.
    const std::string& shown() const { return shown_; }
    int line_count() const { return line_count_; }

    /// Takes another prompt; what is not UTF-8 is replaced. Needs a wrap() afterwards.
    void assign(std::string_view prompt);
    /// Takes the field's content after typing: finds what changed against shown(). New line ends are
    /// the person's own, or with `is_revert` breaks that an undo brought back.
    void absorb(std::string_view edited, bool is_revert = false);
    /// Sets the breaks anew.
    void wrap(const LineMeasure& measure);

    /// Where a position in shown() is in raw(), and back.
    std::size_t to_raw(std::size_t shown_position) const;
    std::size_t to_shown(std::size_t raw_position) const;

private:
    struct Break {
        std::size_t position = 0;  ///< of the '\n' in shown_
        bool is_added = false;     ///< between two characters; otherwise it stands for a space
    };

    void rebuild_raw();

    std::string raw_;
    std::string shown_;
    std::vector<Break> breaks_;
    int line_count_ = 1;
};

/// The text with every byte that is not UTF-8 replaced by a question mark, and without zero bytes.
std::string valid_utf8(std::string_view text);

}  // namespace kontexture::panel
