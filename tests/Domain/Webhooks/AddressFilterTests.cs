using System.Net;
using Serverless.Domain.Webhooks.Network;

namespace Serverless.Domain.Tests.Webhooks;

public sealed class AddressFilterTests
{
    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("10.0.0.1")]
    [InlineData("10.255.255.255")]
    [InlineData("100.64.0.0")]
    [InlineData("100.100.100.200")] // Alibaba Cloud's metadata
    [InlineData("100.127.255.255")]
    [InlineData("127.0.0.1")]
    [InlineData("127.1.2.3")]
    [InlineData("168.63.129.16")] // Azure's platform
    [InlineData("169.254.0.1")]
    [InlineData("169.254.169.254")] // metadata
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.0.0.192")] // Oracle Cloud's metadata
    [InlineData("192.0.2.1")]
    [InlineData("192.88.99.1")]
    [InlineData("192.168.0.1")]
    [InlineData("198.18.0.1")]
    [InlineData("198.19.255.255")]
    [InlineData("198.51.100.1")]
    [InlineData("203.0.113.1")]
    [InlineData("224.0.0.1")]
    [InlineData("239.255.255.255")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("0x7f000001")]
    [InlineData("0x7f.1")]
    [InlineData("0177.0.0.1")]
    [InlineData("2130706433")]
    [InlineData("127.1")]
    [InlineData("0xa9fea9fe")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::127.0.0.1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("::ffff:a9fe:a9fe")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("64:ff9b::8.8.8.8")]
    [InlineData("64:ff9b:1::1")]
    [InlineData("100::1")]
    [InlineData("2001::1")] // Teredo
    [InlineData("2001:0:a9fe:a9fe::1")]
    [InlineData("2001:20::1")] // ORCHIDv2
    [InlineData("2001:db8::1")]
    [InlineData("2002:7f00:1::1")] // 6to4 of 127.0.0.1
    [InlineData("2002:808:808::1")]
    [InlineData("2a00:1450:4001:81b:0:5efe:7f00:1")] // ISATAP of 127.0.0.1
    [InlineData("2a00:1450:4001:81b:200:5efe:a9fe:a9fe")]
    [InlineData("3fff::1")]
    [InlineData("fc00::1")]
    [InlineData("fd00:ec2::254")] // AWS' metadata
    [InlineData("fe80::1")]
    [InlineData("fe80::1%1")]
    [InlineData("febf::1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    [InlineData("4000::1")]
    public void Is_refused(string address) => Assert.NotNull(AddressFilter.Refuse(IPAddress.Parse(address)));

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("8.8.8.8")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("168.63.129.15")]
    [InlineData("169.253.255.255")]
    [InlineData("169.255.0.0")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("192.0.1.0")]
    [InlineData("192.167.255.255")]
    [InlineData("198.17.255.255")]
    [InlineData("198.20.0.0")]
    [InlineData("223.255.255.255")]
    [InlineData("2001:200::1")]
    [InlineData("2001:4860:4860::8888")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("2a00:1450:4001:81b::200e")]
    public void Is_let_through(string address) => Assert.Null(AddressFilter.Refuse(IPAddress.Parse(address)));

    [Fact]
    public void No_address_that_holds_another_is_let_through_in_any_tunnels_form()
    {
        var random = new Random(7);
        for (var i = 0; i < 10_000; i++)
        {
            var v4 = new IPAddress((long)(uint)random.Next(int.MinValue, int.MaxValue));
            Assert.NotNull(AddressFilter.Refuse(v4.MapToIPv6()));
            var parts = v4.GetAddressBytes();
            Assert.NotNull(AddressFilter.Refuse(IPAddress.Parse($"2002:{parts[0]:x2}{parts[1]:x2}:{parts[2]:x2}{parts[3]:x2}::1")));
            Assert.NotNull(AddressFilter.Refuse(IPAddress.Parse($"64:ff9b::{v4}")));
        }
    }
}
