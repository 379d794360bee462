#pragma once

#include <kontexture/types.h>

#include <optional>
#include <vector>

namespace kontexture {

/// The picture to edit. Anything but `none` makes the request an edit.
class InputImage {
public:
    enum class Kind : std::uint8_t { None, Url, File, Pixels, Library };

    InputImage() = default;
    /// A public http(s) address that the service itself can read; it is passed on as it is.
    static InputImage from_url(std::string url);
    /// A PNG, JPEG or other file stb_image reads. Read when the request is accepted, so it may change or
    /// vanish later.
    static InputImage from_file(std::string path);
    /// Copies the pixels.
    static InputImage from_pixels(const ImageView& image);
    static InputImage from_library(ImageId image);

    Kind kind() const { return kind_; }
    explicit operator bool() const { return kind_ != Kind::None; }
    /// The address or the path; empty for the other kinds.
    const std::string& text() const { return text_; }
    /// The pixels of `from_pixels`; valid while this object lives.
    ImageView pixels() const { return {pixels_, width_, height_}; }
    ImageId library_image() const { return image_; }

private:
    Kind kind_ = Kind::None;
    std::string text_;
    std::vector<std::uint8_t> pixels_;
    std::uint32_t width_ = 0;
    std::uint32_t height_ = 0;
    ImageId image_;
};

enum class AspectRatio : std::uint8_t {
    Automatic,  ///< new picture: square (textures tile best so); edit: the input's own
    Wide21x9,
    Wide16x9,
    Wide4x3,
    Square,
    Tall3x4,
    Tall9x16,
};

enum class OutputFormat : std::uint8_t { Png, Jpeg };

/// What to do when the very same request was made before: every parameter and the input's bytes are equal.
enum class Reuse : std::uint8_t {
    Never,        ///< generate, and pay, again
    IfIdentical,  ///< take the earlier picture, for nothing; one under way in this Service is waited for
};

/// Everything that makes one picture. The defaults are the service's, with two exceptions: PNG instead of
/// JPEG, because a texture should not carry block artefacts, and a square instead of 16:9.
struct TextureRequest {
    std::string prompt;     ///< UTF-8; what to paint, or what to change in `input`
    InputImage input = {};  ///< empty: a new picture
    AspectRatio aspect_ratio = AspectRatio::Automatic;
    OutputFormat output_format = OutputFormat::Png;
    std::string model = {};                       ///< an id from Capabilities::models; empty: the first
    bool prompt_upsampling = false;               ///< the service elaborates the prompt; slower
    std::optional<bool> enable_translation = {};  ///< absent: only for prompts with non-ASCII letters
    std::optional<int> safety_tolerance = {};  ///< 0 strict; the range is in Capabilities; absent: service's
    std::string watermark = {};                ///< empty: none
    bool upload_cn = false;                    ///< keep the result on a server in China
    std::string label = {};                    ///< for the host and the library; never sent
    int priority = 0;                          ///< higher is submitted earlier
    Reuse reuse = Reuse::Never;
};

struct IntRange {
    int min = 0;
    int max = 0;
    int preset = 0;  ///< what the service assumes when nothing is sent
};

/// What a service can do. The panel shows only what is declared here.
struct Capabilities {
    struct Model {
        std::string id;      ///< what is sent, "flux-kontext-pro"
        std::string name;    ///< for a person, "Kontext Pro"
        double credits = 0;  ///< estimated price of one picture
    };
    std::string service_name;                ///< for a person
    std::vector<Model> models;               ///< the first is the default
    std::vector<AspectRatio> aspect_ratios;  ///< without Automatic
    std::vector<OutputFormat> output_formats;
    IntRange safety_tolerance_new;
    IntRange safety_tolerance_edit;
    double usd_per_credit = 0;
    std::size_t max_prompt_bytes = 0;
    bool edit = false;
    bool prompt_upsampling = false;
    bool translation = false;
    bool watermark = false;
    bool upload_cn = false;
    bool credits_query = false;  ///< the balance can be asked for
    bool remote_cancel = false;  ///< a running task can be stopped
    bool progress = false;       ///< the service reports how far it is
    std::string key_page;        ///< where a person gets a key
    std::string top_up_page;     ///< where a person buys credits
    std::string task_log_page;   ///< where a person sees what was charged
};

/// "21:9", …; "auto" for Automatic.
const char* to_string(AspectRatio ratio);
/// "png", "jpeg".
const char* to_string(OutputFormat format);
/// Reads what to_string() writes ("jpg" counts as jpeg); nothing otherwise.
std::optional<AspectRatio> aspect_ratio_from(std::string_view text);
std::optional<OutputFormat> output_format_from(std::string_view text);

}  // namespace kontexture
