#include "cli_options.h"

#include <CLI/CLI.hpp>

#include <charconv>
#include <cstdlib>
#include <iostream>
#include <sstream>

#include "terminal_text.h"

// The arguments, and the help that explains them.
namespace command_line {
namespace {

constexpr const char* kAbout =
    "Textures from a hosted image model, without a window.\n"
    "\n"
    "  kontexture generate --local --prompt \"mossy stone wall\" --count 3 --out textures\n"
    "  kontexture generate --prompt \"make it wet\" --input wall.png --out wet.png\n"
    "  kontexture generate --batch materials.jsonl --out textures --max-credits 100 --jsonl\n"
    "  kontexture resume\n"
    "  kontexture spend --csv payments.csv\n";

constexpr const char* kFooter =
    "The service's key is never an argument. It is taken from the file of --key-file, from KIE_API_KEY in "
    "the\n"
    "environment, from the file that KIE_API_KEY_FILE names, or from the desktop's secret store: the first "
    "that\n"
    "has it. A key file must be readable by its owner only (chmod 600).\n"
    "\n"
    "Environment: KONTEXTURE_BASE_URL, KONTEXTURE_UPLOAD_URL and KONTEXTURE_DATA_DIR stand in for "
    "--base-url,\n"
    "--upload-url and --data-dir. KONTEXTURE_CALLBACK_KEY, or the file that KONTEXTURE_CALLBACK_KEY_FILE\n"
    "names, is the key that callbacks (--callback-url) have to be signed with.\n"
    "\n"
    "Exit status: 0 all ready, 1 some failed or are not finished, 2 wrong usage or an invalid request\n"
    "(nothing was sent), 3 the outcome of a paid call is unknown, 130 interrupted. Whatever ends the\n"
    "program, what was paid for stays collectable: kontexture resume.\n";

constexpr const char* kGenerateFooter =
    "--out: with the extension .png, .jpg or .jpeg a file, which is replaced; with more than one picture\n"
    "the files are numbered (wall.png: wall-1.png, wall-2.png, ...). Anything else is a folder, which is\n"
    "made; the files are named after the prompt and the request's id.\n"
    "\n"
    "--batch: one JSON object a line, named as the options are: {\"prompt\":\"old bricks\",\"count\":2,\n"
    "\"aspect\":\"1:1\",\"no-translate\":true,\"out\":\"bricks.png\"}. Other options given here hold for "
    "all\n"
    "lines that do not say otherwise. All lines are checked before anything is sent. \"-\" reads standard\n"
    "input.\n"
    "\n"
    "--reuse: an earlier run's picture of the same request is taken, which costs nothing; without one a new\n"
    "picture is made. It is one picture, so --count above 1 and equal lines in a batch are refused.\n"
    "\n"
    "--max-credits and --max-credits-per-day: everything is refused, with exit status 2, when the estimate\n"
    "of all requests together would pass it. The day is the last 24 hours of everybody who works in the\n"
    "data folder. The first Ctrl-C cancels what is not sent yet and leaves; a second one quits at once.\n";

constexpr const char* kResumeFooter =
    "Requests that the service has taken are collected, which costs nothing, and written where generate\n"
    "was told to write them, or into the folder of --out. Requests that were never sent stay so unless\n"
    "--send-queued is given. For one whose outcome is unknown, look at the service's task log, then\n"
    "choose: --send-again ID (may be charged twice) or --discard ID; or see kontexture resolve --help.\n";

constexpr const char* kResolveFooter =
    "For requests whose paid call was not answered, so that nobody knows whether they were charged. IDs are\n"
    "those of kontexture list. What is known is shown first. The last word decides:\n"
    "  wait        keep it and ask for the balance; where callbacks are set up, wait until the service "
    "reports\n"
    "  send-again  send it once more, which may be charged twice, and wait for the picture\n"
    "  discard     forget it\n"
    "Exit status as for generate: 3 while an outcome is still unknown.\n";

constexpr const char* kSpendFooter =
    "Estimated credits of every paid call of this data folder, of all runs, for the service that is named "
    "as\n"
    "for generate. The newest 1000 are listed; the file of --csv has all.\n";

void add_common(CLI::App& command, Options& options) {
    command.add_flag("--jsonl", options.jsonl, "Standard output is JSON lines only");
    command.add_flag("--local", options.local,
                     "Use the service inside this program: procedural pictures, no AI, no cost");
    command.add_option("--base-url", options.base_url, "Address of the service")->type_name("URL");
    command.add_option("--upload-url", options.upload_url, "Address that takes uploads")->type_name("URL");
    command.add_option("--key-file", options.key_file, "File that holds the service's key and nothing else")
        ->type_name("FILE");
    command.add_option("--data-dir", options.data_dir, "Folder of the library and of what is outstanding")
        ->type_name("FOLDER");
}

void add_timeout(CLI::App& command, Options& options) {
    command
        .add_option("--timeout", options.timeout_seconds,
                    "Stop waiting after so many seconds; everything stays resumable")
        ->check(CLI::Range(1, 1000000))
        ->type_name("SECONDS");
}

void add_callbacks(CLI::App& command, Options& options) {
    auto* url = command.add_option("--callback-url", options.callback_url,
                                   "Where the service reaches this program to report finished pictures");
    url->type_name("URL");
    command
        .add_option("--callback-listen", options.callback_listen, "Where to listen for that (127.0.0.1:8377)")
        ->needs(url)
        ->type_name("ADDR:PORT");
}

void add_limits(CLI::App& command, Options& options) {
    command
        .add_option("--max-credits-per-day", options.max_credits_per_day,
                    "Spend no more than so many credits in any 24 hours")
        ->check(CLI::NonNegativeNumber)
        ->type_name("N");
    const auto read_prices = [&options](const std::vector<std::string>& texts) {
        for (const std::string& text : texts) {
            const std::size_t sign = text.rfind('=');
            const std::string number = sign == text.npos ? "" : text.substr(sign + 1);
            char* end = nullptr;
            const double credits = std::strtod(number.c_str(), &end);
            if (sign == 0 || number.empty() || !(credits >= 0) || end != number.c_str() + number.size())
                throw CLI::ValidationError("--price", text + " is not like flux-kontext-pro=5");
            options.prices.emplace_back(text.substr(0, sign), credits);
        }
    };
    command
        .add_option_function<std::vector<std::string>>(
            "--price", read_prices, "What a picture of this model costs, in credits; may be repeated")
        ->type_name("MODEL=CREDITS");
}

void add_generate(CLI::App& app, Options& options) {
    CLI::App& command = *app.add_subcommand("generate", "Paint new pictures, or edit one");
    Fields& f = options.fields;
    auto* prompt = command.add_option("--prompt", f.prompt, "What to paint, or what to change in --input")
                       ->type_name("TEXT");
    auto* batch =
        command.add_option("--batch", options.batch, "Read the requests from a file, one JSON a line")
            ->type_name("FILE");
    prompt->excludes(batch);
    command.add_option("--out", f.out, "Where the pictures go")->type_name("FILE|FOLDER");
    command.add_option("--count", f.count, "How many pictures")->check(CLI::Range(1, 1000))->type_name("N");
    command.add_option("--input", f.input, "The picture to edit")->type_name("FILE|URL");
    command.add_option("--model", f.model, "Model of the service")->type_name("ID");
    command.add_option("--aspect", f.aspect, "21:9, 16:9, 4:3, 1:1, 3:4, 9:16 or auto")->type_name("W:H");
    command.add_option("--format", f.format, "png or jpeg (else by --out's extension, else png)")
        ->type_name("FORMAT");
    command.add_option("--safety", f.safety, "Safety tolerance: 0 strict to 6; to 2 for an edit")
        ->type_name("N");
    command.add_flag("--no-translate", f.no_translate, "Do not let the service translate the prompt");
    command.add_flag("--upsample", f.upsample, "Let the service elaborate the prompt");
    command.add_option("--watermark", f.watermark, "Text to put into the picture")->type_name("TEXT");
    command.add_flag("--upload-cn", f.upload_cn, "Keep the result on a server in China");
    command.add_flag("--reuse", f.reuse, "Take the earlier picture of the very same request, for nothing");
    command.add_option("--max-credits", options.max_credits, "Spend no more than so many credits")
        ->check(CLI::NonNegativeNumber)
        ->type_name("N");
    add_timeout(command, options);
    add_callbacks(command, options);
    add_common(command, options);
    add_limits(command, options);
    command.footer(kGenerateFooter);
    command.callback([&options] { options.command = Command::Generate; });
}

void add_resume(CLI::App& app, Options& options) {
    CLI::App& command = *app.add_subcommand("resume", "Collect what earlier runs left behind");
    command.add_option("--out", options.fields.out, "Write into this folder instead")->type_name("FOLDER");
    command.add_flag("--send-queued", options.send_queued,
                     "Also send, and pay for, requests that were never sent");
    command.add_option("--send-again", options.send_again, "Send a request of unknown outcome once more")
        ->type_name("ID");
    command
        .add_option("--discard", options.discard, "Forget a request of unknown outcome, or one never sent")
        ->type_name("ID");
    add_timeout(command, options);
    add_callbacks(command, options);
    add_common(command, options);
    add_limits(command, options);
    command.footer(kResumeFooter);
    command.callback([&options] { options.command = Command::Resume; });
}

/// "5 6 discard"
void read_decision(const std::vector<std::string>& words, Options& options) {
    using kontexture::Resolution;
    const std::string& last = words.back();
    if (last == "wait") {
        options.resolution = Resolution::Wait;
    } else if (last == "send-again") {
        options.resolution = Resolution::SendAgain;
    } else if (last == "discard") {
        options.resolution = Resolution::Discard;
    } else {
        throw CLI::ValidationError("resolve", "the last word is wait, send-again or discard, not " + last);
    }
    if (words.size() < 2) throw CLI::ValidationError("resolve", "give at least one ID before " + last);
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
        const std::string& word = words[i];
        std::uint64_t id = 0;
        const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), id);
        if (error != std::errc() || end != word.data() + word.size())
            throw CLI::ValidationError("resolve", word + " is not an ID. See: kontexture list");
        options.resolved.push_back(id);
    }
}

