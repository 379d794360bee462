# The installed package: find_package(kontexture), then kontexture::kontexture and kontexture::panel.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/kontexture")
set(package_targets kontexture)
if(KONTEXTURE_PANEL)
    list(APPEND package_targets kontexture_panel)
    set_target_properties(kontexture_panel PROPERTIES EXPORT_NAME panel)
endif()
install(TARGETS ${package_targets} EXPORT kontexture
        ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT kontexture)
install(DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}/include/kontexture"
        DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT kontexture)
install(EXPORT kontexture NAMESPACE kontexture:: FILE kontextureTargets.cmake
        DESTINATION "${package_dir}" COMPONENT kontexture)

configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/kontextureConfig.cmake.in" kontextureConfig.cmake
                              INSTALL_DESTINATION "${package_dir}")
write_basic_package_version_file(kontextureConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/kontextureConfig.cmake"
              "${CMAKE_CURRENT_BINARY_DIR}/kontextureConfigVersion.cmake"
        DESTINATION "${package_dir}" COMPONENT kontexture)
install(DIRECTORY "${PROJECT_SOURCE_DIR}/third_party/" DESTINATION "${package_dir}/third_party" COMPONENT kontexture
        FILES_MATCHING PATTERN "*.cmake" PATTERN compile_options.cmake EXCLUDE)
