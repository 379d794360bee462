#pragma once

#include <kontexture/panel.h>

#include "panel/format.h"
#include "panel/key_field.h"
#include "panel/prompt_text.h"
#include "panel/ui.h"

#include <optional>
#include <string>
#include <vector>

namespace kontexture::panel {

/// What a person filled in.
struct Form {
    TextureRequest request;  ///< `prompt` and `input` follow what is below
    PromptText prompt;
    std::string prompt_field;  ///< what the text field shows and edits
    InputImage set_aside;      ///< the picture to edit while the mode is "new"
    bool is_edit = false;
    int count = 1;
    bool is_more_open = false;
    std::string source;  ///< the field for a path or an address
    std::string source_error;
    std::string submit_error;
    bool wants_focus = false;
    bool needs_wrap = true;
    bool is_prompt_active = false;
    bool is_prompt_replaced = false;  ///< from outside, while a person may be typing
    float wrapped_at = 0;
    float wrapped_em = 0;
};

/// A request that this panel started, and so has to release.
struct Owned {
    RequestId id;
    bool is_handed = false;     ///< its texture went to the host in an Apply event: the host releases it
    bool is_dismissed = false;  ///< a person wants it out of the list
    double used_at = 0;
};

/// How a request's card in the queue looks.
struct Card {
    RequestId id;
    float height = 0;
    double ended_at = -1;
    bool is_hidden = false;
    bool asks_again = false;  ///< "this may pay twice" is shown
    bool is_waiting = false;  ///< a person chose to wait for an unknown outcome
};

struct Arrival {
    ImageId image;
    double at = 0;
};

struct Results {
    std::string search;
    std::string empty_message_of;
    double search_changed_at = -1;
    bool favourites_only = false;
    bool is_started = false;
    std::uint32_t limit = 200;
    ImageId selected;
    bool scroll_to_selected = false;
    int columns = 1;
    float tile_ems = 8;
    ImageId pressed;  ///< a click that opens the large view unless it becomes a double click
    double pressed_at = 0;
    // While a person is aiming at the grid nothing in it moves.
    double aiming_until = 0;
    ImVec2 pointer = {};  ///< in the frame before
    bool is_menu_open = false;
    ImageId newest_shown;
    std::uint64_t total_shown = 0;
    std::vector<Arrival> arrivals;
};

/// A row that asks for a file's path, and what became of the file.
struct Saving {
    bool is_shown = false;
    double since = -1;  ///< while the file is being written
    std::string path;
    std::string message;
    Tone tone = Tone::Neutral;
};

struct View {
    bool is_open = false;
    LibraryEntry entry;  ///< as of opening; the page's own is newer while it is there
    RequestId loading;
    int tiling = 1;
    float zoom = 0;  ///< pixels a texel; zero: fit
    ImVec2 pan = {};
    bool is_canvas_hovered = false;
    float details_height = 0;
    Saving saving;
    double applied_at = -1;
};

enum class Limit : std::uint8_t { None, Session, Day };

/// One of the two limits, as it is being edited.
struct LimitForm {
    std::string text;
    bool is_wrong = false;  ///< not an amount
};

/// The page of what was spent.
struct Spending {
    bool is_open = false;
    Limit focus = Limit::None;  ///< the field that gets the keyboard next
    LimitForm session;
    LimitForm day;
    Saving saving;
    bool is_ledger_old = false;
    double next_ledger_at = 0;
};

struct PendingApply {
    ImageId image;
    RequestId request;
};

struct State {
    explicit State(Service& owner) : service(owner) {}

