using System.Net;
using System.Net.Sockets;

namespace JobForge.Handlers.Connectors;

/// <summary>
/// Which addresses are the public internet, by the special-purpose registries of IANA. Everything else is named by its kind. IPv6 is judged
/// the other way round, since only 2000::/3 is handed out: what is not in it is not public.
/// </summary>
public static class AddressRules
{
    private static readonly (IPNetwork Network, string Kind)[] Special =
    [
        (IPNetwork.Parse("0.0.0.0/8"), "unspecified"),
        (IPNetwork.Parse("10.0.0.0/8"), "private"),
        (IPNetwork.Parse("100.64.0.0/10"), "carrier_nat"),
        (IPNetwork.Parse("127.0.0.0/8"), "loopback"),
        (IPNetwork.Parse("169.254.0.0/16"), "link_local"),
        (IPNetwork.Parse("172.16.0.0/12"), "private"),
        (IPNetwork.Parse("192.0.0.0/24"), "reserved"),
        (IPNetwork.Parse("192.0.2.0/24"), "documentation"),
        (IPNetwork.Parse("192.88.99.0/24"), "reserved"),
        (IPNetwork.Parse("192.168.0.0/16"), "private"),
        (IPNetwork.Parse("198.18.0.0/15"), "benchmark"),
        (IPNetwork.Parse("198.51.100.0/24"), "documentation"),
        (IPNetwork.Parse("203.0.113.0/24"), "documentation"),
        (IPNetwork.Parse("224.0.0.0/4"), "multicast"),
        (IPNetwork.Parse("240.0.0.0/4"), "reserved"),
        (IPNetwork.Parse("::/128"), "unspecified"),
        (IPNetwork.Parse("::1/128"), "loopback"),
        (IPNetwork.Parse("::/96"), "ipv4_compatible"),
        (IPNetwork.Parse("64:ff9b::/96"), "nat64"),
        (IPNetwork.Parse("64:ff9b:1::/48"), "nat64"),
        (IPNetwork.Parse("2001::/23"), "reserved"),
        (IPNetwork.Parse("2001:db8::/32"), "documentation"),
        (IPNetwork.Parse("2002::/16"), "6to4"),
        (IPNetwork.Parse("3fff::/20"), "documentation"),
        (IPNetwork.Parse("fc00::/7"), "private"),
        (IPNetwork.Parse("fe80::/10"), "link_local"),
        (IPNetwork.Parse("ff00::/8"), "multicast"),
    ];

    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    /// <summary>Null for a public address, else its kind, e.g. <c>loopback</c>.</summary>
    public static string? SpecialKind(IPAddress address)
    {
        // Told apart first: the runtime compares a mapped address with a network as if it were plain IPv4, whatever the network's family.
        if (address.IsIPv4MappedToIPv6)
        {
            return "ipv4_mapped";
        }

        foreach (var (network, kind) in Special)
        {
            if (Holds(network, address))
            {
                return kind;
            }
        }

        return address.AddressFamily switch
        {
            AddressFamily.InterNetwork => null,
            AddressFamily.InterNetworkV6 when GlobalUnicast.Contains(address) => null,
            _ => "reserved",
        };
    }

    /// <summary>Whether the network holds this very address; an IPv4-mapped one lies in no network.</summary>
    public static bool Holds(IPNetwork network, IPAddress address) =>
        !address.IsIPv4MappedToIPv6 && network.BaseAddress.AddressFamily == address.AddressFamily && network.Contains(address);
}
