using System.Net;
using System.Net.Sockets;

namespace Serverless.Domain.Webhooks.Network;

/// <summary>
/// Which addresses a request that a tenant has asked for may go to: those that are reached over the internet, and no others. Of IPv4 what IANA's registry of special addresses has is left out, of IPv6
/// only global unicast (2000::/3) is let in, without the forms that hold an IPv4 address or lead through a tunnel. It looks at the address itself: how it was written does not matter.
/// </summary>
public static class AddressFilter
{
    private static readonly (IPNetwork Network, string Reason)[] RefusedV4 =
    [
        (IPNetwork.Parse("0.0.0.0/8"), "unspecified"),
        (IPNetwork.Parse("10.0.0.0/8"), "private"),
        (IPNetwork.Parse("100.64.0.0/10"), "shared by carriers (RFC 6598)"),
        (IPNetwork.Parse("127.0.0.0/8"), "loopback"),
        (IPNetwork.Parse("168.63.129.16/32"), "Azure's own"),
        (IPNetwork.Parse("169.254.0.0/16"), "link-local"),
        (IPNetwork.Parse("172.16.0.0/12"), "private"),
        (IPNetwork.Parse("192.0.0.0/24"), "reserved"),
        (IPNetwork.Parse("192.0.2.0/24"), "for documentation"),
        (IPNetwork.Parse("192.88.99.0/24"), "a relay of 6to4"),
        (IPNetwork.Parse("192.168.0.0/16"), "private"),
        (IPNetwork.Parse("198.18.0.0/15"), "for benchmarks"),
        (IPNetwork.Parse("198.51.100.0/24"), "for documentation"),
        (IPNetwork.Parse("203.0.113.0/24"), "for documentation"),
        (IPNetwork.Parse("224.0.0.0/4"), "multicast"),
        (IPNetwork.Parse("240.0.0.0/4"), "reserved"),
    ];

    private static readonly IPNetwork GlobalV6 = IPNetwork.Parse("2000::/3");

    private static readonly (IPNetwork Network, string Reason)[] RefusedV6 =
    [
        (IPNetwork.Parse("2001::/23"), "reserved, as Teredo's are"),
        (IPNetwork.Parse("2001:db8::/32"), "for documentation"),
        (IPNetwork.Parse("2002::/16"), "one of 6to4"),
        (IPNetwork.Parse("3fff::/20"), "for documentation"),
    ];

    /// <summary>Why an address may not be called, as the end of "it is …", or null where it may.</summary>
    public static string? Refuse(IPAddress address) =>
        address.AddressFamily switch
        {
            AddressFamily.InterNetwork => Find(RefusedV4, address),
            AddressFamily.InterNetworkV6 => RefuseV6(address),
            _ => "of an unknown kind",
        };

    private static string? RefuseV6(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            return "an IPv4 address as one of IPv6";
        }

        if (!GlobalV6.Contains(address))
        {
            return "not of the internet";
        }

        return HasIsatap(address) ? "one of ISATAP" : Find(RefusedV6, address);
    }

    /// <summary>An interface identifier of ISATAP (RFC 5214, section 6.1) leads to the IPv4 address in its last half.</summary>
    private static bool HasIsatap(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        return address.TryWriteBytes(bytes, out _) && (bytes[8] & 0xFC) == 0 && bytes[9] == 0 && bytes[10] == 0x5E && bytes[11] == 0xFE;
    }

    private static string? Find((IPNetwork Network, string Reason)[] refused, IPAddress address)
    {
        foreach (var (network, reason) in refused)
        {
            if (network.Contains(address))
            {
                return reason;
            }
        }

        return null;
    }
}
