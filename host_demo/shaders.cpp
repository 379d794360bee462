#include "shaders.h"

namespace demo::shaders {

const char* const kBackdrop = R"(#version 330 core
uniform vec2 view_size;

float noise(vec2 pixel) { return fract(52.9829189 * fract(dot(pixel, vec2(0.06711056, 0.00583715)))); }

// For the screen, already encoded: lighter behind the objects, darker to the corners.
vec3 backdrop(vec2 pixel) {
    vec2 at = pixel / view_size;
    float glow = exp(-2.6 * dot(at - vec2(0.5, 0.56), at - vec2(0.5, 0.56)));
    return mix(vec3(0.068, 0.074, 0.086), vec3(0.205, 0.218, 0.242), glow);
}

vec3 finish(vec3 encoded, vec2 pixel) {
    vec2 from_middle = pixel / view_size - 0.5;
    encoded *= 1.0 - 0.28 * dot(from_middle, from_middle);
    return encoded + (noise(pixel) - 0.5) / 255.0;
}
)";

const char* const kSceneVertex = R"(#version 330 core
layout(location = 0) in vec3 in_position;
layout(location = 1) in vec3 in_normal;
layout(location = 2) in vec3 in_tangent;
layout(location = 3) in vec2 in_uv;
uniform mat4 world;
uniform mat4 view_projection;
out vec3 position;
out vec3 normal;
out vec3 tangent;
out vec2 uv;

void main() {
    position = vec3(world * vec4(in_position, 1.0));
    normal = mat3(world) * in_normal;
    tangent = mat3(world) * in_tangent;
    uv = in_uv;
    gl_Position = view_projection * vec4(position, 1.0);
}
)";

const char* const kSceneFragment = R"(
in vec3 position;
in vec3 normal;
in vec3 tangent;
in vec2 uv;
uniform sampler2D albedo_map;
uniform sampler2DShadow shadow_map;
uniform mat4 light_matrix;
uniform vec3 light_direction;
uniform vec3 eye;
uniform vec4 occluders[8];
uniform int own_first;
uniform int own_end;
uniform int textured;
uniform int is_floor;
uniform int shadow_taps;
uniform float tiles;
uniform float floor_radius;
out vec4 colour;

const vec3 kKey = vec3(1.24, 1.17, 1.07);
const vec3 kRim = vec3(0.27, 0.34, 0.45);
const vec3 kSky = vec3(0.39, 0.43, 0.49);
const vec3 kGround = vec3(0.17, 0.16, 0.15);

float luminance(vec3 linear) { return dot(linear, vec3(0.2126, 0.7152, 0.0722)); }

// A warm clay with a faint checker, so that scale and tiling can be judged before there is a picture.
vec3 clay(vec2 at) {
    vec2 cell = at * 8.0;
    vec2 width = max(fwidth(cell), vec2(1e-4));
    vec2 wave = clamp((abs(fract(cell * 0.5) - 0.5) - 0.25) / width * 2.0, -1.0, 1.0);
    float fade = clamp(1.5 - max(width.x, width.y), 0.0, 1.0);
    vec3 tone = is_floor != 0 ? vec3(0.122, 0.120, 0.122) : vec3(0.40, 0.38, 0.358);
    return tone * (1.0 + 0.13 * wave.x * wave.y * fade);
}

float height(vec2 at) { return sqrt(luminance(texture(albedo_map, at).rgb)); }

// Dark is deep: what a photograph of a rough surface suggests. Kept shallow on purpose.
vec3 bumped(vec3 n, vec2 at, float middle) {
    vec3 t = normalize(tangent - n * dot(tangent, n));
    vec3 down = cross(t, n);
    float reach = max(length(dFdx(at)), length(dFdy(at)));
    reach = max(reach, 1.2 / float(textureSize(albedo_map, 0).x));
    vec2 slope = vec2(height(at + vec2(reach, 0.0)), height(at + vec2(0.0, reach))) - middle;
    slope *= 0.011 / reach;
    slope /= 1.0 + 0.9 * length(slope);
    return normalize(n - t * slope.x - down * slope.y);
}

float lit_part(vec3 n) {
    // The blur reaches 0.09 units; on a slant that far, the surface would shade itself.
    float facing = clamp(dot(n, light_direction), 0.0, 1.0);
    vec4 at = light_matrix * vec4(position + n * (0.01 + 0.085 * sqrt(1.0 - facing * facing)), 1.0);
    float turn = noise(gl_FragCoord.xy) * 6.2831853;
    float lit = 0.0;
    for (int i = 0; i < shadow_taps; ++i) {
        float distance = sqrt((float(i) + 0.5) / float(shadow_taps)) * 0.0105;
        float angle = float(i) * 2.3999632 + turn;
        lit += texture(shadow_map, vec3(at.xy + distance * vec2(cos(angle), sin(angle)), at.z - 0.0008));
    }
    return lit / float(shadow_taps);
}

// How much of the sky the other objects leave open, each taken as a few balls.
float open_part(vec3 n) {
    float open = 1.0;
    for (int i = 0; i < 8; ++i) {
        if (i >= own_first && i < own_end) continue;
        vec3 to = occluders[i].xyz - position;
        float square = dot(to, to);
        float facing = max(0.08 + 0.92 * dot(n, to) * inversesqrt(square), 0.0);
        open *= 1.0 - min(facing * occluders[i].w * occluders[i].w / square, 0.92);
    }
    if (is_floor == 0) open *= 1.0 - 0.5 * max(-n.y, 0.0) * exp(-1.4 * max(position.y, 0.0));
    return open;
}

