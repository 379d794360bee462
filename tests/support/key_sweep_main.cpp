// key_sweep <key> <file or folder>…: prints where the key is. Ends with 0 when it is nowhere, 1 when it is
// somewhere, 2 when there was nothing to look at.
#include "key_sweep.h"

#include <cstdio>

int main(int argc, char** argv) {
    if (argc < 3) return 2;
    kontexture::test::Sweep result;
    for (int i = 2; i < argc; ++i) kontexture::test::sweep(argv[i], argv[1], result);
    for (const std::string& line : result.found) std::printf("%s\n", line.c_str());
    if (!result.found.empty()) return 1;
    return result.files > 0 ? 0 : 2;
}
