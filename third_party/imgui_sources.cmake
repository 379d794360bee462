# Dear ImGui comes without a build of its own: this compiles a folder of its sources to the targets of FindImGui.
function(kontexture_add_imgui_sources folder)
    if(TARGET kontexture_imgui)
        return()
    endif()
    add_library(kontexture_imgui STATIC "${folder}/imgui.cpp" "${folder}/imgui_demo.cpp" "${folder}/imgui_draw.cpp"
                "${folder}/imgui_tables.cpp" "${folder}/imgui_widgets.cpp")
    target_compile_features(kontexture_imgui PUBLIC cxx_std_11)
    set_target_properties(kontexture_imgui PROPERTIES POSITION_INDEPENDENT_CODE ON)
    target_include_directories(kontexture_imgui SYSTEM PUBLIC "${folder}")
    add_library(ImGui::ImGui ALIAS kontexture_imgui)

    # The backends are compiled only where they are linked, so that GLFW is needed by the demo alone.
    add_library(kontexture_imgui_glfw_opengl3 STATIC EXCLUDE_FROM_ALL
                "${folder}/backends/imgui_impl_glfw.cpp" "${folder}/backends/imgui_impl_opengl3.cpp")
    target_include_directories(kontexture_imgui_glfw_opengl3 SYSTEM PUBLIC "${folder}/backends")
    target_link_libraries(kontexture_imgui_glfw_opengl3
                          PUBLIC kontexture_imgui $<TARGET_NAME_IF_EXISTS:kontexture_dep_glfw> ${CMAKE_DL_LIBS})
    add_library(ImGui::GlfwOpenGL3 ALIAS kontexture_imgui_glfw_opengl3)
endfunction()