    Service& service;
    Ui ui;
    Form form;
    KeyField key_field;
    std::vector<Owned> owned;
    std::vector<Card> cards;
    std::vector<std::size_t> card_order;  ///< scratch of the queue
    bool is_queue_expanded = false;
    float queue_header_height = 0;
    float queue_height = 0;  ///< what the queue takes; it shrinks late and smoothly
    std::string service_name;
    bool is_balance_old = true;
    double next_balance_at = 0;
    std::vector<ImageId> in_use;
    ImageId on_selection;
    Results results;
    View view;
    Spending spending;
    std::string save_folder;
    PendingApply pending;
    std::vector<PanelEvent> events;
    std::string notice;
    Tone notice_tone = Tone::Neutral;
    double notice_until = 0;
    bool has_keyboard = false;  ///< the panel is focused and no text field has the keys
};

// form.cpp: what the controls do to the form
void set_prompt(State& state, std::string_view prompt);
void set_input(State& state, InputImage input);
void set_mode(State& state, bool is_edit);
void set_request(State& state, const TextureRequest& request);
/// Why Generate cannot work now, or nothing.
std::optional<Line> blocked_reason(const State& state);
/// The limit that this many credits more would pass.
Limit passed_limit(const State& state, double credits);
/// How many pictures Generate asks for; identical ones that are reused are one.
int wanted_pictures(const Form& form);
void generate(State& state);
/// Pays for the same request again.
void make_another(State& state, const RequestInfo& info);
void show_notice(State& state, Tone tone, std::string_view text);

// lifecycle.cpp: requests this panel started, and their textures
void own(State& state, RequestId id);
/// Takes it out of the list; released when it is this panel's.
void dismiss(State& state, RequestId id);
/// Lets go what is no longer needed and carries a pending Apply out. Once a frame, after drawing.
void update_owned(State& state);
/// A complete texture of the picture, or null.
const RequestInfo* find_resident(const State& state, ImageId image);
/// Makes sure that a texture of the picture is there or on its way; the request that makes it.
RequestId make_resident(State& state, ImageId image);
void apply(State& state, ImageId image);
void release_all(State& state);
void set_in_use(State& state, std::span<const RequestId> requests, RequestId on_selection);

// The sections, in the order of the screen
void draw_header(State& state);
void draw_input(State& state);
void draw_prompt(State& state);
void draw_options(State& state);
void draw_generate(State& state);
void draw_queue(State& state);
void draw_card(State& state, Card& card, const RequestInfo& info);
void draw_results(State& state);
/// Arrow keys in the grid, Space opens.
void move_selection(State& state);
void draw_view(State& state);
void draw_view_details(State& state, const LibraryEntry& entry);
/// The limits and the ledger, in the results' place.
void draw_spending(State& state);
void draw_ledger(State& state, const Ledger& ledger);
/// Opens that page; the field of `focus` gets the keyboard.
void open_spending(State& state, Limit focus);
void close_spending(State& state);
/// A person is about to click a picture: what stands above must keep its place.
bool is_aiming(const State& state);

// What sections share
const LibraryEntry* find_entry(const State& state, ImageId image);
/// The picture's thumbnail, filled into the square; a placeholder while there is none.
void draw_thumbnail(State& state, ImageId image, std::uint32_t width, std::uint32_t height, const Rect& rect,
                    float alpha = 1);
/// The middle square of a picture of that shape.
void draw_texture(State& state, TextureHandle texture, std::uint32_t width, std::uint32_t height,
                  const Rect& rect, float alpha = 1);
void open_view(State& state, const LibraryEntry& entry);
void close_view(State& state);
/// Opens the picture `step` places further in the results.
void step_view(State& state, int step);
void edit_picture(State& state, const LibraryEntry& entry);
const char* model_name(const Capabilities& capabilities, std::string_view id);
void copy_address(State& state, const std::string& address);

// saving.cpp: asking where to, and following what becomes of the file
/// Proposes that name in the folder used last.
void open_saving(State& state, Saving& saving, std::string_view file_name);
/// True when the file is to be written now.
bool draw_save_row(State& state, Saving& saving);
/// Takes the service's word on the file, or gives up on hearing it.
void follow_saving(State& state, Saving& saving);

}  // namespace kontexture::panel