// GGX with Smith's visibility in its short form, times pi, for a light given as what a white wall returns.
float highlight(vec3 n, vec3 v, vec3 l, float roughness) {
    vec3 h = normalize(v + l);
    float a = roughness * roughness;
    float nh = max(dot(n, h), 0.0);
    float d = nh * nh * (a * a - 1.0) + 1.0;
    float nl = max(dot(n, l), 0.0);
    float nv = max(dot(n, v), 1e-3);
    float visibility = 0.5 / max(mix(2.0 * nl * nv, nl + nv, a), 1e-3);
    float fresnel = 0.04 + 0.96 * pow(1.0 - max(dot(v, h), 0.0), 5.0);
    return a * a / max(d * d, 1e-5) * visibility * fresnel * nl;
}

vec3 studio(vec3 direction, float roughness) {
    vec3 room = mix(kGround, kSky, smoothstep(-0.45 - roughness, 0.35 + roughness, direction.y));
    float panel = smoothstep(0.75 - 0.5 * roughness, 1.0, dot(direction, normalize(vec3(0.75, 0.55, 0.35))));
    return room + vec3(0.9, 0.95, 1.0) * panel * (1.0 - 0.6 * roughness);
}

// Colours up to 0.78 stay what they are; what is brighter bends smoothly below white.
vec3 to_screen(vec3 linear) {
    const float kKnee = 0.78;
    float peak = max(linear.r, max(linear.g, linear.b));
    if (peak > kKnee) {
        float bent = 1.0 - (1.0 - kKnee) * (1.0 - kKnee) / (peak - 2.0 * kKnee + 1.0);
        linear = mix(linear * (bent / peak), vec3(bent), 1.0 - 1.0 / (0.18 * (peak - bent) + 1.0));
    }
    return mix(linear * 12.92, 1.055 * pow(max(linear, vec3(0.0)), vec3(1.0 / 2.4)) - 0.055,
               step(0.0031308, linear));
}

void main() {
    vec2 at = uv * tiles;
    vec3 n = normalize(normal);
    vec3 v = normalize(eye - position);
    vec3 geometric = n;
    float roughness = 0.62;
    vec3 albedo;
    if (textured != 0) {
        albedo = texture(albedo_map, at).rgb;
        float level = sqrt(luminance(albedo));
        n = bumped(n, at, level);
        roughness = mix(0.66, 0.44, level);
    } else {
        albedo = clay(at);
    }

    float open = open_part(geometric);
    float lit = lit_part(geometric);
    float nl = max(dot(n, light_direction), 0.0) * smoothstep(-0.05, 0.12, dot(geometric, light_direction));
    vec3 rim_direction = normalize(vec3(0.35, 0.45, -0.85));
    vec3 light = albedo * kKey * nl * lit + kKey * highlight(n, v, light_direction, roughness) * lit;
    light += albedo * kRim * max(dot(n, rim_direction), 0.0) * open;
    light += kRim * highlight(n, v, rim_direction, roughness) * open;
    light += albedo * mix(kGround, kSky, 0.5 + 0.5 * n.y) * open;
    float grazing = pow(1.0 - max(dot(n, v), 0.0), 5.0);
    float mirror = (0.04 + max(1.0 - roughness - 0.04, 0.0) * grazing) * (1.0 - 0.45 * roughness);
    light += studio(reflect(-v, n), roughness) * mirror * open * (0.45 + 0.55 * lit);

    vec3 encoded = to_screen(light);
    if (is_floor != 0)
        encoded = mix(encoded, backdrop(gl_FragCoord.xy),
                      smoothstep(0.42 * floor_radius, floor_radius, length(position.xz)));
    colour = vec4(finish(encoded, gl_FragCoord.xy), 1.0);
}
)";

const char* const kScreenVertex = R"(#version 330 core
void main() {
    vec2 corner = vec2(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0);
    gl_Position = vec4(corner, 0.0, 1.0);
}
)";

const char* const kBackgroundFragment = R"(
out vec4 colour;
void main() { colour = vec4(finish(backdrop(gl_FragCoord.xy), gl_FragCoord.xy), 1.0); }
)";

const char* const kDepthVertex = R"(#version 330 core
layout(location = 0) in vec3 in_position;
uniform mat4 world;
uniform mat4 view_projection;
void main() { gl_Position = view_projection * world * vec4(in_position, 1.0); }
)";

const char* const kFlatFragment = R"(#version 330 core
uniform vec3 tone;
out vec4 colour;
void main() { colour = vec4(tone, 1.0); }
)";

const char* const kOutlineFragment = R"(#version 330 core
uniform sampler2D mask;  // red: selected, green: under the pointer, blue: what stands on the floor
uniform vec2 is_floor;   // of red and green: behind what stands on it
uniform float line_width;
uniform vec3 selected_colour;
uniform vec3 hovered_colour;
out vec4 colour;

void main() {
    vec2 texel = 1.0 / vec2(textureSize(mask, 0));
    vec2 at = gl_FragCoord.xy * texel;
    vec3 here = texture(mask, at).rgb;
    vec2 inside = here.rg;
    vec2 near = vec2(0.0);
    for (int i = 0; i < 12; ++i) {
        float angle = float(i) * 0.5235988;
        near = max(near, texture(mask, at + texel * line_width * vec2(cos(angle), sin(angle))).rg);
    }
    vec2 edge = near * (1.0 - inside) * (1.0 - is_floor * here.b);
    vec2 fill = inside * vec2(0.0, 0.055) * (1.0 - inside.r) * (1.0 - is_floor);
    vec2 alpha = max(edge * vec2(1.0, 0.65 * (1.0 - edge.r)), fill);
    float whole = alpha.r + alpha.g * (1.0 - alpha.r);
    if (whole < 0.003) discard;
    colour = vec4(mix(hovered_colour, selected_colour, alpha.r / max(whole, 1e-3)), whole);
}
)";

}  // namespace demo::shaders
