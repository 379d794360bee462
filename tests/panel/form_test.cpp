#include "catch.h"
#include "panel_fixture.h"

using namespace kontexture;
using test::PanelFixture;

TEST_CASE("Ctrl+Enter submits what was typed") {
    PanelFixture f;
    REQUIRE(f.gui.click("prompt"));
    f.gui.type("mossy stone wall");
    f.gui.press(ImGuiKey_Enter, true);
    REQUIRE(f.script.submitted.size() == 1);
    CHECK(f.script.submitted[0].prompt == "mossy stone wall");
    CHECK(!f.script.submitted[0].input);
    CHECK(f.script.submitted[0].aspect_ratio == AspectRatio::Automatic);
    CHECK(f.script.submitted[0].output_format == OutputFormat::Png);
}

TEST_CASE("Typing goes on after Ctrl+Enter") {
    PanelFixture f;
    REQUIRE(f.gui.click("prompt"));
    f.gui.type("moss");
    f.gui.press(ImGuiKey_Enter, true);
    f.gui.type(" on bark");
    f.gui.press(ImGuiKey_Enter, true);
    REQUIRE(f.script.submitted.size() == 2);
    CHECK(f.script.submitted[1].prompt == "moss on bark");
}

TEST_CASE("The host may set the prompt while a person types") {
    PanelFixture f;
    REQUIRE(f.gui.click("prompt"));
    f.gui.type("moss");
    f.panel->set_prompt("bark");
    f.gui.frames(3);
    f.panel->generate();
    f.gui.type("s");
    f.panel->generate();
    REQUIRE(f.script.submitted.size() == 2);
    CHECK(f.script.submitted[0].prompt == "bark");
    CHECK(f.script.submitted[1].prompt == "barks");
}

TEST_CASE("Enter alone starts a line and sends nothing") {
    PanelFixture f;
    REQUIRE(f.gui.click("prompt"));
    f.gui.type("moss");
    f.gui.press(ImGuiKey_Enter);
    f.gui.type("stone");
    CHECK(f.script.submitted.empty());
    REQUIRE(f.gui.click("generate"));
    REQUIRE(f.script.submitted.size() == 1);
    CHECK(f.script.submitted[0].prompt == "moss\nstone");
}

TEST_CASE("The Generate button submits as many pictures as asked for") {
    PanelFixture f;
    f.write("bark");
    REQUIRE(f.gui.click("count.more"));
    REQUIRE(f.gui.click("count.more"));
    REQUIRE(f.gui.click("generate"));
    CHECK(f.script.submitted.size() == 3);
}

TEST_CASE("A long prompt wraps on the screen but not in the request") {
    PanelFixture f(320);
    REQUIRE(f.gui.click("prompt"));
    const std::string words =
        "weathered oak planks with iron nails and long cracks, seamless, soft light from the upper left";
    f.gui.type(words);
    const std::string url(90, 'x');
    f.gui.type(" " + url);
    REQUIRE(f.gui.click("generate"));
    REQUIRE(f.script.submitted.size() == 1);
    CHECK(f.script.submitted[0].prompt == words + " " + url);
}

TEST_CASE("Generate is refused with a reason while it cannot work") {
    PanelFixture f;
    SECTION("no prompt") {
        f.write("  \n ");
    }
    SECTION("no key") {
        f.write("bark");
        f.script.account.key_present = false;
    }
    SECTION("over the limit") {
        f.write("bark");
        f.script.account.limit = 10;
        f.script.account.spent = 4;
        f.script.account.reserved = 2;
    }
    SECTION("edit without a picture") {
        f.write("bark");
        REQUIRE(f.gui.click("mode.edit"));
    }
    SECTION("too long") {
        f.write(std::string(f.script.capabilities.max_prompt_bytes + 1, 'a'));
    }
    f.gui.frames(2);
    REQUIRE(f.gui.click("generate"));
    f.panel->generate();
    CHECK(f.script.submitted.empty());
}

TEST_CASE("The limit allows what just fits") {
    PanelFixture f;
    f.write("bark");
    f.script.account.limit = 10;
    f.script.account.spent = 5;
    REQUIRE(f.gui.click("generate"));
    CHECK(f.script.submitted.size() == 1);
}

TEST_CASE("Every parameter reaches the request") {
    PanelFixture f(500, 1400);
    f.write("bark");
    REQUIRE(f.gui.click("model", 1));
    REQUIRE(f.gui.click("shape", static_cast<std::uint64_t>(AspectRatio::Wide16x9)));
    REQUIRE(f.gui.click("more"));
    f.gui.frames(2);
    REQUIRE(f.gui.click("format", 1));
    REQUIRE(f.gui.click("translate", 2));
    REQUIRE(f.gui.click("upsampling"));
    REQUIRE(f.gui.click("upload_cn"));
    REQUIRE(f.gui.click("reuse"));
    REQUIRE(f.gui.click("watermark"));
    f.gui.type("mine");
    REQUIRE(f.gui.click("label"));
    f.gui.type("wall");
    const auto safety = f.gui.find("safety");
    REQUIRE(safety);
    f.gui.click_at({safety->max.x - 3, (safety->min.y + safety->max.y) / 2});
    REQUIRE(f.gui.click("generate"));
    REQUIRE(f.script.submitted.size() == 1);
    const TextureRequest& sent = f.script.submitted[0];
    CHECK(sent.model == "flux-kontext-max");
    CHECK(sent.aspect_ratio == AspectRatio::Wide16x9);
    CHECK(sent.output_format == OutputFormat::Jpeg);
    CHECK(sent.enable_translation == std::optional<bool>(false));
    CHECK(sent.prompt_upsampling);
    CHECK(sent.upload_cn);
    CHECK(sent.reuse == Reuse::IfIdentical);
    CHECK(sent.watermark == "mine");
    CHECK(sent.label == "wall");
    CHECK(sent.safety_tolerance == std::optional<int>(6));

    REQUIRE(f.gui.click("more.reset"));
    REQUIRE(f.gui.click("generate"));
    REQUIRE(f.script.submitted.size() == 2);
    CHECK(!f.script.submitted[1].safety_tolerance);
    CHECK(f.script.submitted[1].output_format == OutputFormat::Png);
}

