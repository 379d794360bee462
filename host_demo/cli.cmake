add_executable(kontexture_cli
    cli.cpp
    cli_advice.cpp
    cli_batch.cpp
    cli_callback.cpp
    cli_collect.cpp
    cli_generate.cpp
    cli_interrupt.cpp
    cli_list.cpp
    cli_options.cpp
    cli_outbox.cpp
    cli_report.cpp
    cli_report_jsonl.cpp
    cli_report_text.cpp
    cli_requests.cpp
    cli_resolve.cpp
    cli_resume.cpp
    cli_session.cpp
    cli_spend.cpp
    cli_tracker.cpp
    terminal_text.cpp)
set_target_properties(kontexture_cli PROPERTIES OUTPUT_NAME kontexture)
kontexture_compile_options(kontexture_cli)
target_compile_definitions(kontexture_cli PRIVATE KONTEXTURE_CLI_VERSION="${PROJECT_VERSION}")
target_link_libraries(kontexture_cli PRIVATE
    kontexture::kontexture kontexture_key_supply kontexture_local_service kontexture_dep_cli11 kontexture_dep_json)