void add_resolve(CLI::App& app, Options& options) {
    CLI::App& command = *app.add_subcommand("resolve", "Decide about requests of unknown outcome");
    command
        .add_option_function<std::vector<std::string>>(
            "ID... DECISION",
            [&options](const std::vector<std::string>& words) { read_decision(words, options); },
            "IDs, then wait, send-again or discard")
        ->required();
    command.add_option("--out", options.fields.out, "Write into this folder instead")->type_name("FOLDER");
    add_limits(command, options);
    add_timeout(command, options);
    add_common(command, options);
    add_callbacks(command, options);
    command.footer(kResolveFooter);
    command.callback([&options] { options.command = Command::Resolve; });
}

void add_questions(CLI::App& app, Options& options) {
    CLI::App& list = *app.add_subcommand("list", "Show every request and its state, newest first");
    list.add_option("--search", options.search, "Only those with these words in the prompt")
        ->type_name("TEXT");
    add_common(list, options);
    list.callback([&options] { options.command = Command::List; });

    CLI::App& credits = *app.add_subcommand("credits", "Show the account's balance");
    add_timeout(credits, options);
    add_common(credits, options);
    credits.callback([&options] { options.command = Command::Credits; });

    CLI::App& spend = *app.add_subcommand("spend", "Show every payment, newest first");
    spend.add_option("--csv", options.csv, "Write all of them to this file")->type_name("FILE");
    add_common(spend, options);
    spend.footer(kSpendFooter);
    spend.callback([&options] { options.command = Command::Spend; });
}

}  // namespace

std::optional<int> read_options(int argc, const char* const* argv, Options& options) {
    CLI::App app(kAbout, "kontexture");
    app.footer(kFooter);
    app.set_version_flag("--version", std::string("kontexture ") + KONTEXTURE_CLI_VERSION);
    app.require_subcommand(1);
    add_generate(app, options);
    add_resume(app, options);
    add_resolve(app, options);
    add_questions(app, options);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        std::ostringstream out, problem;
        const int code = app.exit(error, out, problem);
        std::cout << terminal_text::printable(out.str(), true) << std::flush;
        std::cerr << terminal_text::printable(problem.str(), true) << std::flush;
        return code == 0 ? kAllReady : kNothingSent;
    }
    return std::nullopt;
}

}  // namespace command_line