TEST_CASE("Only declared parameters are shown") {
    PanelFixture f(500, 1400);
    f.script.capabilities.edit = false;
    f.script.capabilities.watermark = false;
    f.script.capabilities.upload_cn = false;
    f.script.capabilities.prompt_upsampling = false;
    f.script.capabilities.translation = false;
    f.script.capabilities.aspect_ratios = {AspectRatio::Square};
    f.gui.frames(2);
    REQUIRE(f.gui.click("more"));
    f.gui.frames(2);
    CHECK(!f.gui.find("mode.edit"));
    CHECK(!f.gui.find("watermark"));
    CHECK(!f.gui.find("upload_cn"));
    CHECK(!f.gui.find("upsampling"));
    CHECK(!f.gui.find("translate"));
    CHECK(!f.gui.find("shape", static_cast<std::uint64_t>(AspectRatio::Wide16x9)));
    CHECK(f.gui.find("label"));
}

TEST_CASE("The tolerance stays in the range of the mode") {
    PanelFixture f;
    TextureRequest request{.prompt = "bark"};
    request.safety_tolerance = 6;
    f.panel->set_request(request);
    f.panel->set_input(InputImage::from_url("https://example.com/a.png"));
    f.panel->generate();
    REQUIRE(f.script.submitted.size() == 1);
    CHECK(f.script.submitted[0].safety_tolerance == std::optional<int>(2));
}

TEST_CASE("The picture to edit comes from a file, an address or the selection") {
    PanelFixture f;
    f.write("make it wet");
    REQUIRE(f.gui.click("mode.edit"));
    f.gui.frames(2);
    SECTION("file") {
        REQUIRE(f.gui.click("input.source"));
        f.gui.type("wall.png");
        REQUIRE(f.gui.click("input.use"));
        f.panel->generate();
        REQUIRE(f.script.submitted.size() == 1);
        CHECK(f.script.submitted[0].input.kind() == InputImage::Kind::File);
        CHECK(f.script.submitted[0].input.text() == "wall.png");
    }
    SECTION("address, with Enter") {
        REQUIRE(f.gui.click("input.source"));
        f.gui.type("https://example.com/wall.png");
        f.gui.press(ImGuiKey_Enter);
        f.panel->generate();
        REQUIRE(f.script.submitted.size() == 1);
        CHECK(f.script.submitted[0].input.kind() == InputImage::Kind::Url);
    }
    SECTION("selection") {
        REQUIRE(f.gui.click("input.selection"));
        f.panel->generate();
        CHECK(f.script.submitted.empty());
        const std::vector<std::uint8_t> pixels(16, 200);
        f.host.selection = {pixels, 2, 2};
        REQUIRE(f.gui.click("input.selection"));
        f.gui.frames(2);
        f.panel->generate();
        REQUIRE(f.script.submitted.size() == 1);
        CHECK(f.script.submitted[0].input.kind() == InputImage::Kind::Pixels);
        REQUIRE(f.gui.click("input.clear"));
        f.panel->generate();
        CHECK(f.script.submitted.size() == 1);
    }
}

TEST_CASE("Going to a new picture and back keeps the picture to edit") {
    PanelFixture f;
    f.write("wet");
    f.panel->set_input(InputImage::from_url("https://example.com/a.png"));
    f.gui.frames(2);
    REQUIRE(f.gui.click("mode.new"));
    f.panel->generate();
    REQUIRE(f.gui.click("mode.edit"));
    f.panel->generate();
    REQUIRE(f.script.submitted.size() == 2);
    CHECK(!f.script.submitted[0].input);
    CHECK(f.script.submitted[1].input.text() == "https://example.com/a.png");
}

TEST_CASE("A refused request keeps the form as it is") {
    PanelFixture f;
    f.write("bark");
    f.script.submit_error = Error{.code = ErrorCode::DiskFull, .message = "The disk is full."};
    REQUIRE(f.gui.click("count.more"));
    REQUIRE(f.gui.click("generate"));
    f.gui.frames(2);
    f.script.submit_error.reset();
    REQUIRE(f.gui.click("generate"));
    REQUIRE(f.script.submitted.size() == 2);
    CHECK(f.script.submitted[0].prompt == "bark");
}

TEST_CASE("An example fills the prompt and sends nothing") {
    PanelFixture f;
    REQUIRE(f.gui.click("example", 1));
    CHECK(f.script.submitted.empty());
    f.gui.frames(2);
    CHECK(!f.gui.find("example", 1));
    f.panel->generate();
    REQUIRE(f.script.submitted.size() == 1);
    CHECK(!f.script.submitted[0].prompt.empty());
}

TEST_CASE("A prompt that is no UTF-8 does no harm") {
    PanelFixture f;
    f.script.add_picture(1, "broken \xF0\x28 title \xC3");
    f.script.add(JobState::Generating, "\xFF\xFE broken");
    f.write(std::string("moss \xC3\x28 wall \xF0\x9F \x80 end\0more", 26));
    f.gui.frames(3);
    f.panel->generate();
    REQUIRE(f.script.submitted.size() == 1);
    CHECK(f.script.submitted[0].prompt == "moss ?( wall ?? ? end?more");
}
