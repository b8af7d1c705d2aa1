# Everything octune links. Debian packages for all but OpenVINO, which is an installed one if CMake finds it
# (OpenVINO_DIR or CMAKE_PREFIX_PATH), otherwise the pinned wheel: it is a complete C++ SDK.
set(OCTUNE_OPENVINO_VERSION 2026.4.1)

find_package(Python3 COMPONENTS Interpreter REQUIRED)
find_package(OpenVINO 2026.4 QUIET COMPONENTS Runtime)
if(NOT OpenVINO_FOUND)
  set(wheel_root ${PROJECT_SOURCE_DIR}/build/deps/openvino-${OCTUNE_OPENVINO_VERSION})
  if(NOT EXISTS ${wheel_root}/openvino/cmake/OpenVINOConfig.cmake)
    message(STATUS "OpenVINO ${OCTUNE_OPENVINO_VERSION}: fetching the wheel with pip into ${wheel_root}")
    file(MAKE_DIRECTORY ${wheel_root})
    execute_process(COMMAND ${Python3_EXECUTABLE} -m pip download --quiet --no-deps --only-binary=:all: --dest ${wheel_root}/wheel
                            openvino==${OCTUNE_OPENVINO_VERSION} RESULT_VARIABLE result)
    if(result)
      message(FATAL_ERROR "pip could not download openvino==${OCTUNE_OPENVINO_VERSION}; install OpenVINO ${OCTUNE_OPENVINO_VERSION} and set OpenVINO_DIR, or run scripts/setup")
    endif()
    file(GLOB wheel ${wheel_root}/wheel/openvino-*.whl)
    file(ARCHIVE_EXTRACT INPUT ${wheel} DESTINATION ${wheel_root})
    file(REMOVE_RECURSE ${wheel_root}/wheel)
  endif()
  find_package(OpenVINO 2026.4 REQUIRED COMPONENTS Runtime PATHS ${wheel_root}/openvino/cmake NO_DEFAULT_PATH)
endif()
message(STATUS "OpenVINO: ${OpenVINO_DIR}")

find_package(Threads REQUIRED)
find_package(ZLIB REQUIRED)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(CLI11 2.1 REQUIRED)
find_package(spdlog REQUIRED)
find_package(fmt REQUIRED)
find_package(OpenCV 4 REQUIRED COMPONENTS core imgproc imgcodecs)
# Debian's package has no CMake configuration.
find_library(OCTUNE_SNDFILE sndfile REQUIRED)
find_path(OCTUNE_SNDFILE_INCLUDE sndfile.h REQUIRED)
add_library(SndFile::sndfile UNKNOWN IMPORTED)
set_target_properties(SndFile::sndfile PROPERTIES IMPORTED_LOCATION ${OCTUNE_SNDFILE} INTERFACE_INCLUDE_DIRECTORIES ${OCTUNE_SNDFILE_INCLUDE})
find_package(PNG REQUIRED)
find_package(pugixml REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
# Not by its CMake configuration, which asks for OpenCL's headers. Its threads are OpenMP's.
find_package(OpenMP REQUIRED COMPONENTS CXX)
find_library(OCTUNE_ONEDNN dnnl REQUIRED)
find_path(OCTUNE_ONEDNN_INCLUDE dnnl.h REQUIRED)
add_library(oneDNN::oneDNN UNKNOWN IMPORTED)
set_target_properties(oneDNN::oneDNN PROPERTIES IMPORTED_LOCATION ${OCTUNE_ONEDNN} INTERFACE_INCLUDE_DIRECTORIES ${OCTUNE_ONEDNN_INCLUDE}
                      INTERFACE_LINK_LIBRARIES "${OpenMP_CXX_LIBRARIES}")

# DT_RPATH, not DT_RUNPATH: Debian's OpenCV needs libtbb.so.12 as well, and one TBB has to serve both. DT_RPATH of the
# program is searched for its libraries' dependencies too, so OpenVINO's (newer) copy is found first.
get_target_property(openvino_location openvino::runtime IMPORTED_LOCATION_RELEASE)
if(NOT openvino_location)
  get_target_property(openvino_location openvino::runtime LOCATION)
endif()
get_filename_component(OCTUNE_OPENVINO_LIBS ${openvino_location} DIRECTORY)
add_link_options(-Wl,--disable-new-dtags)
