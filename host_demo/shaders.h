#pragma once

// The viewport's shaders, GLSL 3.30. Light is computed linear; the last step of each encodes for the screen,
// so that the framebuffers and Dear ImGui need no sRGB mode.
namespace demo::shaders {

/// Comes before the scene's and the background's fragment shader.
extern const char* const kBackdrop;
extern const char* const kSceneVertex;
extern const char* const kSceneFragment;
/// One triangle that covers the view; draw three vertices without attributes.
extern const char* const kScreenVertex;
extern const char* const kBackgroundFragment;
extern const char* const kDepthVertex;
/// Writes `colour`: for the shadow map (where only depth counts) and the outline's mask.
extern const char* const kFlatFragment;
extern const char* const kOutlineFragment;

}  // namespace demo::shaders
