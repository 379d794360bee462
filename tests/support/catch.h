#pragma once

// Catch2 2 and 3 from one source: keep to TEST_CASE, SECTION, REQUIRE, CHECK, CAPTURE, INFO.
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_test_macros.hpp>
#else
#include <catch2/catch.hpp>
#endif
