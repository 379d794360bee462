# KONTEXTURE_FETCH=ON: what is not installed is downloaded at a pinned commit, the version that Kontexture is tested
# with. OpenSSL, SQLite, libjpeg-turbo and libepoxy have no build that can be embedded: install those (and, on Linux,
# what GLFW is built on: the X11 development files).
set(kontexture_pinned_imgui https://github.com/ocornut/imgui.git 45acd5e0e82f4c954432533ae9985ff0e1aad6d5)      # 1.92.2b
set(kontexture_pinned_httplib https://github.com/yhirose/cpp-httplib.git
    073b58796205b928b61f4cae89ab4130b7f1aee0)                                                                   # 0.41.0
set(kontexture_pinned_json https://github.com/nlohmann/json.git 9cca280a4d0ccf0c08f47a99aa71d1b0e52f8d03)       # 3.11.3
set(kontexture_pinned_stb https://github.com/nothings/stb.git fede005abaf93d9d7f3a679d1999b2db341b360f)         # image 2.30
set(kontexture_pinned_glfw https://github.com/glfw/glfw.git 7b6aead9fb88b3623e3b3725ebb42670cbe4c579)           # 3.4
set(kontexture_pinned_glm https://github.com/g-truc/glm.git 0af55ccecd98d4e5a8d1fad7de25ba429d60e863)           # 1.0.1
set(kontexture_pinned_cli11 https://github.com/CLIUtils/CLI11.git 6c7b07a878ad834957b98d0f9ce1dbe0cb204fc9)     # 2.4.2
set(kontexture_pinned_catch2 https://github.com/catchorg/Catch2.git fa43b77429ba76c462b1898d6cd2f2d7a9416b14)   # 3.7.1

function(kontexture_fetch name)
    if(NOT DEFINED kontexture_pinned_${name})
        return()
    endif()
    include(FetchContent)
    list(GET kontexture_pinned_${name} 0 repository)
    list(GET kontexture_pinned_${name} 1 commit)
    message(STATUS "Kontexture: downloading ${name} from ${repository}")
    # Plain variables win over the libraries' own options (CMP0077), so their defaults stay out of the cache.
    set(CMAKE_POLICY_DEFAULT_CMP0077 NEW)
    set(BUILD_SHARED_LIBS OFF)
    set(BUILD_TESTING OFF)
    set(HTTPLIB_REQUIRE_OPENSSL ON)
    set(HTTPLIB_INSTALL OFF)
    set(JSON_BuildTests OFF)
    set(JSON_Install OFF)
    set(GLFW_BUILD_EXAMPLES OFF)
    set(GLFW_BUILD_TESTS OFF)
    set(GLFW_BUILD_DOCS OFF)
    set(GLFW_INSTALL OFF)
    set(GLFW_BUILD_WAYLAND OFF)
    set(CLI11_BUILD_TESTS OFF)
    set(CLI11_BUILD_EXAMPLES OFF)
    FetchContent_Declare(kontexture_${name} GIT_REPOSITORY ${repository} GIT_TAG ${commit} SYSTEM)
    FetchContent_MakeAvailable(kontexture_${name})

    if(name STREQUAL "imgui")
        kontexture_add_imgui_sources("${kontexture_imgui_SOURCE_DIR}")
    elseif(name STREQUAL "stb")
        add_library(Stb::Stb INTERFACE IMPORTED)
        target_include_directories(Stb::Stb INTERFACE "${kontexture_stb_SOURCE_DIR}")
    endif()
endfunction()
