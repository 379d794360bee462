add_library(kontexture_demo_parts STATIC
    auto_run.cpp
    camera.cpp
    gl_host.cpp
    gl_program.cpp
    input.cpp
    meshes.cpp
    options.cpp
    renderer.cpp
    scene.cpp
    screenshot.cpp
    shaders.cpp
    style.cpp
    terminal_text.cpp
    viewport.cpp
    window.cpp
    workspace.cpp)
kontexture_compile_options(kontexture_demo_parts)
# plugin/src only for the panel's probe, by which --auto finds the button it clicks.
target_include_directories(kontexture_demo_parts
    PUBLIC "${CMAKE_CURRENT_SOURCE_DIR}"
    PRIVATE "${PROJECT_SOURCE_DIR}/plugin/src")
target_link_libraries(kontexture_demo_parts
    PUBLIC kontexture::panel kontexture::kontexture kontexture_key_supply kontexture_dep_imgui_glfw_opengl3
           kontexture_dep_imgui kontexture_dep_glfw kontexture_dep_epoxy kontexture_dep_glm
    PRIVATE kontexture_dep_stb)

add_executable(kontexture_demo main.cpp)
kontexture_compile_options(kontexture_demo)
target_link_libraries(kontexture_demo PRIVATE kontexture_demo_parts kontexture_local_service)
