#include "net/address.h"

#include "catch.h"

#include <string>

using kontexture::net::AddressKind;
using kontexture::net::classify;
using kontexture::net::parse_address;

namespace {

struct Case {
    const char* text;
    AddressKind kind;
};

constexpr Case kCases[] = {
    {"8.8.8.8", AddressKind::Public},
    {"1.1.1.1", AddressKind::Public},
    {"0.0.0.0", AddressKind::Reserved},
    {"0.1.2.3", AddressKind::Reserved},
    {"9.255.255.255", AddressKind::Public},
    {"10.0.0.0", AddressKind::Private},
    {"10.255.255.255", AddressKind::Private},
    {"11.0.0.0", AddressKind::Public},
    {"100.63.255.255", AddressKind::Public},
    {"100.64.0.1", AddressKind::Private},
    {"100.127.255.255", AddressKind::Private},
    {"100.128.0.0", AddressKind::Public},
    {"127.0.0.1", AddressKind::Loopback},
    {"127.255.255.254", AddressKind::Loopback},
    {"128.0.0.1", AddressKind::Public},
    {"169.254.169.254", AddressKind::LinkLocal},
    {"172.15.255.255", AddressKind::Public},
    {"172.16.0.1", AddressKind::Private},
    {"172.31.255.255", AddressKind::Private},
    {"172.32.0.0", AddressKind::Public},
    {"192.0.0.1", AddressKind::Reserved},
    {"192.0.2.1", AddressKind::Reserved},
    {"192.168.1.1", AddressKind::Private},
    {"192.169.0.1", AddressKind::Public},
    {"198.18.0.1", AddressKind::Private},
    {"198.20.0.1", AddressKind::Public},
    {"198.51.100.7", AddressKind::Reserved},
    {"203.0.113.7", AddressKind::Reserved},
    {"224.0.0.1", AddressKind::Reserved},
    {"239.255.255.255", AddressKind::Reserved},
    {"240.0.0.1", AddressKind::Reserved},
    {"255.255.255.255", AddressKind::Reserved},
    {"::", AddressKind::Reserved},
    {"::1", AddressKind::Loopback},
    {"::127.0.0.1", AddressKind::Loopback},
    {"::ffff:127.0.0.1", AddressKind::Loopback},
    {"::ffff:10.1.2.3", AddressKind::Private},
    {"::ffff:8.8.8.8", AddressKind::Public},
    {"::ffff:169.254.1.1", AddressKind::LinkLocal},
    {"64:ff9b::7f00:1", AddressKind::Loopback},
    {"64:ff9b::a01:203", AddressKind::Private},
    {"64:ff9b::808:808", AddressKind::Public},
    {"64:ff9b:1::808:808", AddressKind::Reserved},
    {"2002:7f00:1::", AddressKind::Loopback},
    {"2002:c0a8:101::1", AddressKind::Private},
    {"2002:808:808::1", AddressKind::Public},
    {"2001::1", AddressKind::Reserved},
    {"2001:db8::1", AddressKind::Reserved},
    {"3fff::1", AddressKind::Reserved},
    {"2606:4700:4700::1111", AddressKind::Public},
    {"2a00:1450::1", AddressKind::Public},
    {"100::1", AddressKind::Reserved},
    {"fc00::1", AddressKind::Private},
    {"fdff::1", AddressKind::Private},
    {"fe80::1", AddressKind::LinkLocal},
    {"febf::1", AddressKind::LinkLocal},
    {"fec0::1", AddressKind::Private},
    {"ff02::1", AddressKind::Reserved},
    {"4000::1", AddressKind::Reserved},
};

}  // namespace

TEST_CASE("addresses are judged by what they reach") {
    for (const Case& one : kCases) {
        CAPTURE(std::string(one.text));
        const auto address = parse_address(one.text);
        REQUIRE(address);
        CHECK(classify(*address) == one.kind);
    }
}

TEST_CASE("only the plain forms of addresses are read") {
    for (const char* text : {"", "127.1", "0x7f.0.0.1", "0177.0.0.1", "2130706433", "1.2.3.4.5", "256.1.1.1",
                             "[::1]", "fe80::1%eth0", "::1 ", "localhost", "1.2.3.4\n"}) {
        CAPTURE(std::string(text));
        CHECK(!parse_address(text));
    }
    CHECK(!parse_address(std::string_view("1.2.3.4\0.5", 10)));
}
