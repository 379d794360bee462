#include "fixture.h"

#include "store/database.h"
#include "store/job_rows.h"

#include <iostream>

using namespace store_test;

namespace {

std::vector<std::string> prompts(Store& store, const std::string& search) {
    const LibraryPage page = store.search({.search = search, .pictures_only = false});
    CAPTURE(search, page.error.detail);
    REQUIRE(page.error.code == ErrorCode::None);
    CHECK(page.total == page.entries.size());
    std::vector<std::string> texts;
    for (const LibraryEntry& found : page.entries) texts.push_back(found.request.prompt);
    return texts;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("the search finds words in any order, the last as a beginning") {
    const TempFolder temp;
    auto store = open_store(temp.path());
    queue(*store, 1, "Mossy stone wall, seamless");
    queue(*store, 2, "stone floor");
    JobRow labelled = job(*store, 3, "rusty iron");
    labelled.request.label = "stonework door";
    REQUIRE(store->write_intent(labelled, false));
    queue(*store, 4, "crème brûlée, 16:9");

    CHECK(prompts(*store, "") ==
          Texts{"crème brûlée, 16:9", "rusty iron", "stone floor", "Mossy stone wall, seamless"});
    CHECK(prompts(*store, "  \t ").size() == 4);
    CHECK(prompts(*store, "stone") == Texts{"rusty iron", "stone floor", "Mossy stone wall, seamless"});
    CHECK(prompts(*store, "WALL moss") == Texts{"Mossy stone wall, seamless"});
    CHECK(prompts(*store, "moss wall").empty());
    CHECK(prompts(*store, "stone seam") == Texts{"Mossy stone wall, seamless"});
    CHECK(prompts(*store, "iron door") == Texts{"rusty iron"});
    CHECK(prompts(*store, "iron floor").empty());
    CHECK(prompts(*store, "creme BRUL") == Texts{"crème brûlée, 16:9"});
    CHECK(prompts(*store, "16:9") == Texts{"crème brûlée, 16:9"});
}

TEST_CASE("scripts without spaces are found by any part, others by their words") {
    const TempFolder temp;
    auto store = open_store(temp.path());
    queue(*store, 1, "苔むした石壁");
    queue(*store, 2, "замшелая каменная стена");
    queue(*store, 3, "이끼 낀 돌담");
    queue(*store, 4, "lava 🌋 rock");
    CHECK(prompts(*store, "石壁") == Texts{"苔むした石壁"});
    CHECK(prompts(*store, "苔むした石壁") == Texts{"苔むした石壁"});
    CHECK(prompts(*store, "Каменная сте") == Texts{"замшелая каменная стена"});
    CHECK(prompts(*store, "돌담 이끼") == Texts{"이끼 낀 돌담"});
    CHECK(prompts(*store, "🌋 roc") == Texts{"lava 🌋 rock"});
    CHECK(prompts(*store, "🌋 wood").empty());
}

TEST_CASE("nothing that a person types is syntax") {
    const TempFolder temp;
    auto store = open_store(temp.path());
    queue(*store, 1, "stone AND wall NOT \"moss\" 100%");
    queue(*store, 2, "plain");
    for (const char* text : {"\"",
                             "\"\"",
                             "\"stone",
                             "stone\"",
                             "*",
                             "stone*",
                             "stone OR plain",
                             "NOT",
                             "AND AND",
                             "NEAR(a b)",
                             "prompt:stone",
                             "{prompt label}:x",
                             "-stone",
                             "+stone",
                             "^stone",
                             "(",
                             ")",
                             "(stone",
                             "a(b",
                             "'",
                             "'; drop table jobs; --",
                             "\\",
                             "\\\\",
                             "%",
                             "_",
                             "?1",
                             "[",
                             "]",
                             "{",
                             "}",
                             ",",
                             ";",
                             "a,b",
                             "//",
                             "\x01",
                             "\xff\xfe",
                             "\xc3",
                             "\x80",
                             "苔\"",
                             "苔\\",
                             "苔%",
                             "«",
                             "¿ stone",
                             "null"}) {
        CAPTURE(text);
        const LibraryPage page = store->search({.search = text, .pictures_only = false});
        CAPTURE(page.error.detail);
        CHECK(page.error.code == ErrorCode::None);
        CHECK(page.total <= 1);
    }
    CHECK(store->search({.search = "stone\0wall"s, .pictures_only = false}).total == 1);
    CHECK(store->search({.search = std::string(1'000'000, 'a')}).error.code == ErrorCode::None);
    CHECK(store->search({.search = std::string(100'000, '"')}).error.code == ErrorCode::None);
    std::string many;
    for (int i = 0; i < 5000; ++i) many += "a 苔 ";
    CHECK(store->search({.search = many}).error.code == ErrorCode::None);

    CHECK(prompts(*store, "%") == Texts{"stone AND wall NOT \"moss\" 100%"});
    CHECK(prompts(*store, "_").empty());
    CHECK(prompts(*store, "NOT moss") == Texts{"stone AND wall NOT \"moss\" 100%"});
    CHECK(all(*store).size() == 2);
}

TEST_CASE("pages, pictures only, favourites only") {
    const TempFolder temp;
    auto store = open_store(temp.path());
    std::vector<RequestId> ids;
    for (std::uint64_t i = 1; i <= 10; ++i) ids.push_back(generate(*store, i));
    for (std::size_t i = 0; i < 10; i += 2) finish(*store, ids[i], std::to_string(i), at(90'000));

    LibraryPage page = store->search({.pictures_only = false, .offset = 2, .limit = 3});
    CHECK(page.total == 10);
    CHECK(page.query.offset == 2);
    REQUIRE(page.entries.size() == 3);
    CHECK(page.entries[0].id == ids[7]);
    CHECK(page.entries[2].id == ids[5]);
    page = store->search({});
    CHECK(page.total == 5);
    CHECK(page.entries.front().id == ids[8]);
    CHECK(store->search({.limit = 0}).total == 5);
    CHECK(store->search({.offset = 100}).entries.empty());

    REQUIRE(store->set_favourite(ids[2], true));
    REQUIRE(store->set_favourite(ids[2], true));
    REQUIRE(store->set_favourite(ids[3], true));
    REQUIRE(store->set_favourite({42}, true));
    page = store->search({.favourites_only = true});
    REQUIRE(page.total == 1);
    CHECK(page.entries.front().id == ids[2]);
    CHECK(page.entries.front().favourite);
    CHECK(store->search({.search = "mossy", .pictures_only = false, .favourites_only = true}).total == 2);
    REQUIRE(store->set_favourite(ids[2], false));
    CHECK(store->search({.favourites_only = true}).total == 0);
    CHECK_FALSE(entry(*store, ids[2]).favourite);
}

TEST_CASE("thumbnails") {
    const TempFolder temp;
    auto store = open_store(temp.path());
    const ImageId image = finish(*store, generate(*store, 1), "picture", at(9000));
    auto read = store->thumbnail(image);
    REQUIRE(read);
    CHECK(read->empty());
    REQUIRE(store->write_thumbnail(image, bytes_of("small")));
    CHECK(*store->thumbnail(image) == bytes_of("small"));
    REQUIRE(store->write_thumbnail(image, bytes_of("smaller")));
    CHECK(*store->thumbnail(image) == bytes_of("smaller"));
    REQUIRE(store->write_thumbnail({999}, bytes_of("nobody's")));
    CHECK(store->thumbnail({999})->empty());
    store.reset();
    store = open_store(temp.path());
    CHECK(*store->thumbnail(image) == bytes_of("smaller"));
}

TEST_CASE("twenty thousand requests are searched page by page") {
    const TempFolder temp;
    constexpr std::uint64_t kRows = 20'000;
    auto store = open_store(temp.path());
    {
        const char* const words[] = {"mossy", "stone", "wall",    "rusty", "iron",
                                     "wood",  "苔石",  "cracked", "dark"};
        const auto database = Database::open(temp.path() + "/kontexture.db");
        REQUIRE(database);
        const auto inserted = transact(**database, [&]() -> Result<void> {
            for (std::uint64_t i = 1; i <= kRows; ++i) {
                const std::string prompt = std::string(words[i % 9]) + " " + words[i / 9 % 9] + " " +
                                           words[i / 81 % 9] + " number" + std::to_string(i);
                auto done = insert_job(**database, "https://service.test", 1, job(*store, i, prompt));
                if (!done) return done;
            }
            return {};
        });
        REQUIRE(inserted);
    }
    for (const char* text : {"", "mos", "stone wall", "number19999", "石", "苔石 rus"}) {
        const auto start = std::chrono::steady_clock::now();
        const LibraryPage page = store->search({.search = text, .pictures_only = false});
        const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
        std::cout << "search '" << text << "' in " << kRows << " rows: " << page.total << " found, "
                  << took.count() << " ms\n";
        CHECK(page.error.code == ErrorCode::None);
        CHECK(page.total > 0);
        CHECK(page.entries.size() == std::min<std::uint64_t>(page.total, 200));
    }
}
