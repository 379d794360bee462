#include "panel/icons.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>
#include <span>

namespace kontexture::panel {
namespace {

constexpr float kPi = 3.14159265f;

/// Draws in a square from (-1, -1) to (1, 1), y down.
class Pen {
public:
    Pen(ImDrawList& list, ImVec2 center, float size, ImU32 color)
        : list_(list),
          center_(center),
          half_(size * 0.5f),
          width_(std::max(1.0f, size * 0.11f)),
          color_(color) {}

    ImVec2 at(float x, float y) const { return {center_.x + x * half_, center_.y + y * half_}; }

    void line(float x1, float y1, float x2, float y2) {
        list_.AddLine(at(x1, y1), at(x2, y2), color_, width_);
    }

    void lines(std::initializer_list<ImVec2> points) {
        const ImVec2* previous = nullptr;
        for (const ImVec2& point : points) {
            if (previous) line(previous->x, previous->y, point.x, point.y);
            previous = &point;
        }
    }

    void box(float x1, float y1, float x2, float y2) {
        lines({{x1, y1}, {x2, y1}, {x2, y2}, {x1, y2}, {x1, y1}});
    }

    void circle(float x, float y, float radius) {
        list_.AddCircle(at(x, y), radius * half_, color_, 0, width_);
    }
    void dot(float x, float y, float radius) { list_.AddCircleFilled(at(x, y), radius * half_, color_); }

    void arc(float radius, float from, float to) {
        constexpr int kSteps = 14;
        for (int i = 0; i < kSteps; ++i) {
            const float a = from + (to - from) * static_cast<float>(i) / kSteps;
            const float b = from + (to - from) * static_cast<float>(i + 1) / kSteps;
            line(std::cos(a) * radius, std::sin(a) * radius, std::cos(b) * radius, std::sin(b) * radius);
        }
    }

    void triangle(ImVec2 a, ImVec2 b, ImVec2 c) {
        list_.AddTriangleFilled(at(a.x, a.y), at(b.x, b.y), at(c.x, c.y), color_);
    }

    // Around the middle. Soft edges between the triangles would show as seams; an outline hides the hard
    // ones.
    void fan(std::span<const ImVec2> points) {
        const ImDrawListFlags flags = list_.Flags;
        list_.Flags &= ~ImDrawListFlags_AntiAliasedFill;
        for (std::size_t i = 0; i + 1 < points.size(); ++i) triangle({0, 0}, points[i], points[i + 1]);
        list_.Flags = flags;
    }

private:
    ImDrawList& list_;
    ImVec2 center_;
    float half_;
    float width_;
    ImU32 color_;
};

void draw_star(Pen& pen, bool filled) {
    std::array<ImVec2, 11> points;
    for (std::size_t i = 0; i < points.size(); ++i) {
        const float angle = -kPi / 2 + static_cast<float>(i) * kPi / 5;
        const float radius = i % 2 ? 0.40f : 0.95f;
        points[i] = {std::cos(angle) * radius, std::sin(angle) * radius};
    }
    if (filled) pen.fan(points);
    for (std::size_t i = 0; i + 1 < points.size(); ++i)
        pen.line(points[i].x, points[i].y, points[i + 1].x, points[i + 1].y);
}

void draw_warning(Pen& pen) {
    pen.lines({{0, -0.8f}, {0.9f, 0.75f}, {-0.9f, 0.75f}, {0, -0.8f}});
    pen.line(0, -0.25f, 0, 0.25f);
    pen.dot(0, 0.5f, 0.12f);
}

void draw_refresh(Pen& pen) {
    pen.arc(0.7f, -kPi * 0.25f, kPi * 1.35f);
    pen.triangle({0.16f, -0.62f}, {0.82f, -0.86f}, {0.78f, -0.1f});
}

void draw_picture(Pen& pen) {
    pen.box(-0.85f, -0.7f, 0.85f, 0.7f);
    pen.dot(-0.4f, -0.25f, 0.17f);
    pen.lines({{-0.8f, 0.6f}, {-0.15f, 0.05f}, {0.2f, 0.35f}, {0.5f, 0.0f}, {0.8f, 0.3f}});
}

void draw_key(Pen& pen) {
    pen.circle(-0.42f, 0, 0.38f);
    pen.line(-0.04f, 0, 0.9f, 0);
    pen.line(0.85f, 0, 0.85f, 0.36f);
    pen.line(0.5f, 0, 0.5f, 0.28f);
}

void draw_link(Pen& pen) {
    pen.circle(0, 0, 0.8f);
    pen.line(-0.8f, 0, 0.8f, 0);
    pen.lines(
        {{0, -0.8f}, {0.38f, -0.3f}, {0.38f, 0.3f}, {0, 0.8f}, {-0.38f, 0.3f}, {-0.38f, -0.3f}, {0, -0.8f}});
}

void draw_selection(Pen& pen) {
    for (float x : {-0.8f, 0.8f})
        for (float y : {-0.8f, 0.8f}) pen.lines({{x * 0.4f, y}, {x, y}, {x, y * 0.4f}});
    pen.dot(0, 0, 0.2f);
}

}  // namespace

void draw_icon(ImDrawList& list, Icon icon, ImVec2 center, float size, ImU32 color) {
    Pen pen(list, center, size, color);
    switch (icon) {
        case Icon::None: return;
        case Icon::Close: pen.line(-0.6f, -0.6f, 0.6f, 0.6f); return pen.line(-0.6f, 0.6f, 0.6f, -0.6f);
        case Icon::Check: return pen.lines({{-0.75f, 0.05f}, {-0.2f, 0.6f}, {0.8f, -0.6f}});
        case Icon::Warning: return draw_warning(pen);
        case Icon::Star: return draw_star(pen, false);
        case Icon::StarFilled: return draw_star(pen, true);
        case Icon::Refresh: return draw_refresh(pen);
        case Icon::Clock: pen.circle(0, 0, 0.85f); return pen.lines({{0, -0.5f}, {0, 0.05f}, {0.4f, 0.25f}});
        case Icon::Search: pen.circle(-0.2f, -0.2f, 0.55f); return pen.line(0.22f, 0.22f, 0.8f, 0.8f);
        case Icon::Left: return pen.lines({{0.3f, -0.65f}, {-0.35f, 0}, {0.3f, 0.65f}});
        case Icon::Right: return pen.lines({{-0.3f, -0.65f}, {0.35f, 0}, {-0.3f, 0.65f}});
        case Icon::Down: return pen.lines({{-0.65f, -0.3f}, {0, 0.35f}, {0.65f, -0.3f}});
        case Icon::Plus: pen.line(0, -0.65f, 0, 0.65f); return pen.line(-0.65f, 0, 0.65f, 0);
        case Icon::Minus: return pen.line(-0.65f, 0, 0.65f, 0);
        case Icon::Picture: return draw_picture(pen);
        case Icon::Key: return draw_key(pen);
        case Icon::Link: return draw_link(pen);
        case Icon::File:
            pen.lines({{-0.6f, -0.9f},
                       {0.2f, -0.9f},
                       {0.65f, -0.45f},
                       {0.65f, 0.9f},
                       {-0.6f, 0.9f},
                       {-0.6f, -0.9f}});
            return pen.lines({{0.2f, -0.9f}, {0.2f, -0.45f}, {0.65f, -0.45f}});
        case Icon::Selection: return draw_selection(pen);
    }
}

}  // namespace kontexture::panel
