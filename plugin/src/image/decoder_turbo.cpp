#include "image/decoder_turbo.h"

#include <csetjmp>
#include <cstdio>

#include <jerror.h>
#include <jpeglib.h>

namespace kontexture::image {

namespace {

#if !defined(JCS_ALPHA_EXTENSIONS)
#error "libjpeg-turbo is needed, not another libjpeg"
#endif

struct Reader {
    jpeg_decompress_struct jpeg = {};
    jpeg_error_mgr errors = {};
    std::jmp_buf on_error = {};
    char text[JMSG_LENGTH_MAX] = {};
    bool is_damaged = false;
    std::vector<std::uint8_t> row;
    Pixels pixels;

    ~Reader() { jpeg_destroy_decompress(&jpeg); }
};

Reader& reader_of(j_common_ptr jpeg) {
    return *static_cast<Reader*>(jpeg->client_data);
}

void fail(j_common_ptr jpeg) {
    Reader& reader = reader_of(jpeg);
    jpeg->err->format_message(jpeg, reader.text);
    reader.is_damaged = true;
    std::longjmp(reader.on_error, 1);
}

/// Stops at a warning that means a spoilt picture; padding and odd version numbers do not.
void note_message(j_common_ptr jpeg, int level) {
    if (level >= 0) return;
    const int code = jpeg->err->msg_code;
    if (code == JWRN_EXTRANEOUS_DATA || code == JWRN_JFIF_MAJOR || code == JWRN_ADOBE_XFORM) return;
    fail(jpeg);
}

// Nothing in this function has a destructor, because longjmp would step over it.
void read_rows(Reader& reader, std::span<const std::uint8_t> file, long max_memory) {
    jpeg_decompress_struct* jpeg = &reader.jpeg;
    if (setjmp(reader.on_error) != 0) return;
    jpeg_create_decompress(jpeg);
    jpeg->mem->max_memory_to_use = max_memory;
    jpeg_mem_src(jpeg, file.data(), static_cast<unsigned long>(file.size()));
    jpeg_read_header(jpeg, TRUE);
    jpeg->out_color_space = JCS_EXT_RGBA;
    jpeg_start_decompress(jpeg);
    if (jpeg->output_width != reader.pixels.width || jpeg->output_height != reader.pixels.height) {
        reader.is_damaged = true;
        return;
    }
    JSAMPROW row = reader.row.data();
    while (jpeg->output_scanline < jpeg->output_height) {
        jpeg_read_scanlines(jpeg, &row, 1);
        reader.pixels.data.insert(reader.pixels.data.end(), row, row + reader.row.size());
    }
    jpeg_finish_decompress(jpeg);
}

}  // namespace

Result<Pixels> turbo_decode(std::span<const std::uint8_t> file, const JpegInfo& info) {
    Reader reader;
    reader.jpeg.err = jpeg_std_error(&reader.errors);
    reader.jpeg.client_data = &reader;
    reader.errors.error_exit = fail;
    reader.errors.emit_message = note_message;
    reader.pixels.width = info.width;
    reader.pixels.height = info.height;
    reader.pixels.data.reserve(mip_chain_bytes(info.width, info.height));
    reader.row.resize(std::size_t{info.width} * 4);
    // A progressive picture is held as 16 bit coefficients, in whole blocks.
    constexpr std::uint64_t kBlockPadding = 64;
    constexpr std::uint64_t kOther = 4 << 20;
    const std::uint64_t max_memory =
        (info.width + kBlockPadding) * (info.height + kBlockPadding) * info.components * 2 + kOther;
    read_rows(reader, file, static_cast<long>(max_memory));
    if (reader.is_damaged) return damaged("its content makes no sense", reader.text);
    return std::move(reader.pixels);
}

}  // namespace kontexture::image
